"""Forms as other places print them: workbooks, and beside each what a reader must find in it.

`python make_layouts.py` writes them anew. The indicators are those of forms that public bodies
have published; project names are shortened.
"""

import json
import re
import zipfile
from collections.abc import Callable, Mapping
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

from layout_paper import Paper

HERE = Path(__file__).parent
_TIMES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
PROJECT = "project_self_evaluation"
OVERALL = "overall_self_evaluation"
TARGET = "project_target"
MONITORING = "project_monitoring"

Row = dict[str, Any]
_COLUMNS = ("level1", "level2", "level3", "target", "actual", "weight", "score", "reason")
_OTHERS = {
    "op": "_operator",
    "in": "_measure",
    "as": "format",
    "reads": "says",
    "kind": "_kind",
    "why": "_why",
}


def indicators(table: str) -> list[Row]:
    """Return rows from lines: a cell a column, `#95` for a number, `key=text` for others.

    `as` is the number format of the target and `reads` what the target reads as.
    """
    return [_row(line.split(" | ")) for line in table.strip().splitlines()]


def _row(cells: list[str]) -> Row:
    row: Row = {}
    for index, cell in enumerate(cells):
        key, equals, words = cell.partition("=")
        if equals and key in _OTHERS:
            at = _OTHERS[key]
            row[at] = {"target": words} if at in {"format", "says"} else words
        elif cell:
            row[_COLUMNS[index]] = _typed(_COLUMNS[index], cell)
    return row


def _typed(key: str, cell: str) -> str | float:
    number = cell if key in {"weight", "score"} else cell.removeprefix("#")
    if key in {"weight", "score"} or number != cell:
        return float(number) if "." in number else int(number)
    return cell


VILLAGE = indicators("""
产出指标 | 数量指标 | 基建工程委托业务项目数量 | ≥50个 | 50 | 8 | 8
产出指标 | 质量指标 | 委托业务报告合格率 | ≥100百分比 | 100 | 8 | 8
产出指标 | 质量指标 | 经费支出合规性 | 严格执行相关制度规定 | 达成预期指标 | 8 | 8
产出指标 | 时效指标 | 提交报告及时性 | 在项目计划完成时间内完成 | 达成预期指标 | 8 | 8
产出指标 | 成本指标 | 项目总成本 | ≤90万元 | 90 | 8 | 8
产出指标 | 成本指标 | 单项业务成本 | 符合相关规定 | 达成预期指标 | 10 | 10
效益指标 | 社会效益指标 | 对维护基建市场公平的影响程度 | 效果明显 | 达成预期指标 | 15 | 15
效益指标 | 可持续影响指标 | 对推动“四项制度”落实的影响 | 效果明显 | 达成预期指标 | 15 | 15
满意度指标 | 服务对象满意度指标 | 服务对象满意度 | ≥90% | 93% | 10 | 10
""")

TEA_VALLEY = indicators("""
产出指标 | 数量指标 | 建设美丽宜居自然村庄数量 | ≥200 | 202 | 15 | 15
产出指标 | 数量指标 | 完成农村户用卫生厕所改造数量 | ≥2000 | 3061 | 15 | 15
产出指标 | 数量指标 | 新建省级中心村数量 | ≥10 | 8 | 10 | 8 | 两个村规划调整
产出指标 | 质量指标 | 美丽宜居自然村庄验收通过率 | ≥95% | 100% | 5 | 5
产出指标 | 时效指标 | 完成自然村庄验收时间 | 9月前 | 7月 | 5 | 5
效益指标 | 社会效益指标 | 农村人居环境 | 明显改善 | 明显改善 | 30 | 28
满意度指标 | 服务对象满意度指标 | 农户满意度 | ≥90% | 91% | 10 | 10
""")

MEALS = indicators("""
产出指标 | 数量指标 | 学生受资助人数 | #735 | 735 | 10 | 10 | op=≧ | in=人次 | reads=≧735人次
产出指标 | 质量指标 | 营养改善计划覆盖率 | #100 | 100% | 10 | 10 | op=≧ | in=% | reads=≧100%
产出指标 | 时效指标 | 资金到位及时率 | #100 | 100% | 10 | 7 | op=≧ | in=% | reads=≧100%
产出指标 | 成本指标 | 生均补助标准达标率 | #100 | 100% | 10 | 10 | op=═ | in=% | reads=═100%
效益指标 | 经济效益指标 | 减轻学生家庭负担 | 有效 | 有效 | 10 | 10 | op=定性 | reads=有效
效益指标 | 社会效益指标 | 政策知晓率 | #100 | 98% | 10 | 9 | op=═ | in=% | reads=═100%
效益指标 | 可持续影响指标 | 促进教育事业发展 | #100 | 100% | 10 | 10 | op=≧ | in=% | reads=≧100%
满意度指标 | 服务对象满意度指标 | 学生满意度 | #95 | 100% | 10 | 10 | op=≧ | in=% | reads=≧95%
满意度指标 | 服务对象满意度指标 | 家长满意度 | #95 | 100% | 10 | 10 | op=≧ | in=% | reads=≧95%
""")

SATELLITE = indicators("""
产出指标 | 数量指标 | 补助经费 | 72890 | 72890 | 10 | 9 | op=﹦ | in=元 | reads=﹦72890元
产出指标 | 质量指标 | 验收合格率 | #1 | 100 | 20 | 19 | op=﹦ | in=百分比 | as=0% | reads=﹦100%
产出指标 | 时效指标 | 项目完成及时率 | 100 | 100 | 20 | 19 | op=＝ | in=% | reads=＝100%
效益指标 | 社会效益指标 | 违法行为责停率 | #0.95 | 95 | 20 | 18 | op=≥ | in=% | as=0% | reads=≥95%
效益指标 | 可持续影响指标 | 执法长效机制 | 健全 | 健全 | 10 | 10
满意度指标 | 服务对象满意度指标 | 满意度 | ≥95% | 95 | 10 | 9 | op=≥ | in=%
""")

HEATING = indicators("""
产出指标 | 数量指标 | 工程资金金额 | #43.2 | #37.24 | 10 | 9 | 剩余3%尾款未付
产出指标 | 质量指标 | 工程完工率 | #100 | #100 | 10 | 10
产出指标 | 质量指标 | 工程验收合格率 | #100 | #100 | 10 | 10
产出指标 | 时效指标 | 项目完成及时率 | #100 | #100 | 10 | 10
产出指标 | 成本指标 | 成本控制率 | #100 | #100 | 10 | 10
效益指标 | 经济效益指标 | 安全率 | #100 | #100 | 15 | 15
效益指标 | 可持续影响指标 | 长期使用性 | #100 | #100 | 15 | 15
满意度指标 | 服务对象满意度指标 | 学生满意度 | #100 | #100 | 10 | 10
""")

