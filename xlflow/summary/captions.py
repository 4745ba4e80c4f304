"""Every word of the summary book; it is read by Chinese bureaus and has one language."""

from enum import StrEnum

from xlflow.ledger import DecisionKind
from xlflow.messages import text
from xlflow.problems import Severity
from xlflow.review.result import Outcome
from xlflow.scoring import Light

BOOK_NAME = "汇总.xlsx"
COPY_NAME = "汇总_{time:%Y%m%d-%H%M}{again}.xlsx"

OVERVIEW = "总览"
DETAILS = "指标明细"
PROBLEMS = "问题清单"
AMOUNTS = "项目金额"
CHARTS = "图表"
VERSIONS = "版本"
DECISIONS = "处理记录"
ACROSS = "跨表核对"
CHASE = "退回与催报"

EVERYTHING = "全部收到"
ACCEPTED_ONLY = "仅通过"
NOT_COUNTED = "未计入（重复、无法读取、附件、处理单）"
MISSING = "未报送"
NOTHING_YET = "尚未收到填报表。"
OPEN = "打开"
SHOW = "定位"
NO_FORM = "（未识别的表）"
PENDING = "处理中"
CUT = "……（全文见结果文件）"

GENERATED = "生成时间：{time:%Y-%m-%d %H:%M}（北京时间）"
RECEIVED = "收到文件 {files} 个，计入汇总 {counted} 份（通过 {accepted}，退回 {returned}）"
UNCOUNTED = "未计入 {count} 项"
EXPECTED = "应报 {expected} 份，未报送 {missing} 份"
MONEY_NOTE = "金额单位：万元；执行率 = 执行数合计 ÷ 全年预算数合计；测算得分中未定的分值按自评计入"
AMOUNTS_NOTE = "金额单位：元；各单位项目申报的金额，含退回的；“仅通过”为其中已通过的"
ALL_UNITS = "全部单位"
SCORE_CHART = "各单位得分"
RATE_CHART = "各单位预算执行率"
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
    DecisionKind.REVOCATION: "撤销放行",
    DecisionKind.WAIVER: "说明后放行",
    DecisionKind.CHECKED_SCORE: "核查得分",
    DecisionKind.OPINION: "审核意见",
}
APPLIED, NOT_APPLIED = "已办理", "未办理"
ASSIGNED = "处理单归属；表中写“{written}”"
ASSIGNED_UNNAMED = "处理单归属；表中没有写单位"
INSTEAD = "{value}（原 {replaced}）"
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

    DECISION = "事项"
    CONTENT = "处理内容"
    REASON = "理由"
    WHO = "填写人"
    WHEN = "日期"
    STATE = "办理情况"
    WHY_NOT = "未办理原因"
    DECIDED_IN = "处理单文件"
    DECIDED_AT = "处理单位置"
