"""Score and grade: by which bounds, what the unit claims, what xlflow computes."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from xlflow.ledger import DecisionKind, Submission
from xlflow.papers import Column, Style
from xlflow.report.blocks import Bar, Bars, Block, Grid, Words, blank
from xlflow.report.execution import money
from xlflow.report.figures import amount, listed, per_cent, points
from xlflow.report.material import Material
from xlflow.review.result import Outcome
from xlflow.scoring import Profile
from xlflow.scoring.rules import plain
from xlflow.sums import Exercise, graded, mean, ranked

OUTCOMES = {Outcome.ACCEPTED: "通过", Outcome.RETURNED: "退回修改"}
_RANK_COLUMNS = (
    Column("名次", 3, Style.CELL_MIDDLE),
    Column("单位", 5),
    Column("项目", 6),
    Column("自评得分", 4, Style.CELL_NUMBER),
    Column("测算得分", 4, Style.CELL_NUMBER),
    Column("等级", 3, Style.CELL_MIDDLE),
    Column("全年执行（万元）", 5, Style.CELL_NUMBER),
    Column("执行率", 4, Style.CELL_NUMBER),
    Column("审核", 5, Style.CELL_MIDDLE),
)


def bounds(profile: Profile) -> str:
    """Return the bounds of the grades in words, best first.

    >>> from xlflow.scoring import load_profile
    >>> bounds(load_profile("national-2020"))
    '得分≥90分为优；80≤得分＜90分为良；60≤得分＜80分为中；得分＜60分为差'
    """
    told, above = [], None
    for grade in profile.grades:
        low = plain(grade.low)
        if above is None:
            told.append(f"得分≥{low}分为{grade.name}")
        elif grade.low > 0:
            told.append(f"{low}≤得分＜{above}分为{grade.name}")
        else:
            told.append(f"得分＜{above}分为{grade.name}")
        above = low
    return "；".join(told)


def rules_blocks(material: Material, submissions: Sequence[Submission]) -> Iterator[Block]:
    """Yield by which rules the forms are judged: the profile, its full score and its grades."""
    profiles = {
        profile.sha256: profile
        for each in submissions
        if (profile := material.profiles.get(each.id)) is not None
    }
    for profile in profiles.values():
        yield Words(
            f"评分采用“{profile.title}”方案，满分{plain(profile.total_weight)}分，"
            f"评价等级分为{len(profile.grades)}个：{bounds(profile)}。"
        )
        if profile.by_goals:
            yield Words("总分按各目标所占的比例折算，不是各项得分之和。")


def score_blocks(material: Material, submission: Submission) -> Iterator[Block]:
    """Yield score and grade of one form, and what is still open about them."""
    about = "部门整体" if submission.project is None else "项目支出"
    yield Words(
        f"我单位{submission.year}年度{about}绩效自评得分{points(submission.total)}分，"
        f"评价等级为“{submission.grade}”。"
    )
    yield Words(_claim(submission))
    if submission.undecided_weight:
        yield Words(
            f"其中分值{points(submission.undecided_weight)}分的指标按评分方案不能测算，"
            "暂按自评得分计入，待审核人员认定。"
        )
    checked = material.facts.last_decided(DecisionKind.CHECKED_SCORE).get(submission.key)
    if checked:
        yield Words(f"审核人员核定得分{checked}分。")
    opinion = material.facts.last_decided(DecisionKind.OPINION).get(submission.key)
    if opinion:
        yield Words(f"审核意见：“{opinion}”")
    if submission.outcome is Outcome.RETURNED:
        yield Words(
            f"该表有{submission.errors}处错误，已退回修改；以上得分和等级按现有版本测算，"
            "改正后可能变化。"
        )


def ranking_blocks(material: Material, exercise: Exercise) -> Iterator[Block]:
    """Yield mean, ranking and grades of the forms of one exercise."""
    submissions = material.of(exercise)
    grades = _grades(material, submissions)
    yield Words(
        f"参加评分的{material.title_of(exercise.form)}共{len(submissions)}份，"
        f"测算得分平均{points(mean(each.total for each in submissions))}分，"
        f"自评得分平均{points(mean(each.claimed_total for each in submissions))}分。"
        + _grades_in_words(grades)
    )
    places = {each.submission.id: each.place for each in ranked(submissions)}
    by_place = sorted(submissions, key=lambda each: places[each.id])
    rows = [_rank_row(material, each, places[each.id]) for each in by_place]
    shown = [
        position
        for position, column in enumerate(_RANK_COLUMNS)
        if column.heading != "项目" or any(row[position] for row in rows)
    ]
    yield Grid(
        "测算得分排名",
        tuple(_RANK_COLUMNS[position] for position in shown),
        tuple(tuple(row[position] for position in shown) for row in rows),
    )
    undecided = [each for each in submissions if each.undecided_weight]
    if undecided:
        told = [
            f"{material.name_of(each)}（{points(each.undecided_weight)}分）" for each in undecided
        ]
        yield Words(
            f"有{len(undecided)}份表含有按评分方案不能测算的指标，这些指标暂按自评得分计入："
            f"{listed(told)}。"
        )
    yield from _checked(material, by_place)
    if any(grades.values()):
        yield Bars(
            "grades",
            "评价等级分布",
            tuple(Bar(name, Decimal(count), f"{count}份") for name, count in grades.items()),
            Decimal(max(grades.values())),
        )


def project_blocks(material: Material, submissions: Sequence[Submission]) -> Iterator[Block]:
    """Yield the scores of a department's projects."""
    yield Grid(
        "项目支出绩效自评结果",
        _RANK_COLUMNS[2:],
        tuple(_rank_row(material, each, 0)[2:] for each in submissions),
    )


def _checked(material: Material, submissions: Sequence[Submission]) -> Iterator[Block]:
    """Yield the scores that officers found, where they checked any."""
    scores = material.facts.last_decided(DecisionKind.CHECKED_SCORE)
    told = [
        f"{material.name_of(each)}（{found}分）"
        for each in submissions
        if (found := scores.get(each.key))
    ]
    if told:
        yield Words(f"审核人员核定了{len(told)}份表的得分：{listed(told)}。")


def _claim(submission: Submission) -> str:
    if submission.claimed_total is None or submission.total is None:
        return f"单位没有填报总分，得分由系统测算。{blank('difference')}"
    apart = submission.claimed_total - submission.total
    told = f"表中填报的总分为{points(submission.claimed_total)}分，系统测算"
    if not apart:
        return f"{told}与之一致。"
    way = "低" if apart > 0 else "高"
    return f"{told}比填报{way}{points(abs(apart))}分。{blank('difference')}"


def _grades(material: Material, submissions: Sequence[Submission]) -> dict[str, int]:
    """Return how many forms have each grade, those of the profile that none has too."""
    profile = material.profiles.get(submissions[0].id)
    names = [grade.name for grade in profile.grades] if profile else []
    return dict.fromkeys(names, 0) | graded(submissions)


def _grades_in_words(grades: Mapping[str, int]) -> str:
    told = "、".join(f"“{name}”{count}份" for name, count in grades.items())
    return f"评价等级：{told}。" if told else ""


def _rank_row(material: Material, submission: Submission, place: int) -> tuple[str, ...]:
    of = money(material, submission)
    claimed = submission.claimed_total
    return (
        str(place),
        submission.unit or "",
        submission.project or "",
        "" if claimed is None else points(claimed),
        points(submission.total),
        submission.grade or "",
        amount(of.executed),
        per_cent(of.execution_rate),
        OUTCOMES.get(submission.outcome, ""),
    )