INSURANCE = indicators("""
产出指标 | 数量指标 | 全县参合人数 | 8755 | 8676 | 15 | 13 | 有新增死亡人员，导致有偏差
产出指标 | 质量指标 | 资金是否全部纳入医保统筹 | 100% | 100% | 15 | 15
产出指标 | 时效指标 | 资金是否全部及时纳入 | 100% | 100% | 10 | 10
产出指标 | 成本指标 | 配套资金每人每年 | 75元 | 75元 | 10 | 10
效益指标 | 社会效益指标 | 解决建档立卡人员看病难贵问题 | 95% | 95% | 30 | 27 | 宣传不够
满意度指标 | 服务对象满意度指标 | 是否满意 | 95% | 95% | 10 | 9 | 政策解释不够
""")

CULTURE = indicators("""
产出指标 | 数量指标 | 全年免费开放 | 100% | 100% | 12.5 | 12.5
产出指标 | 质量指标 | 免费开放管理制度健全、执行有效性 | 100% | 100% | 12.5 | 12.5
产出指标 | 时效指标 | 免费开放率 | 100% | 100% | 12.5 | 12.5
产出指标 | 成本指标 | 实际成本与工作内容的匹配程度 | 45万 | 45万 | 12.5 | 12.5
效益指标 | 社会效益指标 | 承担重要公益服务项目 | 100% | 100% | 30 | 30
满意度指标 | 服务对象满意度指标 | 参观群众满意度 | ≥90% | 97% | 10 | 10
""")

FLOOD = indicators("""
产出指标 | 数量指标 | 完成中型灌区节水改造项目数量 | 1 | 1 | 15 | 15
产出指标 | 数量指标 | 完成农业综合水价改革项目 | 1 | 1 | 15 | 15
产出指标 | 质量指标 | 工程质量 | 合格 | 合格 | 10 | 10
产出指标 | 时效指标 | 年度资金支付完成率 | 100% | 100% | 10 | 10
效益指标 | 社会效益指标 | 保护全市人口财产不受损失 | 不受损失 | 不受损失 | 30 | 30
满意度指标 | 服务对象满意度指标 | 服务对象满意度 | 90% | 100% | 10 | 10
""")

FOREST = indicators("""
产出指标 | 数量指标 | 造林面积 | 1.2万亩 | 1.2万亩 | 10 | 10
产出指标 | 数量指标 | 病虫害防治面积 | 3.45万亩 | 3.45万亩 | 10 | 10
产出指标 | 质量指标 | 造林成活率 | 85% | 85% | 10 | 10
产出指标 | 时效指标 | 当期完成 | 90% | 100% | 10 | 10
产出指标 | 成本指标 | 造林补助 | 每亩300 | 每亩300 | 10 | 10
效益指标 | 经济效益指标 | 木材销售收入 | 1100万元 | 1093万元 | 15 | 12 | 市场价格下跌
效益指标 | 社会效益指标 | 提高就业率 | 显著 | 显著 | 15 | 15
满意度指标 | 服务对象满意度指标 | 林农满意度 | ≥90% | 92% | 10 | 10
""")

COST_FIRST = indicators("""
成本指标 | 经济成本指标 | 单位培训成本 | ≤400元/人·天 | 180元/人·天 | 20 | 20
产出指标 | 数量指标 | 培训人数 | ≥12500名 | 12166名 | 20 | 19.46 | 报名人数不足
产出指标 | 质量指标 | 结业考核通过率 | ≥98% | 98.79% | 20 | 20
效益指标 | 社会效益指标 | 参训学员就业率 | ≥50% | 53.53% | 20 | 20
满意度指标 | 服务对象满意度指标 | 参培学员满意度 | ≥85% | 88.32% | 10 | 10
""")

INSURED = indicators("""
产出指标 | 时效指标 | 工作经费发放及时率 | 100 | op== | in=% | reads==100%
产出指标 | 成本指标 | 参保网络宣传成本预算 | 101400 | op=≤ | in=元 | reads=≤101400元
产出指标 | 成本指标 | 工作经费发放成本预算 | 1 | op== | in=元/人 | reads==1元/人
效益指标 | 社会效益指标 | 参保网络宣传群众知晓率 | 100 | op== | in=% | reads==100%
效益指标 | 可持续影响指标 | 参保机制健全性 | 优良中低差 | op=定性
满意度指标 | 服务对象满意度指标 | 参保人员满意度 | 90 | op=≥ | in=% | reads=≥90%
""")

AMOUNTS = ("年初预算数", "全年预算数（A）", "全年执行数（B）")
KEYS = ("initial_budget", "full_year_budget", "executed")
GRANT = "其中：当年财政拨款"


def national_head(paper: Paper, last: str, project: str, unit: str, department: str) -> None:
    """Draw title, year and the two identity rows over the columns A to `last`."""
    paper.title(f"A1:{last}1", "项目支出绩效自评表")
    paper.put(f"A2:{last}2", "（2022年度）", "/year", says=Decimal(2022))
    paper.label("A3:B3", "项目名称")
    paper.put(f"C3:{last}3", project, "/project")
    paper.label("A4:B4", "主管部门")
    paper.put("C4:D4", department, "/department")
    paper.label("E4", "实施单位")
    paper.put(f"F4:{last}4", unit, "/unit")


def funds(paper: Paper, row: int, amounts: tuple[Any, Any, Any], points: tuple[Any, ...]) -> None:
    """Draw the fund table of the national form into C to I: amounts, weight, rate, score."""
    paper.label(f"A{row}:B{row + 2}", "项目资金\n（万元）")
    paper.label(f"C{row}", "")
    at = "/funds/total"
    heads = (*AMOUNTS, "分值", "执行率（B/A）", "得分")
    keys = (*KEYS, "weight", "execution_rate", "score")
    paper.label(f"C{row + 1}", "年度资金总额：")
    paper.put(f"C{row + 2}", GRANT, "/funds/sources/0/name")
    for column, head, key, value in zip("DEFGHI", heads, keys, (*amounts, *points), strict=True):
        paper.label(f"{column}{row}", head)
        rate = key == "execution_rate"
        says = Decimal(str(value)) * 100 if rate else None
        paper.put(
            f"{column}{row + 1}",
            value,
            f"{at}/{key}",
            says=says and says.normalize() + 0,
            number_format="0.00%" if rate else None,
        )
        source = f"/funds/sources/0/{key}" if key in KEYS else None
        paper.put(f"{column}{row + 2}", value if source else "—", source)


