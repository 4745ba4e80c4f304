"""Every word of the page and the notices: read in Chinese departments, they have one language."""

from collections.abc import Mapping
from datetime import date, datetime

from xlflow.ledger import Standing, StandingState
from xlflow.messages import text
from xlflow.problems import Severity

STATES = {state: text(f"state.{state.value}").zh for state in StandingState}
LATE = text("state.late").zh
SEVERITIES = {Severity.ERROR: "必须修改", Severity.WARNING: "请核对"}
NO_FORM = "填报表"
UNLISTED = "名册外"
WITHDRAWN = "名册外，已撤销应报"
EXTENDED_FROM = "原 {day}"
NOBODY = "名册中没有单位，也没有收到填报表。"
SECTIONS = {
    StandingState.RETURNED: "退回待改：要改的和要核对的",
    StandingState.ACCEPTED: "已通过：请核对的",
}
TOO_MANY = "份数很多，各份的问题见汇总表的“问题清单”。"
MORE = "……还有 {count} 项，见结果文件的“核对结果”。"


def form_told(standing: Standing, titles: Mapping[str, str]) -> str:
    """Return a form as one speaks of it: its title, the year, the round and the project."""
    title = titles.get(standing.form or "", standing.form or NO_FORM)
    about = (
        f"{standing.year}年度" if standing.year else None,
        standing.round if standing.round != "年度" else None,
        standing.project,
    )
    told = "，".join(filter(None, about))
    return f"《{title}》" + (f"（{told}）" if told else "")


def day_told(day: date | datetime) -> str:
    """Return a day as one writes it.

    >>> day_told(date(2026, 4, 5))
    '2026年4月5日'
    """
    return f"{day.year}年{day.month}月{day.day}日"


# ---- notices -------------------------------------------------------------------------------------

SIGNED_BY_NOBODY = "【请填写：落款单位】"
NO_UNIT = "（表中没有写单位）"
CONTACT = "联系人及电话：{contact}"
STEMS = {StandingState.MISSING: "催报", StandingState.RETURNED: "退回修改"}
EVERYBODY = "群发文本"

ITEM = "{number}．{words}"
DUE = "截止日期为{day}"
DUE_EXTENDED = "截止日期由{before}延至{day}"

SEND_NOW = "截止日期已过，请立即报送"
SEND_IN_TIME = "请于截止日期前报送"
SEND_BOTH = "已过截止日期的请立即报送，其余的请于截止日期前报送"
SEND_SOON = "请尽快报送"
AGAIN_NOW = "报送截止日期（{day}）已过，请立即修改并重新报送"
AGAIN_TODAY = "今天（{day}）截止，请于今天内改好并重新报送"
AGAIN_IN_TIME = "请于{day}前（含当日）改好并重新报送"
AGAIN_EXTENDED = "经同意，截止日期由{before}延至{day}，"
AGAIN_SOON = "请尽快改好并重新报送"

VERDICT = "有{told}"
MUST = "{count}处必须修改"
ASK = "{count}处请核对"
MUST_BELOW = "以下{count}处必须修改："
ASK_BELOW = "以下{count}处请核对，确属无误的不必修改："
UNLISTED_PROBLEMS = "另有{count}处没有列出，见退回文件的“核对结果”工作表。"
WRITTEN = "（填写“{value}”）"

SHORT_MISSING = (
    "【催报】{unit}：截至{today}，你单位尚有{count}份填报表没有报送：{items}。{demand}。——{signed}"
)
SHORT_RETURNED = (
    "【退回修改】{unit}：{form}（第{version}版）经核对，{verdict}，已退回。{items}{more}{demand}。"
    "——{signed}"
)
SHORT_MORE = "全部问题见退回文件的“核对结果”工作表。"
OVERVIEW = (
    "截至{today}，应报{expected}份，已通过{accepted}份，退回待改{returned}份，未报{missing}份。"
)
OVERVIEW_UNITS = "{state}：{units}。"
OVERVIEW_DEMAND = "请以上单位抓紧报送或修改。——{signed}"
WITH_CODE = "{unit}（{code}）"
SEVERAL = "{unit}（{count}份）"
