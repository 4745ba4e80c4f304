"""The outline of each kind of report: a department's, a project's, a whole exercise's."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from xlflow.facts import Facts
from xlflow.forms.document import value_at
from xlflow.ledger import Submission
from xlflow.ledger.clock import local_time
from xlflow.ledger.identity import normalised
from xlflow.papers import Column, Style
from xlflow.report.blocks import Block, Grid, Heading, Words, blank
from xlflow.report.conclusion import (
    OUTCOMES,
    project_blocks,
    ranking_blocks,
    rules_blocks,
    score_blocks,
)
from xlflow.report.execution import budget_blocks, by_form_blocks, execution_blocks, money
from xlflow.report.figures import amount, in_wan, listed, points
from xlflow.report.findings import (
    low_execution_in_words,
    most_lost_in_words,
    problem_blocks,
)
from xlflow.report.indicators import (
    count_in_words,
    level_blocks,
    row_blocks,
    shortfall_blocks,
)
from xlflow.report.material import Material
from xlflow.report.returns import (
    LIGHTS,
    all_in_words,
    count_blocks,
    in_days,
    light_blocks,
    log_in_words,
    missing_blocks,
)
from xlflow.sums import added, by_unit, money_by_id, unit_of

_NOT_YET: Final = "尚未收到自评表，没有可分析的数据。"
_TASK_COLUMNS = (Column("任务名称", 3), Column("主要内容", 7), Column("实际完成情况", 7))
_ASKED_COLUMNS = (
    Column("单位", 7),
    Column("项目个数", 2, Style.CELL_NUMBER),
    Column("本年申请金额", 3, Style.CELL_NUMBER),
)
_PROJECT_COLUMNS = (
    Column("单位", 5),
    Column("项目", 7),
    Column("申请金额", 3, Style.CELL_NUMBER),
    Column("目标审核", 3, Style.CELL_MIDDLE),
    Column("监控", 2, Style.CELL_MIDDLE),
    Column("自评得分", 3, Style.CELL_NUMBER),
    Column("等级", 2, Style.CELL_MIDDLE),
)
_GROUP_COLUMNS = (
    Column("工作组职务", 3, Style.CELL_MIDDLE),
    Column("姓名", 3, Style.CELL_MIDDLE),
    Column("单位职务", 5, Style.CELL_MIDDLE),
    Column("签字", 3, Style.CELL_MIDDLE),
)


def title_of(material: Material) -> str:
    """Return the title of a report, in one line or two."""
    asked, year = material.asked, f"{material.year}年度"
    if asked.project is not None:
        return f"{material.filed[0].project or asked.project}项目\n{year}绩效自评报告"
    main = department_form(material)
    if main is not None:
        return f"{main.unit}\n{year}部门整体支出绩效自评报告"
    unit = f"{material.filed[0].unit}\n" if asked.unit is not None else ""
    whole = any(each.project is None for each in material.evaluated)
    return f"{unit}{year}{'预算绩效' if whole else '项目支出绩效'}自评工作报告"


def department_form(material: Material) -> Submission | None:
    """Return the form of a department's own that a report is about, None when it has none."""
    own = [each for each in material.evaluated if each.project is None]
    return own[0] if material.asked.unit is not None and len(own) == 1 else None


def blocks_of(material: Material) -> Iterator[Block]:
    """Yield everything a report says below its title."""
    if material.asked.project is not None:
        yield from _project(material)
    elif (main := department_form(material)) is not None:
        yield from _department(material, main)
    else:
        yield from _exercise(material)


def as_of(facts: Facts) -> datetime:
    """Return when the last file came: the same ledger makes the same report."""
    return local_time(max(each.received_at for each in facts.arrivals))


# -- a department's own report -------------------------------------------------------------------


def _department(material: Material, main: Submission) -> Iterator[Block]:
    yield Words(
        f"按照{blank('basis')}的要求，我单位对{main.year}年度部门整体支出实施了绩效自评，"
        "现将有关情况报告如下。"
    )
    yield Heading("部门基本情况", 1)
    yield Heading("部门概况", 2)
    for words, key in (
        ("部门职能", "functions"),
        ("机构设置", "structure"),
        ("资产情况", "assets"),
    ):
        yield Heading(words, 3)
        yield Words(blank(key))
    yield Heading("部门收支预决算情况", 2)
    yield from budget_blocks(material, [main])
    yield Heading("部门整体支出绩效目标、指标", 2)
    yield from _goals(material, main)
    yield from _work(material, [main])
    yield Heading("部门整体支出绩效目标实现情况及指标分析", 1)
    yield Heading("总体绩效目标实现情况", 2)
    yield from _achieved(material, main)
    yield from _analysis(material, main)
    projects = [each for each in material.evaluated if each.project is not None]
    if projects:
        yield Heading("项目支出绩效自评情况", 2)
        yield from project_blocks(material, projects)
        yield from by_form_blocks(material, projects)
    yield from _closing(material, [main, *projects])