def objective(paper: Paper, row: int, middle: tuple[str, str], last: str, *words: str) -> None:
    """Draw 年度总体目标: the label in A and B, the two texts side by side below their headings."""
    left, right = middle
    paper.label(f"A{row}:B{row + 1}", "年度\n总体\n目标")
    paper.label(f"C{row}:{left}{row}", "预期目标")
    paper.label(f"{right}{row}:{last}{row}", "实际完成情况")
    paper.put(f"C{row + 1}:{left}{row + 1}", words[0], "/annual_objective/expected")
    paper.put(f"{right}{row + 1}:{last}{row + 1}", words[1], "/annual_objective/actual")


def total(paper: Paper, row: int, label: str, **columns: tuple[str, float]) -> None:
    """Draw the total line: `columns` are weight and score with their columns."""
    paper.label(label.replace("#", str(row)), "总  分")
    for key, (column, value) in columns.items():
        paper.put(f"{column}{row}", value, f"/totals/{key}")


# -- the layouts ---------------------------------------------------------------------------------


def anhui_weight_first() -> Paper:
    """安徽: 分值 stands before 指标值; 绩效指标 down the left side; no grade."""
    paper = Paper("附件1", form=PROJECT)
    national_head(paper, "I", "委托业务项目", "棠溪镇人民政府", "贵池区财政局")
    funds(paper, 5, (90, 90, 89.974), (10, 0.9997, 9.99))
    objective(paper, 8, ("E", "F"), "I", "完成基建工程委托业务。", "完成委托业务50个。")
    bottom = 11 + len(VILLAGE) - 1
    paper.label(f"A10:A{bottom}", "绩\n效\n指\n标")
    columns = "B level1 | C level2 | D level3 | E weight | F target | G actual | H score | I reason"
    paper.headings(
        10,
        (
            "B 一级指标 | C 二级指标 | D 三级指标 | E 分值 | F 年度指标值 | G 实际完成值 | "
            "H 得分 | I 未完成原因和改进措施"
        ),
    )
    below = paper.table(11, columns, VILLAGE)
    total(paper, below, "A#:D#", weight=("E", 100), score=("H", 99.99))
    return paper


def anhui_weight_last() -> Paper:
    """安徽, a whole department: 分值 after 实际完成值, 得分 before it; levels on every row."""
    paper = Paper("整体自评", form=OVERALL)
    paper.title("A1:I1", "2023年度部门整体支出绩效自评表")
    paper.note("/year", Decimal(2023), "A1")
    paper.label("A2:B2", "单位名称")
    paper.put("C2:I2", "茶谷和美丽乡村建设服务中心", "/unit")
    paper.label("A3:A5", "部门整体支出情况（万元）")
    paper.headings(
        3,
        ("B:C 资金来源 | D 年初预算数 | E 全年预算数 | F 全年执行数 | G 得分 | H 执行率 | I 分值"),
    )
    paper.label("B4:C4", "部门预算总额")
    paper.put("B5:C5", "财政拨款", "/funds/sources/0/name")
    for column, key, value in zip("DEF", KEYS, (300, 329.77, 338.31), strict=True):
        paper.put(f"{column}4", value, f"/funds/total/{key}")
        paper.put(f"{column}5", value, f"/funds/sources/0/{key}")
    paper.put("G4", 10, "/funds/total/score")
    paper.put("H4", "102.59%", "/funds/total/execution_rate", says=Decimal("102.59"))
    paper.put("I4", 10, "/funds/total/weight")
    objective(paper, 6, ("E", "F"), "I", "建设美丽乡村。", "建成自然村庄202个。")
    columns = (
        "A level1 | B level2 | C:D level3 | E target | F score | G actual | H weight | I reason"
    )
    paper.headings(
        8,
        (
            "A 一级\n指标 | B 二级\n指标 | C:D 三级指标 | E 年度\n指标值 | F 自评得分 | "
            "G 实际完成值 | H 分值 | I 偏差原因分析及改进措施"
        ),
    )
    below = paper.table(9, columns, TEA_VALLEY, levels="repeated")
    total(paper, below, "A#:E#", weight=("H", 100), score=("F", 96))
    paper.label(f"A{below + 1}:B{below + 1}", "评价等级")
    paper.put(f"C{below + 1}:I{below + 1}", "优")
    return paper


def split_columns() -> Paper:
    """云南: 计算符号, 指标值 and 计量单位 in three columns, amounts in 元, not the first sheet."""
    paper = Paper("公开14表", form=PROJECT, first="填表说明")
    paper.title("A1:K1", "2022年度项目支出绩效自评表")
    paper.note("/year", Decimal(2022), "A1")
    paper.line("A2:D2", "公开14表")
    paper.line("I2:K2", "金额单位：元")
    paper.label("A3:B3", "项目名称")
    paper.put("C3:K3", "义务教育营养改善计划专项资金", "/project")
    paper.label("A4:B4", "主管部门")
    paper.put("C4:E4", "永德县教育体育局", "/department")
    paper.label("F4:G4", "实施单位")
    paper.put("H4:K4", "永德县明朗中学", "/unit")
    paper.label("A5:B7", "项目资金")
    paper.headings(
        5,
        ("C:D  | E:F 年初预算数 | G 全年预算数 | H 全年执行数 | I 分值 | J 执行率 | K 得分"),
    )
    paper.label("C6:D6", "年度资金总额")
    paper.put("C7:D7", "其中：本年财政拨款", "/funds/sources/0/name")
    for column, key in zip(("E#:F#", "G#", "H#"), KEYS, strict=True):
        for row, at in ((6, "/funds/total"), (7, "/funds/sources/0")):
            where = column.replace("#", str(row))
            paper.put(
                where, 387664.62, f"{at}/{key}", says=Decimal("38.766462"), number_format="#,##0.00"
            )
    paper.put("I6", 10, "/funds/total/weight")
    paper.put("J6", 1, "/funds/total/execution_rate", says=Decimal(100), number_format="0%")
    paper.put("K6", 10, "/funds/total/score")
    objective(paper, 8, ("F", "G"), "K", "改善学生营养状况。", "735人次受益。")
    columns = (
        "A level1 | B level2 | C:D level3 | E _operator | F target | G _measure | "
        "H actual | I weight | J score | K reason"
    )
    paper.headings(
        10,
        (
            "A 一级指标 | B 二级指标 | C:D 三级指标 | E 指标性质 | F 指标值 | G 度量单位 | "
            "H 实际完成值 | I 分值 | J 得分 | K 偏差原因分析及改进措施"
        ),
    )
    below = paper.table(11, columns, MEALS)
    total(paper, below, "A#:H#", weight=("I", 100), score=("J", 96))
    paper.problem("R09", "I2")
    return paper


