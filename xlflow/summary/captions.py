"""Every word of the summary book; it is read by Chinese bureaus and has one language."""

from enum import Enum, StrEnum

from xlflow.ledger import DecisionKind, StandingState
from xlflow.messages import text
from xlflow.problems import Severity
from xlflow.review.result import Outcome
from xlflow.scoring import Light

BOOK_NAME = "汇总.xlsx"
COPY_NAME = "{stem}_{time:%Y%m%d-%H%M}{again}{suffix}"

OVERVIEW = "总览"
RANKING = "排名"
UNITS = "单位汇总"
GROUPS = "分类汇总"
REGISTER = "报送一览"
DETAILS = "指标明细"
PROBLEMS = "问题清单"
AMOUNTS = "项目金额"
CHARTS = "图表"
VERSIONS = "版本"
DECISIONS = "处理记录"
ACROSS = "跨表核对"
OPINIONS = "审核意见"
CHASING = "退回与催报"
DICTIONARY = "数据字典"


class SheetKind(Enum):
    """What a sheet is for; it colours the tab."""

    OVERVIEW = "overview"
    SUMS = "sums"
    ROWS = "rows"
    PROBLEMS = "problems"
    OFFICER = "officer"
    ABOUT = "about"


# In the order in which 总览 lists them: what a sheet is for, and what it holds.
SHEETS: dict[str, tuple[SheetKind, str]] = {
    OVERVIEW: (SheetKind.OVERVIEW, "关键数字、等级与执行率分布、前后名次"),
    RANKING: (SheetKind.SUMS, "每个填报任务的得分排名，同分同名次"),
    UNITS: (SheetKind.SUMS, "各单位份数、平均得分、资金与执行率"),
    GROUPS: (SheetKind.SUMS, "按资金来源、按一级指标汇总"),
    REGISTER: (SheetKind.ROWS, "每份填报表一行，附未计入名单"),
    AMOUNTS: (SheetKind.SUMS, "各单位项目申报金额（元）"),
    DETAILS: (SheetKind.ROWS, "每条指标一行：目标、实际、得分、偏差、测算说明"),
    PROBLEMS: (SheetKind.PROBLEMS, "每个问题一行，点“定位”到结果文件的单元格"),
    CHASING: (SheetKind.PROBLEMS, "谁未报、谁待改、还剩几天"),
    ACROSS: (SheetKind.PROBLEMS, "单张表看不出、放在一起才看得出的问题"),
    OPINIONS: (SheetKind.OFFICER, "核查得分、审核意见和放行的问题"),
    DECISIONS: (SheetKind.OFFICER, "处理单逐条的办理情况"),
    VERSIONS: (SheetKind.ROWS, "已被新版本替换的旧版本"),
    CHARTS: (SheetKind.SUMS, "各单位得分与执行率的条形图，份数多时只画前后名次"),
    DICTIONARY: (SheetKind.ABOUT, "各表各列的含义、单位、出处，评分方案与等级界限"),
}


def kind_of(sheet: str) -> SheetKind:
    """Return what a sheet is for; a long table goes on on 指标明细2, 指标明细3 and so on."""
    return SHEETS[sheet.rstrip("0123456789")][0]


EVERYTHING = "全部收到"
ACCEPTED_ONLY = "仅通过"
NOT_COUNTED = "未计入（重复、无法读取、附件、处理单）"
OUT_OF_DATE = "{why}\r\n{book} 如果还在，里面是以前的数据。\r\n"
NOTHING_YET = "尚未收到填报表。"
OPEN = "打开"
SHOW = "定位"
NO_FORM = "（未识别的表）"
PENDING = "处理中"
CUT = "……（全文见结果文件）"