def _goals(material: Material, main: Submission) -> Iterator[Block]:
    yield Heading("整体绩效目标", 3)
    yield Words(material.datum(main, "/annual_objective/expected") or "表中没有填报年度目标。")
    tasks = value_at(material.facts.data.get(main.id, {}), "/annual_tasks") or ()
    rows = tuple(
        tuple(str(task.get(key) or "") for key in ("name", "content", "actual")) for task in tasks
    )
    yield Heading("年度主要任务和绩效指标", 3)
    if rows:
        yield Grid("年度主要任务及完成情况（照录单位填报）", _TASK_COLUMNS, rows)
    yield Words(count_in_words(material.indicators(main)))


# -- a project's report --------------------------------------------------------------------------


def _project(material: Material) -> Iterator[Block]:
    main = next(iter(material.evaluated), None)
    about = main or material.filed[0]
    yield Words(
        f"按照{blank('basis')}的要求，我单位对{material.year}年度“{about.project}”项目"
        "实施了绩效自评，现将有关情况报告如下。"
    )
    yield Heading("项目基本情况", 1)
    yield Heading("项目概况", 2)
    yield Words(blank("project"))
    yield Heading("项目预算情况", 2)
    for each in material.planned:
        if (asked := money(material, each).asked) is not None:
            yield Words(f"{material.title_of(each.form)}申请本年金额{in_wan(asked)}。")
    if main is not None:
        yield from budget_blocks(material, [main])
    yield Heading("项目绩效目标", 2)
    goals = (
        material.datum(each, "/annual_objective/expected") for each in (about, *material.filed)
    )
    yield Words(next(filter(None, goals), "表中没有填报年度目标。"))
    if material.monitored:
        yield Heading("绩效运行监控情况", 2)
        yield from light_blocks(material)
    yield from _work(material, [about])
    yield Heading("项目绩效目标实现情况及指标分析", 1)
    if main is None:
        yield Words(_NOT_YET)
    else:
        yield Heading("绩效目标实现情况", 2)
        yield from _achieved(material, main)
        yield Words(count_in_words(material.indicators(main)))
        yield from _analysis(material, main)
    yield from _closing(material, material.evaluated)


# -- a whole exercise ----------------------------------------------------------------------------


def _exercise(material: Material) -> Iterator[Block]:
    yield Words(
        f"按照{blank('basis')}的要求，组织开展了{material.year}年度预算绩效自评工作，"
        "现将有关情况报告如下。"
    )
    yield Heading("基本情况", 1)
    yield Heading("报送情况", 2)
    yield from count_blocks(material)
    yield from missing_blocks(material)
    if material.planned:
        yield Heading("绩效目标申报情况", 2)
        yield from _asked(material)
    if material.monitored:
        yield Heading("绩效运行监控情况", 2)
        yield from light_blocks(material)
    yield from _work(material, ())
    yield from _exercises(material)
    yield from _faults(material)
    yield Heading("改进措施和建议", 1)
    yield Words(blank("measures"))
    yield Words(blank("signature"), closing=True)
    yield Words(blank("date"), closing=True)


def _asked(material: Material) -> Iterator[Block]:
    asked = money_by_id(material.planned, material.facts.data, material.scales)
    sums = by_unit(material.planned, asked)
    total = added(each.money for each in sums)
    yield Words(
        f"共收到{len(material.planned)}个项目的绩效目标，申请本年金额合计{in_wan(total.asked)}。"
    )
    rows = [
        (each.submissions[0].unit or "", str(each.count), amount(each.money.asked)) for each in sums
    ]
    yield Grid(
        "各单位项目申请金额（单位：万元）",
        _ASKED_COLUMNS,
        (*rows, ("合计", str(len(material.planned)), amount(total.asked))),
    )
    yield from _projects(material)