def split_under_one_heading() -> Paper:
    """Two rows of headings: 绩效指标 over the levels, 年度指标值 over sign, value and unit."""
    paper = Paper("自评表", form=PROJECT)
    national_head(paper, "J", "卫片执法补助经费", "古城区自然资源局", "古城区自然资源局")
    funds(paper, 5, (7.29, 7.29, 7.29), (10, 1, 10))
    objective(paper, 8, ("E", "F"), "J", "完成卫片执法。", "完成卫片执法。")
    paper.headings(10, "A:C 绩效指标 | D:F 年度指标值")
    for column, words in zip("GHIJ", ("实际完成值", "分值", "得分", "偏差原因"), strict=True):
        paper.label(f"{column}10:{column}11", words)
    paper.headings(11, "A 一级指标 | B 二级指标 | C 三级指标 | D 运算符号 | E 指标值 | F 计量单位")
    columns = (
        "A level1 | B level2 | C level3 | D _operator | E target | F _measure | "
        "G actual | H weight | I score | J reason"
    )
    wide = {"_operator": "", "_measure": "", "target": "D#:F#"}  # words over all three
    rows = [{**row, "area": wide} if row["target"] == "健全" else row for row in SATELLITE]
    below = paper.table(12, columns, rows)
    total(paper, below, "A#:G#", weight=("H", 100), score=("I", 94))
    return paper


def extra_columns() -> Paper:
    """河北: 序号, 完成率, 计算方法 and 备注 among the columns; numbers without signs and units."""
    paper = Paper("Sheet1", form=PROJECT)
    paper.title("A1:L1", "项目支出绩效自评表（2019年度）")
    paper.note("/year", Decimal(2019), "A1")
    paper.label("A3:B3", "项目名称")
    paper.put("C3:G3", "暖通改造经费", "/project")
    paper.label("H3:I3", "项目实施单位")
    paper.put("J3:L3", "廊坊市食品工程学校", "/unit")
    paper.label("A5:B8", "预算执行情况（万元）")
    paper.headings(
        5,
        (
            "C:D 项目 | E 年初预算数 | F 全年预算数 | G 全年执行数 | H 执行率 | I 分值 | "
            "J 得分 | K:L 备注"
        ),
    )
    paper.label("C6:D6", "年度资金总额")
    for column, key, value in zip("EFG", KEYS, (43.2, 43.2, 37.24), strict=True):
        paper.put(f"{column}6", value, f"/funds/total/{key}")
    paper.put("H6", "86%", "/funds/total/execution_rate", says=Decimal(86))
    paper.put("I6", 10, "/funds/total/weight")
    paper.put("J6", 9, "/funds/total/score")
    for row, name, total_amount in ((7, GRANT, 43.2), (8, "其他资金", None)):
        paper.put(f"C{row}:D{row}", name, f"/funds/sources/{row - 7}/name")
        for column, key in zip("EFG", KEYS, strict=True):
            amount = 37.24 if total_amount and column == "G" else total_amount
            at = f"/funds/sources/{row - 7}/{key}" if amount else None
            paper.put(f"{column}{row}", amount or "-", at)
    paper.label("A9:B10", "年度总体目标")
    paper.headings(9, "C:G 预期目标 | H:L 实际完成情况")
    paper.put("C10:G10", "完成宿舍楼暖通改造。", "/annual_objective/expected")
    paper.put("H10:L10", "已完工，剩余3%尾款未付。", "/annual_objective/actual")
    columns = (
        "A _no | B level1 | C level2 | D:E level3 | F target | G actual | H _rate | "
        "I weight | J score | K _method | L reason"
    )
    paper.label("A11:L11", "绩效指标")
    paper.headings(
        12,
        (
            "A 序号 | B 一级指标 | C 二级指标 | D:E 三级指标 | F 年度指标值 | "
            "G 实际完成值 | H 完成率 | I 分值 | J 得分 | K 计算方法 | "
            "L 偏差原因分析及改进措施"
        ),
    )
    rows = [
        {
            **row,
            "_no": number,
            "_rate": f"=G{12 + number}/F{12 + number}",
            "_method": "完成值÷指标值",
        }
        for number, row in enumerate(HEATING, 1)
    ]
    below = paper.table(13, columns, rows)
    total(paper, below, "A#:H#", weight=("I", 100), score=("J", 98))
    return paper


def broken_words() -> Paper:
    """Words broken by spaces, line breaks and full-width forms; a title and remarks above."""
    paper = Paper("自评表（定稿）", form=PROJECT)
    paper.line("A1", "附件2")
    paper.title("A2:I2", "稷山县项目支出绩效自评表")
    paper.put("A3:I3", "（2020 年度）", "/year", says=Decimal(2020))
    paper.line("A4:I4", "填报说明：1.得分一次自评完成；2.偏差较大的请说明原因；3.单位：万元")
    paper.label("A5:B5", "项 目 名 称")
    paper.put("C5:E5", "个人缴费县级配套资金", "/project")
    paper.label("F5:G5", "项目\n实施\n单位")
    paper.put("H5:I5", "稷山县医疗保险服务中心", "/unit")
    paper.label("A6:B8", "项目资金\n（ 万 元 ）")
    paper.headings(
        6,
        (
            "C   | D 年 初\n预算数 | E 全年预算数\n（Ａ） | F 全年执行数\n（Ｂ） | "
            "G 分 值 | H 执行率\n（Ｂ／Ａ） | I 得 分"
        ),
    )
    paper.label("C7", "年度资金总额：")
    paper.put("C8", "其中：财政拨款", "/funds/sources/0/name")
    for column, key, value in zip("DEF", KEYS, (65.66, 65.66, 65.07), strict=True):
        paper.put(f"{column}7", value, f"/funds/total/{key}")
        paper.put(f"{column}8", value, f"/funds/sources/0/{key}")
    paper.put("G7", 10, "/funds/total/weight")
    paper.put("H7", "９９％", "/funds/total/execution_rate", says=Decimal(99))
    paper.put("I7", 9, "/funds/total/score")
    paper.label("A9:A10", "年 度\n总 体\n目 标")
    paper.headings(9, "B:E 预 期 目 标 | F:I 实 际 完 成 情 况")
    paper.put("B10:E10", "解决看病难、看病贵问题。", "/annual_objective/expected")
    paper.put("F10:I10", "参合8676人。", "/annual_objective/actual")
    columns = "B level1 | C level2 | D level3 | E target | F actual | G weight | H score | I reason"
    paper.headings(
        11,
        (
            "B 一级\n指标 | C 二级\n指标 | D 三　级　指　标 | E 年 度\n指 标 值 | "
            "F 实 际\n完 成 值 | G 分　值 | H 得　分 | I 偏差原因分析\n及改进措施"
        ),
    )
    below = paper.table(12, columns, INSURANCE, levels="once")
    paper.label(f"A11:A{below - 1}", "绩 效 指 标")
    total(paper, below, "A#:F#", weight=("G", 100), score=("H", 94))
    return paper


