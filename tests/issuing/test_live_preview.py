"""What the workbook answers while the clerk types, held against the engine by LibreOffice."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from libreoffice import resaved
from raw_cells import raw_cells

from xlflow.forms import Form, load_form
from xlflow.forms.preview_cells import AS_CLAIMED, LATER
from xlflow.issuing import fill, finished_template
from xlflow.issuing.preview import with_preview
from xlflow.judging import Rules, judge_file
from xlflow.scoring import Score, Scores, load_profile
from xlflow.scoring.rules import to_cents

YEAR = 2024
# Rules and deviations that no shipped profile has.
OF_BUREAUX = {
    "linear": ("Q2", "Q8", "Q12", "Q14", "V1", 'rule = "X3"\nfull_at = 95\nover_budget = "zero"'),
    "strict": ("Q1", "Q9", "Q11", "Q14", "V2", 'rule = "X1"\nover_budget = "undecided"'),
    "bare_ge": ("Q1", "Q7", "Q10", "Q14", "V3", 'rule = "X2"\nfull_at = 90'),
}
SHIPPED = ("national-2020", "henan-2022", "tianjin", "hubei", "hunan-yueyang", "guangxi")
UNITS = ("%", "%", "%", "件", "个", "万元", "万本", "人次", "天", "所学校", "‰", "", "米", "分")
# Points that end on half a cent: weight, target, actual.
HALF_CENTS = [
    (5, "≥1000件", "535件"), (5, "≥1000件", "201件"), (1, "≥200个", "173个"), (9, "≥40件", "37件"),
    (10, "≤60天", "64天"), (2, "=800人次", "310人次"), (3, "≥16米", "13.7米"),
    (7, "≥8米", "1.15米"),
    (4, "≥160件", "41.8件"), (10, "≥100%", "81.85%"), (10, "≥100%", "26.75%"),
    (8, "≤32万元", "40.96万元"), (1, "≥1000件", "5件"), (1, "≥1000件", "4.9999件"),
    (1, "≥1000件", "5.0001件"), (10, "≥10000000000", "1"), (3, "3-8米", "0.0133米"),
]  # fmt: skip
ODD_TARGETS = (
    "健全", "达标", "2024年6月底前", "及时", "1:10", "下降3%", "约20家", "每月2次", "=0起", "0起",
    "≤0次", "≥0件", "100", "≥95.5", "不低于90%", "90%以上", "控制在5%以内", "≥20万", "3-5个",
    "80%-90%", "5月", "0.95", "≥85%，且≤100%", "≥15000000元", "零", "二次",
)  # fmt: skip
ODD_ACTUALS = (
    "达成", "部分达成", "达成预期指标", "100%", "95 %", " 95%", "95%%", "约95%", "-5%", "+5", "1e3",
    "007", ".5", "5.", "1,200", "１２", "2024-06-01", "6月底", "2022.6", "20240601", "1/2", "0.95",
    "1", "≥90%", "无", "∎", "5∎", "=1", "(5)", "¥5", "12:30", "TRUE", "0", "0%", "0.0", "100.00%",
    "3万", "3个月", "下降4%",
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A workbook as it was typed: what LibreOffice shows in it, and what the engine says."""

    name: str
    shown: Mapping[int, tuple[object, object]]  # points and deviation by row
    bottom: int  # the row of the total
    scores: Scores


def shortened(number: float) -> str:
    """Return a number as a person types it, at times with zeros nobody needs."""
    return random.choice((f"{number:.0f}", f"{number:.1f}", f"{number:.2f}", f"{number:g}"))


def target_and_actual() -> tuple[str, str | None]:
    unit, sign = random.choice(UNITS), random.choice(("≥", "≥", "≤", "=", "＞", "<", ""))
    size = random.choice((10, 100, 100, 5000))
    aim = random.choice((float(random.randint(1, size)), round(random.uniform(0.5, size), 2)))
    shown = f"{aim:.10g}"
    near = aim * random.choice((0, 0.3, 0.9, 0.95, 1, 1, 1.05, 1.3, 2, 2.5))
    told = shown if near == aim else shortened(near)
    after = random.choice((unit, unit, unit, "", unit.replace("%", "％")))
    actual = random.choice((None, random.choice(ODD_ACTUALS), *[told + after] * 8))
    if random.random() < 0.2:
        return random.choice(ODD_TARGETS), actual
    if random.random() < 0.1:
        return f"{shown}-{aim * 2:.10g}{unit}", actual
    return f"{sign}{shown}{unit}", actual