def _projects(material: Material) -> Iterator[Block]:
    """Yield where each project with targets stands: plan, monitoring, evaluation."""
    lights = {_project_key(each): each.light or "" for each in material.monitored}
    scored = {_project_key(each): each for each in material.evaluated}
    rows, open_ones = [], []
    for each in material.planned:
        key = _project_key(each)
        evaluated = scored.get(key)
        if evaluated is None:
            open_ones.append(material.name_of(each))
        rows.append((
            each.unit or "",
            each.project or "",
            amount(money(material, each).asked),
            OUTCOMES.get(each.outcome, ""),
            LIGHTS.get(lights.get(key, ""), "—"),
            points(evaluated.total) if evaluated else "—",
            evaluated.grade or "" if evaluated else "—",
        ))  # fmt: skip
    yield Grid("项目一览（单位：万元、分）", _PROJECT_COLUMNS, tuple(rows))
    if open_ones:
        yield Words(f"有绩效目标而没有收到自评表的项目{len(open_ones)}个：{listed(open_ones)}。")


def _project_key(submission: Submission) -> tuple[object, str]:
    return unit_of(submission), normalised(submission.project_code or submission.project)


def _exercises(material: Material) -> Iterator[Block]:
    if not material.exercises:
        yield Heading("自评结果", 1)
        yield Words(_NOT_YET)
    for exercise in material.exercises:
        submissions = material.of(exercise)
        yield Heading(f"{material.title_of(exercise.form)}的自评结果", 1)
        yield Heading("预算执行情况分析", 2)
        yield from budget_blocks(material, submissions)
        yield from by_form_blocks(material, submissions)
        yield Heading("绩效指标完成情况分析", 2)
        yield Words(count_in_words(material.indicators(*submissions)))
        yield from level_blocks(material, submissions)
        yield from shortfall_blocks(material, submissions)
        yield Heading("评价结论和评价等级", 2)
        yield from rules_blocks(material, submissions)
        yield from ranking_blocks(material, exercise)


def _faults(material: Material) -> Iterator[Block]:
    yield Heading("存在的主要问题", 1)
    told = (
        low_execution_in_words(material, material.evaluated),
        most_lost_in_words(material, material.evaluated),
    )
    for words in filter(None, told):
        yield Words(words)
    yield from problem_blocks(material, material.filed)
    yield Words(blank("problems"))


# -- parts that several have ---------------------------------------------------------------------


def _work(material: Material, submissions: Sequence[Submission]) -> Iterator[Block]:
    yield Heading("自评工作开展情况", 1)
    yield Heading("自评的组织工作", 2)
    yield Words(blank("organisation"))
    yield Heading("绩效自评目的", 2)
    yield Words(blank("purpose"))
    yield Heading("绩效自评方法", 2)
    yield Words(f"定量指标按实际完成值与指标值比较计分，由系统按评分方案测算。{blank('method')}")
    yield Heading("绩效自评过程", 2)
    yield Words(f"本报告的数据截至{in_days(as_of(material.facts))}。")
    if not submissions:
        yield Words(all_in_words(material))
    for each in submissions:
        yield Words(f"{material.title_of(each.form)}{log_in_words(material.facts, each)}")


def _achieved(material: Material, main: Submission) -> Iterator[Block]:
    actual = material.datum(main, "/annual_objective/actual")
    if actual:
        yield Words(f"单位填报的完成情况：“{actual}”")
    yield Words(blank("achievements"))


def _analysis(material: Material, main: Submission) -> Iterator[Block]:
    yield Heading("预算执行情况分析", 2)
    yield from execution_blocks(material, main)
    yield Heading("分项绩效指标完成情况及分析", 2)
    yield from level_blocks(material, [main])
    yield from row_blocks(material, main, 3)
    yield Heading("扣分和偏差分析", 2)
    yield from shortfall_blocks(material, [main])


def _closing(material: Material, submissions: Sequence[Submission]) -> Iterator[Block]:
    """Yield grade, problems, measures and signatures of a unit's report."""
    yield Heading("评价结论和评价等级", 1)
    if not submissions:
        yield Words(_NOT_YET)
    yield from rules_blocks(material, submissions[:1])
    for each in submissions[:1]:
        yield from score_blocks(material, each)
    yield Heading("存在的问题及改进措施", 1)
    yield Heading("存在的主要问题", 2)
    told = (
        low_execution_in_words(material, submissions),
        most_lost_in_words(material, submissions),
    )
    for words in filter(None, told):
        yield Words(words)
    yield from problem_blocks(material, submissions)
    yield Words(blank("problems"))
    yield Heading("改进措施和建议", 2)
    yield Words(blank("measures"))
    yield Heading("评价工作组人员名单及签字", 1)
    yield Grid(
        "",
        _GROUP_COLUMNS,
        (("组长", blank("group"), "", ""), ("副组长", "", "", ""), ("成员", "", "", "")),
    )
    yield Words(blank("signature"), closing=True)
    yield Words(blank("date"), closing=True)