def far_from_the_corner() -> Paper:
    """The table begins in C7, columns are hidden, another table and the grade follow below."""
    paper = Paper("历城区文化馆", form=PROJECT)
    paper.line("A1", "2019年度自评材料（一）")
    paper.line("A3", "本表请双面打印，一式三份，加盖公章。")
    paper.title("C5:K5", "区级部门预算项目支出绩效自评表")
    paper.line("C6:K6", "（2019年度）                                单位：万元")
    paper.label("C7:D7", "项目名称")
    paper.put("E7:G7", "商品和服务支出", "/project")
    paper.label("H7:I7", "实施单位")
    paper.put("J7:K7", "历城区文化馆", "/unit")
    paper.label("C8:D9", "项目资金（万元）")
    paper.headings(
        8,
        "E  | F 年初预算数 | G 全年预算数 | H 全年执行数 | I 分值 | J 执行率 | K 得分",
    )
    paper.label("E9", "年度资金总额")
    for column, key in zip("FGH", KEYS, strict=True):
        paper.put(f"{column}9", 45, f"/funds/total/{key}")
    paper.put("I9", 10, "/funds/total/weight")
    paper.put("J9", 1, "/funds/total/execution_rate", says=Decimal(100), number_format="0%")
    paper.put("K9", 10, "/funds/total/score")
    paper.label("C10:D11", "年度总体目标")
    paper.headings(10, "E:G 预期目标 | H:K 实际完成情况")
    paper.put("E11:G11", "全年免费开放。", "/annual_objective/expected")
    paper.put("H11:K11", "全年免费开放。", "/annual_objective/actual")
    columns = (
        "C level1 | D level2 | E level3 | F target | G actual | H weight | I _method | "
        "J score | K reason"
    )
    paper.headings(
        12,
        (
            "C 一级指标 | D 二级指标 | E 三级指标 | F 指标值 | G 实际完成值 | H 分值 | "
            "I 得分计算方法 | J 得分 | K 偏差原因分析及改进措施"
        ),
    )
    rows = [{**row, "_method": "完成值/指标值×分值"} for row in CULTURE]
    below = paper.table(13, columns, rows)
    total(paper, below, "C#:G#", weight=("H", 100), score=("J", 100))
    paper.line(f"C{below + 1}:K{below + 1}", "自评等级：优")
    paper.label(f"C{below + 3}:K{below + 3}", "其他需要说明的问题")
    paper.headings(below + 4, "C 序号 | D:G 问题 | H:K 说明")
    for row, words in ((below + 5, "免费开放天数"), (below + 6, "经费来源")):
        paper.put(f"C{row}", row - below - 4)
        paper.put(f"D{row}:G{row}", words)
        paper.put(f"H{row}:K{row}", "见附件")
    for hidden in "IG":
        paper.sheet.column_dimensions[hidden].hidden = True
    paper.problem("R13", "G9")
    paper.problem("R13", "I9")
    paper.no_rows("funds", "sources")
    return paper


def execution_as_a_row() -> Paper:
    """The 10 points stand as the first row of the indicators; the fund table has none."""
    paper = Paper("表1", form=PROJECT)
    national_head(paper, "I", "水旱灾害防御经费", "天长市水利局", "天长市水利局")
    paper.label("A5:B7", "项目资金（万元）")
    paper.headings(5, "C:D  | E:F 全年预算数 | G:H 全年执行数 | I 执行率")
    paper.label("C6:D6", "年度资金总额")
    paper.put("E6:F6", 880, "/funds/total/full_year_budget")
    paper.put("G6:H6", 836, "/funds/total/executed")
    paper.put("I6", 0.95, "/funds/total/execution_rate", says=Decimal(95), number_format="0%")
    paper.put("C7:D7", GRANT, "/funds/sources/0/name")
    paper.put("E7:F7", 880, "/funds/sources/0/full_year_budget")
    paper.put("G7:H7", 836, "/funds/sources/0/executed")
    objective(paper, 8, ("E", "F"), "I", "确保安全度汛。", "全市安全度汛。")
    columns = (
        "A level1 | B level2 | C:D level3 | E target | F actual | G weight | H score | I reason"
    )
    paper.headings(
        10,
        (
            "A 一级指标 | B 二级指标 | C:D 三级指标 | E 年度指标值 | F 全年完成值 | "
            "G 分值 | H 得分 | I 偏差原因分析及改进措施"
        ),
    )
    paper.put("A11:D11", "预算执行率（10分）")
    paper.put("E11", "100%")
    paper.put("F11", "95%")
    paper.put("G11", 10, "/funds/total/weight")
    paper.put("H11", 9.5, "/funds/total/score")
    paper.put("I11", "尾款未到支付时间", "/funds/total/reason")
    below = paper.table(12, columns, FLOOD)
    total(paper, below, "A#:F#", weight=("G", 100), score=("H", 99.5))
    return paper