def indicators(count: int) -> Iterator[dict[str, Any]]:
    names = (
        "印刷数量",
        "办结率",
        "群众满意度",
        "成本控制",
        "能耗下降率",
        "在职人员控制率",
        "完成天数",
    )
    for number in range(count):
        target, actual = target_and_actual()
        weight = Decimal(random.choice(("1", "2", "2.5", "3", "4.25", "7")))
        yield {
            "level1": "产出指标",
            "level2": "数量指标",
            "level3": f"{random.choice(names[:-1])}" if number % 3 else f"第{number}项{names[-1]}",
            "target": target,
            "actual": actual,
            "weight": weight,
            "score": random.choice((None, weight, weight / 2, weight + 1, Decimal("0.13"))),
        }


def oddities() -> Iterator[dict[str, Any]]:
    """Yield every odd way to write an actual under targets of several kinds."""
    for target in ("≥95%", "≤20件", "≥3万元", "100", "健全", "2024年6月底前"):
        for actual in ODD_ACTUALS:
            yield {
                "level1": "产出指标",
                "level2": "数量指标",
                "level3": "办结率" if target == "100" else "办结情况",
                "target": target,
                "actual": actual,
                "weight": Decimal(1),
                "score": Decimal("0.5"),
            }


def half_cents() -> Iterator[dict[str, Any]]:
    for number, (weight, target, actual) in enumerate(HALF_CENTS):
        yield {
            "level1": "产出指标",
            "level2": "数量指标",
            "level3": f"第{number}项",
            "target": target,
            "actual": actual,
            "weight": Decimal(weight),
            "score": Decimal(weight),
        }


def funds() -> Mapping[str, Any]:
    budget = Decimal(random.choice(("0", "120", "91", "333.33", "1234.56")))
    share = Decimal(random.choice(("0", "0.5", "0.819", "0.9", "0.95", "1", "1.02")))
    total = {"full_year_budget": budget, "executed": round(budget * share, 2)}
    return {"total": {**total, "weight": Decimal(10), "score": Decimal("8.5")}}


@cache
def template(form: str) -> bytes:
    return finished_template(load_form(form))


def typed(form: Form, profile: str, workspace: Path, data: Mapping[str, Any]) -> bytes:
    """Return a workbook that was handed out with targets and then filled in."""
    aims = [{k: row[k] for k in ("level1", "level2", "level3", "target")} for row in
            data["indicators"]]  # fmt: skip
    handed_out = fill(template(form.name), form, {"indicators": aims})
    rules = load_profile(profile, workspace)
    return fill(with_preview(handed_out, form, rules, year=YEAR), form, data)


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Sequence[Case]:
    """Workbooks of all profiles as typed, each with what LibreOffice and the engine make of it."""
    random.seed(20240630)
    folder = tmp_path_factory.mktemp("preview")
    profiles = folder / "schemas" / "profiles"
    profiles.mkdir(parents=True)
    for name, (ge, le, eq, between, deviation, execution) in OF_BUREAUX.items():
        bare = "ge" if name == "bare_ge" else "eq"
        (profiles / f"{name}.toml").write_text(
            f'based_on = "national-2020"\ntitle = "{name}"\nsource = "本测试"\n'
            f'who_scores = "self"\n[execution]\n{execution}\n[quantitative]\nat_least = "{ge}"\n'
            f'at_most = "{le}"\nequal = "{eq}"\nrange = "{between}"\nbare = "{bare}"\n'
            f'[deviation]\nrule = "{deviation}"\n',
            encoding="utf-8",
        )
    made: dict[Path, str] = {}
    project, overall = "project_self_evaluation", "overall_self_evaluation"
    books = [
        *((project, profile, indicators(60)) for profile in (*SHIPPED, *OF_BUREAUX)),
        *((overall, profile, indicators(60)) for profile in (*SHIPPED, *OF_BUREAUX)),
        *((project, profile, half_cents()) for profile in (*OF_BUREAUX, "national-2020")),
        *((overall, profile, oddities()) for profile in ("henan-2022", "bare_ge")),
    ]
    for number, (name, profile, rows) in enumerate(books):
        data = {"year": Decimal(YEAR), "funds": funds(), "indicators": list(rows)}
        path = folder / f"{number}-{name}-{profile}.xlsx"
        path.write_bytes(typed(load_form(name), profile, folder, data))
        made[path] = profile
    return [
        Case(path.name, *preview_of(saved), engine(path, profile, folder))
        for (path, profile), saved in zip(made.items(), resaved(made, folder), strict=True)
    ]