GENERATED = "生成时间：{time:%Y-%m-%d %H:%M}（北京时间）"
RECEIVED = "收到文件 {files} 个，计入汇总 {counted} 份（通过 {accepted}，退回 {returned}）"
UNCOUNTED = "未计入 {count} 项"
EXPECTED = "应报 {expected} 份，未报 {missing} 份"
GOES_ON = "{name}共{rows}行，接在“{name}2”等表中"
LINKS_END = "{name}只有前{rows}行有链接"
MONEY_NOTE = "金额单位：万元；执行率 = 执行数合计 ÷ 全年预算数合计；测算得分中未定的分值按自评计入"
AMOUNTS_NOTE = "金额单位：元；各单位项目申报的金额，含退回的；“仅通过”为其中已通过的"
ALL_UNITS = "全部单位"
UNITS_NOTE = (
    "金额单位：万元；资金只合计全年预算数、执行数都填了的表，执行率由合计数相除得出，不是各表执行率的平均；"
    "不同填报任务不相加"
)
BY_SOURCE = "一、按资金来源（万元）"
BY_LEVEL = "二、按一级指标"
NO_SOURCES = "没有填写资金来源的表。"
NO_LEVELS = "没有可以测算的指标。"
BY_EXERCISE = "各填报任务"
GRADES_OF = "等级分布 · {exercise}"
RATES_OF = "执行率分布 · {exercise}"
BEST, WORST = "得分靠前 · {exercise}", "得分靠后 · {exercise}"
STILL_RETURNED = "（退回）"
ALL_RECEIVED = "计入汇总"
MISSING_NAME = "未报"
OF_EXPECTED = "应报 {expected} 份"
NO_ROSTER = "没有名册"
OF_COUNTED = "占 {share}"
WITH_PROBLEMS = "错误 {errors} 个，提醒 {warnings} 个"
RATE_BANDS = (
    ("低于 60%", "0.6"),
    ("60%–80%", "0.8"),
    ("80%–90%", "0.9"),
    ("90%–100%", "1"),
    ("100% 及以上", None),
)
NO_RATE = "无法计算"
GRADE_FROM = "{low} 分起"
GRADE_TO = "{low} 分起，不到 {high} 分"
NO_FIGURE = "—"
PROFILES = "所用评分方案"
SHOWN_AS = {
    "text": "文字",
    "one line": "文字",
    "middle": "文字",
    "count": "整数",
    "points": "分，两位小数",
    "money": "{money}，两位小数",
    "percent": "百分数，两位小数",
    "time": "年-月-日 时:分",
    "link": "链接",
}
SCORE_CHART = "各单位得分"
RATE_CHART = "各单位预算执行率"
BOTH_ENDS = "（前后各 {drawn} 名，共 {count} 份）"
PAGE = "第 &P 页，共 &N 页"

OUTCOMES: dict[str, str] = {
    Outcome.ACCEPTED: "通过",
    Outcome.RETURNED: "退回",
    Outcome.DUPLICATE: "重复",
    Outcome.QUARANTINED: "无法读取",
    Outcome.ATTACHMENT: "附件",
}
DECISION_KINDS = {
    DecisionKind.ASSIGNMENT: "单位归属",
    DecisionKind.EXTENSION: "延期",
    DecisionKind.WITHDRAWAL: "撤销应报",
    DecisionKind.REVOCATION: "撤销放行",
    DecisionKind.WAIVER: "说明后放行",
    DecisionKind.CHECKED_SCORE: "核查得分",
    DecisionKind.OPINION: "审核意见",
}
APPLIED, NOT_APPLIED = "已办理", "未办理"
ASSIGNED = "处理单归属；表中写“{written}”"
ASSIGNED_UNNAMED = "处理单归属；表中没有写单位"
INSTEAD = "{value}（原 {replaced}）"
STANDINGS = {
    StandingState.MISSING: "未报",
    StandingState.RETURNED: "退回待改",
    StandingState.ACCEPTED: "已通过",
}
SEVERITIES = {Severity.ERROR: "错误", Severity.WARNING: "提醒", Severity.NOTE: "说明"}

LIGHTS = {light.value: text(f"lights.{light}").zh for light in Light}