def cost_as_a_first_level() -> Paper:
    """The tree of 2021: 成本指标 is a first level; points of two levels in two columns."""
    paper = Paper("绩效自评", form=PROJECT)
    national_head(paper, "I", "护工培训", "吕梁市人力资源和社会保障局", "吕梁市人社局")
    funds(paper, 5, (3000, 3000, 2910), (10, 0.97, 9.7))
    objective(paper, 8, ("E", "F"), "I", "培训护工12500名。", "培训护工12166名。")
    columns = (
        "A level1 | B _points | C level2 | D level3 | E weight | F target | G actual | "
        "H score | I reason"
    )
    paper.headings(
        10,
        (
            "A 一级指标 | B 一级指标分值 | C 二级指标 | D 三级指标 | E 三级指标分值 | "
            "F 指标值 | G 完成值 | H 得分 | I 偏差原因分析及改进措施"
        ),
    )
    rows = [
        {**row, "_points": points}
        for row, points in zip(COST_FIRST, (20, 40, None, 20, 10), strict=True)
    ]
    below = paper.table(11, columns, rows)
    total(paper, below, "A#:D#", weight=("E", 100), score=("H", 99.16))
    return paper


def labels_over_values() -> Paper:
    """Identity as a row of labels over a row of values, the unit in a line with its label."""
    paper = Paper("自评", form=PROJECT)
    paper.title("A1:I1", "项目绩效自评表")
    paper.line("A2:E2", "填报单位：黄石市图书馆")
    paper.note("/unit", "黄石市图书馆", "A2")
    paper.line("F2:I2", "金额单位：万元")
    paper.headings(3, "A:B 项目编码 | C:D 项目名称 | E:F 主管部门 | G:I 预算年度")
    paper.put("A4:B4", "42020022T0001", "/project_code")
    paper.put("C4:D4", "共享工程", "/project")
    paper.put("E4:F4", "黄石市文化和旅游局", "/department")
    paper.put("G4:I4", 2022, "/year")
    funds(paper, 5, (5, 5, 5), (10, 1, 10))
    paper.label("A8:A9", "年度绩效目标")
    paper.label("B8:C8", "年初设定目标")
    paper.put("D8:I8", "完善数字资源共享。", "/annual_objective/expected")
    paper.label("B9:C9", "全年实际完成情况")
    paper.put("D9:I9", "建成存储备份25TB。", "/annual_objective/actual")
    columns = (
        "A level1 | B level2 | C level3 | D target | E actual | F score | G weight | H:I reason"
    )
    paper.headings(
        10,
        (
            "A 一级指标 | B 二级指标 | C 三级指标名称 | D 年初目标值 | E 实际完成值 | "
            "F 得分 | G 权重 | H:I 偏差原因"
        ),
    )
    rows = indicators("""
产出指标 | 数量指标 | 存储备份器容量 | 25TB | 25TB | 25 | 25
产出指标 | 时效指标 | 读者可使用时长 | ≥360天 | 365天 | 25 | 25
效益指标 | 社会效益指标 | 查询范围 | 可扩展到省图 | 可扩展到省图 | 30 | 30
满意度指标 | 服务对象满意度指标 | 读者满意度 | ≥90% | 95% | 10 | 10
""")
    below = paper.table(11, columns, rows)
    total(paper, below, "A#:E#", weight=("G", 100), score=("F", 100))
    return paper


def divided_reason() -> Paper:
    """偏差原因 over two columns of its own, the total written above the body, unmerged heads."""
    paper = Paper("附表", form=PROJECT)
    national_head(paper, "J", "县级储备粮", "衡山县商务和粮食局", "衡山县财政局")
    funds(paper, 5, (194.9, 194.9, 194.9), (10, 1, 10))
    objective(paper, 8, ("E", "F"), "J", "落实储备。", "储备到位。")
    paper.headings(
        10,
        "A 一级指标 | B 二级指标 | C 三级指标 | D 年度指标值 | E 实际完成值 | F 分值 | "
        "G 得分 | H 备注",
    )
    paper.headings(11, "A  | B  | C  | D  | E  | F  | G  | H ")
    paper.label("I10:J10", "偏差原因分析及改进措施")
    paper.headings(11, "I 原因类别 | J 具体说明")
    total(paper, 12, "A#:E#", weight=("F", 100), score=("G", 95))
    columns = (
        "A level1 | B level2 | C level3 | D target | E actual | F weight | G score | "
        "I _kind | J _why"
    )
    rows = indicators("""
产出指标 | 数量指标 | 成品粮储备到位率 | 100% | 100% | 25 | 25
产出指标 | 质量指标 | 库存粮食明显变质比例 | 0 | 0 | 25 | 25
效益指标 | 经济效益指标 | 利息补贴保障率 | 100% | 90% | 30 | 27 | kind=经费保障 | why=没有动用库存
满意度指标 | 服务对象满意度指标 | 售粮农户满意度 | ≥95% | 76% | 10 | 8 | why=排队时间长
""")
    paper.table(13, columns, rows)
    paper.note("/indicators/2/reason", "经费保障；没有动用库存", "I15")
    paper.note("/indicators/3/reason", "排队时间长", "J16")
    return paper


def printed_again() -> Paper:
    """湖南, a department: headings printed again, 小计 rows, 偏差度; no label for the funds."""
    paper = Paper("部门整体", form=OVERALL)
    paper.title("A1:I1", "部门整体支出绩效自评表（2021年度）")
    paper.note("/year", Decimal(2021), "A1")
    paper.label("A2:B2", "部门名称")
    paper.put("C2:I2", "零陵区林业局", "/unit")
    paper.headings(
        3,
        (
            "A:C 资金（万元） | D 年初预算数 | E 全年预算数 | F 全年执行数 | G 分值 | "
            "H 执行率 | I 得分"
        ),
    )
    paper.label("A4:C4", "年度资金总额")
    for column, key, value in zip("DEF", KEYS, (4000, 4753.66, 3824.26), strict=True):
        paper.put(f"{column}4", value, f"/funds/total/{key}")
    paper.put("G4", 10, "/funds/total/weight")
    paper.put("H4", 1, "/funds/total/execution_rate", says=Decimal(100), number_format="0%")
    paper.put("I4", 10, "/funds/total/score")
    objective(paper, 5, ("E", "F"), "I", "造林1.2万亩。", "造林1.2万亩。")
    columns = (
        "A level1 | B level2 | C level3 | D target | E actual | F deviation | "
        "G weight | H score | I reason"
    )
    heads = (
        "A 一级指标 | B 二级指标 | C 三级指标 | D 年度指标值 | E 实际完成值 | F 偏离度 | "
        "G 分值 | H 得分 | I 偏差原因分析"
    )
    paper.headings(7, heads)
    first, second = FOREST[:5], FOREST[5:]
    below = paper.table(8, columns, [{**row, "deviation": 0} for row in first], levels="repeated")
    paper.label(f"A{below}:F{below}", "小计")
    paper.put(f"G{below}", 50)
    paper.put(f"H{below}", 50)
    paper.headings(below + 1, heads)
    rows = [{**row, "deviation": 0} for row in second]
    below = paper.table(below + 2, columns, rows, levels="repeated", start=len(first))
    total(paper, below, "A#:F#", weight=("G", 100), score=("H", 97))
    paper.no_rows("funds", "sources")
    return paper


