"""Every word of the page and the notices; they are read in Chinese departments and have one language."""

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
EXTENDED_FROM = "原 {day}"
NOBODY = "名册中没有单位，也没有收到填报表。"
SECTIONS = {
    StandingState.RETURNED: "退回待改：要改的和要核对的",
    StandingState.ACCEPTED: "已通过：请核对的",
}
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