class Caption(StrEnum):
    """The heading of a column."""

    UNIT_CODE = "单位编码"
    UNIT = "单位"
    PROJECT = "项目"
    FORM = "表"
    YEAR = "年度"
    ROUND = "期次"
    VERSION = "版本"
    OUTCOME = "结论"
    WEIGHT = "分值"
    CLAIMED = "自评得分"
    COMPUTED = "测算得分"
    UNDECIDED = "未定分值"
    GRADE = "等级"
    LIGHT = "预警灯"
    INITIAL_BUDGET = "年初预算数"
    FULL_YEAR_BUDGET = "全年预算数"
    EXECUTED = "全年执行数"
    EXECUTION_RATE = "预算执行率"
    AMOUNT_TOTAL = "项目总金额"
    AMOUNT_THIS_YEAR = "本年度金额"
    AMOUNT_PRIOR = "上年度金额"
    ERRORS = "错误"
    WARNINGS = "提醒"
    RECEIVED_AT = "收到时间"
    FILE = "原文件"
    OUTPUT = "结果文件"

    LEVEL1 = "一级指标"
    LEVEL2 = "二级指标"
    LEVEL3 = "三级指标"
    TARGET = "年度指标值"
    ACTUAL = "实际完成值"
    DIFFERENCE = "差异"
    DEVIATION = "偏差度"
    PROGRESS = "进度"
    RULE = "规则"
    EXPLANATION = "测算说明"
    SHEET = "工作表"
    CELL = "单元格"
    SHA256 = "文件指纹"
    PROFILE = "评分方案"

    OTHER_OUTPUT = "对照文件"

    SEVERITY = "级别"
    CODE = "代码"
    VALUE = "填写内容"
    MESSAGE = "问题说明"

    EXERCISE = "填报任务"
    SCOPE = "口径"
    EXPECTED = "应报份数"
    COUNT = "份数"
    AVERAGE_CLAIMED = "平均自评得分"
    AVERAGE_COMPUTED = "平均测算得分"
    WITH_FUNDS = "有资金数据份数"
    WHY = "原因"
    DEADLINE = "截止日期"

    STANDING = "状态"
    DAYS_LEFT = "剩余天数"
    EXTENDED_FROM = "原截止日期"
    LATE = "迟报"
    FIRST_PROBLEMS = "主要问题"

    CHECKED_SCORE = "核查得分"
    OPINION = "审核意见"
    ASSIGNED = "单位归属"

    PLACE = "名次"
    ACCEPTED = "通过"
    RETURNED = "退回"
    ASKED = "申报金额"
    SOURCE = "资金来源"
    SHARE = "占比"
    ROWS = "指标条数"
    FULL = "满分条数"
    POINTS = "计入得分"
    SCORE_RATE = "得分率"
    LIGHTS = "灯号"
    RANGE = "界限"
    RATE_BAND = "执行率区间"
    UNIT_AND_PROJECT = "单位 · 项目"
    SCORE_CELL = "得分单元格"
    BUDGET_CELL = "预算单元格"
    EXECUTED_CELL = "执行单元格"
    CHECKED_DIFFERENCE = "核查差异"
    WAIVED = "放行问题数"

    ON_SHEETS = "所在表和列"
    HEADING = "列名"
    MEANING = "含义"
    SHOWN_AS = "单位与格式"
    TAKEN_FROM = "出处"
    PROFILE_TITLE = "方案名称"
    PROFILE_SOURCE = "依据"
    GRADES = "等级界限"
    HASH = "方案指纹"

    DECISION = "事项"
    CONTENT = "处理内容"
    REASON = "理由"
    WHO = "填写人"
    WHEN = "日期"
    STATE = "办理情况"
    WHY_NOT = "未办理原因"
    DECIDED_IN = "处理单文件"
    DECIDED_AT = "处理单位置"

    NUMBER = "序号"
    RANK = "名次"
    PROBLEMS = "问题数"
    INDICATORS = "指标数"
    LEVEL_SHARE = "得分率"
    FULL_MARKS = "满分指标数"