def applied_for() -> Paper:
    """四川: a target form with sign and unit in columns of their own, amounts in 万元."""
    paper = Paper("目标申报", form=TARGET)
    paper.title("A1:G1", "项目支出绩效目标申报表")
    paper.put("A2:G2", "（2023年度）", "/year", says=Decimal(2023))
    paper.label("A3", "项目名称")
    paper.put("B3:D3", "医保参保工作经费", "/project")
    paper.label("E3", "项目单位")
    paper.put("F3:G3", "大英县医疗保障局", "/unit")
    paper.label("A4", "项目资金总额（万元）")
    paper.put("B4:D4", 30.42, "/amount_total", says=Decimal(304200))
    paper.label("E4", "当年金额（万元）")
    paper.put("F4:G4", 10.14, "/amount_this_year", says=Decimal(101400))
    paper.label("A5", "年度目标")
    paper.put("B5:G5", "按时发放，群众知晓。", "/annual_goal")
    columns = "A level1 | B level2 | C:D level3 | E _operator | F target | G _measure"
    paper.headings(6, "A 一级指标 | B 二级指标 | C:D 三级指标 | E 符号 | F 指标值 | G 单位")
    paper.table(7, columns, INSURED, levels="once")
    paper.problem("R09", "A4")
    paper.problem("R09", "E4")
    return paper


def half_way() -> Paper:
    """Monitoring: causes and chances are ticked under divided headings, targets are split."""
    paper = Paper("监控", form=MONITORING)
    paper.title("A1:R1", "项目支出绩效目标执行监控表")
    paper.put("A2:R2", "（2023年度）", "/year", says=Decimal(2023))
    paper.label("A3:B3", "项目名称")
    paper.put("C3:G3", "药品监管补助资金", "/project")
    paper.label("H3:I3", "实施单位")
    paper.put("J3:L3", "市场监督管理局经开区分局", "/unit")
    paper.label("M3:N3", "监控期间")
    paper.put("O3:R3", "1-7月", "/round")
    paper.label("A4:B5", "项目资金（万元）")
    paper.headings(
        4, "C:D  | E:F 年初预算数 | G:H 1-7月执行数 | I:J 1-7月执行率 | K:R 全年预计执行数"
    )
    paper.label("C5:D5", "年度资金总额")
    paper.put("E5:F5", 5.8, "/funds/total/initial_budget")
    paper.put("G5:H5", 2.9, "/funds/total/executed")
    paper.put("I5:J5", 0.5, "/funds/total/execution_rate", says=Decimal(50), number_format="0%")
    paper.put("K5:R5", 5.8, "/funds/total/expected")
    paper.label("A6:B6", "年度总体目标")
    paper.put("C6:R6", "完成药品、医疗器械、化妆品监管任务。", "/annual_objective/expected")
    tall = "A 一级指标 | B 二级指标 | C 三级指标 | G 1-7月执行情况 | H 全年预计完成情况 | R 备注"
    for each in tall.split(" | "):
        column, _, words = each.partition(" ")
        paper.label(f"{column}7:{column}8", words)
    paper.headings(7, "D:F 年度指标值 | I:N 偏差原因分析 | O:Q 完成目标可能性")
    paper.headings(
        8,
        "D 计算符号 | E 指标值 | F 计量单位 | I 经费保障 | J 制度保障 | K 人员保障 | "
        "L 硬件条件保障 | M 其他 | N 原因说明 | O 确定能 | P 有可能 | Q 完全不可能",
    )
    columns = (
        "A level1 | B level2 | C level3 | D _operator | E target | F _measure | G actual | "
        "H expected | I _money | J _rules | K _people | L _things | M _else | N reason | "
        "O _sure | P _maybe | Q _never | R remark"
    )
    rows = indicators("""
产出指标 | 数量指标 | 药品抽验品种 | 3 | 2 | op=≥ | in=种 | reads=≥3种
产出指标 | 质量指标 | 药品抽检完成率 | 100 | 66.7% | op== | in=% | reads==100%
产出指标 | 时效指标 | 任务完成时间 | 12月底前 | 正在推进
""")
    rows[0] |= {"expected": "4种", "_sure": "√"}
    rows[1] |= {"expected": "100%", "_people": "√", "reason": "检验人员不足", "_maybe": "√"}
    rows[2] |= {"expected": "12月", "_sure": "✓", "remark": "分季度推进"}
    paper.table(9, columns, rows)
    for index, (words, cell) in enumerate((("确定能", "O9"), ("有可能", "P10"), ("确定能", "O11"))):
        paper.note(f"/indicators/{index}/possibility", words, cell)
    paper.no_rows("funds", "sources")
    paper.problem("R02", "C5")  # 全年预算数
    return paper