def preview_of(path: Path) -> tuple[dict[int, tuple[object, object]], int]:
    """Return points and deviation by row as LibreOffice shows them, and the row of the total."""
    cells = raw_cells(path)
    form = next(sheet for sheet, _ in cells)  # the first sheet
    values = {address: cell.value for (sheet, address), cell in cells.items() if sheet == form}
    bottom = next(row for row in range(5, len(values)) if values.get(f"A{row}") == "总分")
    return {
        row: (values.get(f"L{row}"), values.get(f"M{row}")) for row in range(5, bottom + 1)
    }, bottom


def row_of(score: Score) -> int:
    return int("".join(sign for sign in score.cell or "" if sign.isdigit()))


def counted(score: Score, previewed: bool) -> Decimal:
    """Return what a row adds: its points, or what the unit claims where they are not shown."""
    if previewed and score.computed is not None:
        return score.computed
    return max(Decimal(0), min(Decimal(score.claimed or "0"), score.weight or Decimal(0)))


def engine(path: Path, profile: str, workspace: Path) -> Scores:
    rules = Rules(workspace=workspace, profile=profile, year=YEAR)
    (result,) = judge_file(path, rules, marking=False).results
    return result.scores


def cents(number: object) -> Decimal:
    assert isinstance(number, (int, float)), number
    return Decimal(repr(number)).quantize(Decimal("0.0001")).normalize() + 0


@pytest.mark.libreoffice
def test_each_previewed_score_and_deviation_is_the_engines(cases: Sequence[Case]) -> None:
    judged: Counter[str] = Counter()
    for case in cases:
        for score in case.scores.rows:
            points, deviation = case.shown[row_of(score)]
            what = f"{case.name} {score.name}: {score.target} / {score.actual}"
            if points == AS_CLAIMED:
                assert score.computed is None, what
                judged["claimed"] += 1
            elif points in (None, "", LATER):
                assert deviation in (None, ""), what
                judged["later" if score.computed is None else "engine only"] += 1
            else:
                assert score.computed is not None, f"{what}: {points} / {score.explanation}"
                assert cents(points) == score.computed, f"{what}: {score.explanation}"
                judged[score.rule or ""] += 1
                if deviation in (None, ""):
                    assert score.deviation is None, what
                elif deviation != LATER:
                    assert score.deviation is not None, what
                    assert cents(deviation) == score.deviation / 100, what
                    judged["deviation"] += 1
    assert min(judged[rule] for rule in ("Q1", "Q7", "Q8", "Q9", "Q10", "Q11", "Q12", "Q14")) >= 5
    assert min(judged[rule] for rule in ("X1", "X2", "P1", "claimed")) >= 4
    assert judged["deviation"] > 300
    assert judged["engine only"] < judged["deviation"] / 3


@pytest.mark.libreoffice
def test_total_and_grade_are_the_engines_or_told_to_be_open(cases: Sequence[Case]) -> None:
    grades: Counter[str] = Counter()
    for case in cases:
        shown, scores = case.shown, case.scores
        total, grade = shown[case.bottom]
        previewed = {row for row, (points, _) in shown.items() if isinstance(points, (int, float))}
        expected = sum(counted(score, row_of(score) in previewed) for score in scores.rows)
        assert cents(total) == to_cents(Decimal(expected)), case.name
        if grade != LATER:
            assert grade == scores.grade, case.name
        grades["open" if grade == LATER else "told"] += 1
    assert grades["told"] >= 1