def out_of_place() -> Paper:
    """Values before their label, rows shifted by a column, a value in the row below its name."""
    paper = Paper("自评表", form=PROJECT)
    paper.title("A1:H1", "项目支出绩效自评表（2020年度）")
    paper.note("/year", Decimal(2020), "A1")
    paper.label("A2:B2", "项目名称")
    paper.put("C2:H2", "不动产信息系统运行维护经费", "/project")
    for area, words in (("A3:B3", "不动产登记中心"), ("D3:E3", "039002")):
        paper.put(area, words)
    paper.label("C3", "实施单位")
    paper.label("F3:G3", "单位编码")
    paper.problem("R08", "C3")
    paper.problem("R08", "F3")
    paper.label("A4:B5", "项目资金（万元）")
    paper.headings(4, "C  | D 全年预算数 | E 全年执行数 | F 分值 | G 执行率 | H 得分")
    paper.label("C5", "年度资金总额")
    paper.put("D5", 317, "/funds/total/full_year_budget")
    paper.put("E5", 317, "/funds/total/executed")
    paper.put("F5", 10, "/funds/total/weight")
    paper.put("G5", 1, "/funds/total/execution_rate", says=Decimal(100), number_format="0%")
    paper.put("H5", 10, "/funds/total/score")
    objective(paper, 6, ("D", "E"), "H", "保障系统运行。", "系统运行正常。")
    columns = "A level1 | B level2 | C level3 | D target | E actual | F weight | G score | H reason"
    paper.headings(
        8,
        (
            "A 一级指标 | B 二级指标 | C 三级指标 | D 年度指标值 | E 实际完成值 | F 分值 | "
            "G 得分 | H 偏差原因"
        ),
    )
    rows = indicators("""
产出指标 | 数量指标 | 维护系统数量 | ≥6个 | 6个 | 30 | 30
产出指标 | 质量指标 | 验收合格率 | =100% | 100% | 20 | 20
""")
    paper.table(9, columns, rows, levels="once")
    shifted: tuple[tuple[Any, ...], ...] = (
        (None, "效益指标", "社会效益指标", "登记效率", "明显提升", "明显提升", 15, 15),
        (None, None, None, "知晓度", ">95%", "96%", 15, 15),
        ("满意度指标", "服务对象满意度指标", "企业满意度", "≥90%", "95%", 5, 5, None),
        (None, None, "群众满意度", None, None, 5, 5, None),
        (None, None, "≥90%", None, None, None, None, None),
    )
    for row, cells in enumerate(shifted, 11):
        for column, words in zip("ABCDEFGH", cells, strict=True):
            paper.put(f"{column}{row}", words)
    for index, row in ((2, 13), (3, 14)):
        paper.note(f"/indicators/{index}/level1", "满意度指标", "A13")
        paper.note(f"/indicators/{index}/level2", "服务对象满意度指标", "B13")
        paper.note(f"/indicators/{index}/weight", Decimal(5), f"F{row}")
        paper.note(f"/indicators/{index}/score", Decimal(5), f"G{row}")
    paper.note("/indicators/2/level3", "企业满意度", "C13")
    paper.note("/indicators/2/target", "≥90%", "D13")
    paper.note("/indicators/2/actual", "95%", "E13")
    paper.note("/indicators/3/level3", "群众满意度", "C14")
    paper.problem("R07", "B11")
    paper.problem("R07", "D12")
    paper.problem("R07", "C15")
    total(paper, 16, "A#:E#", weight=("F", 100), score=("G", 100))
    paper.no_rows("funds", "sources")
    return paper


def in_two_ways() -> Paper:
    """Two units for one amount, two columns 得分, signs that contradict the value."""
    paper = Paper("自评表", form=PROJECT)
    national_head(paper, "I", "森林防火专项经费", "蔡甸区园林和林业局", "蔡甸区财政局")
    paper.line("A5:I5", "单位：元")
    paper.label("A6:B7", "项目资金（万元）")
    paper.headings(
        6,
        "C  | D 年初预算数 | E 全年预算数 | F 全年执行数 | G 分值 | H 执行率 | I 得分",
    )
    paper.label("C7", "年度资金总额")
    for column in "DEF":
        paper.put(f"{column}7", 63)
        paper.problem("R10", f"{column}7")
    paper.put("G7", 10, "/funds/total/weight")
    paper.put("H7", 1, "/funds/total/execution_rate", says=Decimal(100), number_format="0%")
    paper.put("I7", 10, "/funds/total/score")
    objective(paper, 8, ("E", "F"), "I", "防火。", "未发生重大火灾。")
    columns = (
        "A level1 | B level2 | C level3 | D _operator | E target | F _measure | "
        "G actual | H _first | I _second"
    )
    paper.headings(
        10,
        (
            "A 一级指标 | B 二级指标 | C 三级指标 | D 计算符号 | E 指标值 | F 计量单位 | "
            "G 实际完成值 | H 自评得分 | I 得分"
        ),
    )
    rows = indicators("""
产出指标 | 质量指标 | 火灾案件查处率 | ≥90 | 95% | op=≤ | in=%
产出指标 | 时效指标 | 6小时内扑灭率 | 95% | 97% | op=定性
效益指标 | 社会效益指标 | 重大森林火灾 | 0起 | 0起 | op== | in=人
效益指标 | 生态效益指标 | 森林火灾受害率 | 0.9 | 0.5‰ | op=反向 | in=‰
满意度指标 | 服务对象满意度指标 | 群众满意度 | 90 | 95% | op=≥ | in=% | reads=≥90%
""")
    rows = [{**row, "_first": 18, "_second": 17} for row in rows]
    below = paper.table(11, columns, rows)
    for index in range(4):
        del paper.data["indicators"][index]["target"]
        paper.problem("R11", paper.cells.pop(f"/indicators/{index}/target"))
    paper.problem("R01", "H10")
    paper.problem("R02", "A10")  # 分值
    total(paper, below, "A#:G#")
    paper.problem("R02", f"A{below}")
    paper.problem("R01", "H10")
    paper.no_rows("funds", "sources")
    return paper


LAYOUTS: Mapping[str, Callable[[], Paper]] = {
    draw.__name__: draw
    for draw in (
        anhui_weight_first,
        anhui_weight_last,
        split_columns,
        split_under_one_heading,
        extra_columns,
        broken_words,
        far_from_the_corner,
        execution_as_a_row,
        cost_as_a_first_level,
        labels_over_values,
        divided_reason,
        printed_again,
        applied_for,
        half_way,
        out_of_place,
        in_two_ways,
    )
}


def expected(paper: Paper) -> dict[str, Any]:
    """Return what a reader must find in a drawn workbook."""
    return {
        "form": paper.form,
        "sheet": paper.sheet.title,
        "problems": [list(found) for found in paper.problems],
        "data": paper.data,
        "cells": paper.cells,
    }


def _json(value: Any) -> int | float:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(value)


def package(paper: Paper) -> bytes:
    """Return the workbook, always the same bytes: openpyxl writes the time of saving."""
    stream, settled = BytesIO(), BytesIO()
    paper.book.save(stream)
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(settled, "w") as new:
        for name in old.namelist():
            member = zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(member, _TIMES.sub(rb"\g<1>2024-01-01T00:00:00Z", old.read(name)))
    return settled.getvalue()


def main() -> None:
    for name, draw in LAYOUTS.items():
        paper = draw()
        (HERE / f"{name}.xlsx").write_bytes(package(paper))
        text = json.dumps(expected(paper), ensure_ascii=False, indent=1, default=_json)
        (HERE / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
