"""A large exercise in a ledger, made without workbooks: many units with forms like the demo's.

The real form is judged once; what the units fill in is that form with other names, quantities
and scores, so that texts, problems and sizes are those of real submissions. Everything goes
through the ledger's own calls. Every fifth form is returned, every twentieth is the second
version of its unit's, every hundredth unit on the roster sent nothing.
"""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from typing import Any

from xlflow.demo.seeds import shangjie
from xlflow.forms import load_form
from xlflow.forms.document import Document, Source
from xlflow.issuing import fill, template_of
from xlflow.judging import Rules, judge_package
from xlflow.ledger import Ledger, RosterLine, entry_of
from xlflow.review import Outcome, Result

RECEIVED = "2026-04-18T07:30:00+00:00"
PROFILE = "henan-2022"
_BUREAUS = ("自然资源和规划局", "教育体育局", "住房和城乡建设局", "农业农村局", "文化广电旅游局")
_PROJECTS = ("信息化运行维护", "老旧小区改造", "农村公路养护", "非遗保护展示", "校园安全提升")
_TOGETHER = 200  # submissions of one transaction


def model_form(indicators: int) -> Result:
    """Return the judgement on the demo's form, as if it had so many indicators."""
    seed = shangjie()
    form = load_form(seed["form"])
    package = fill(template_of(form), form, seed["data"])
    (result,) = judge_package(package, "model.xlsx", Rules(profile=PROFILE), marking=False).results
    funds, *scored = result.scores.rows
    assert result.document
    rows = result.document.data["indicators"]
    wanted = range(indicators)
    scores = [
        replace(scored[number % len(scored)], field=f"/indicators/{number}", cell=f"H{number + 21}")
        for number in wanted
    ]
    document = replace(
        result.document,
        data={
            **result.document.data,
            "indicators": [rows[number % len(rows)] for number in wanted],
        },
    )
    return replace(result, document=document, scores=replace(result.scores, rows=(funds, *scores)))


def submissions(count: int, indicators: int) -> Iterator[Result]:
    """Yield the judgements on as many forms, each of another unit or project."""
    model = model_form(indicators)
    for number in range(count):
        yield _of_unit(model, number)


def submit(ledger: Ledger, result: Result, number: int) -> None:
    """Put a judgement into the ledger as the walk does: arrived, recorded, published, finished."""
    content = sha256(f"{number} {result.file}".encode()).hexdigest()
    arrival = ledger.arrive(content, result.file, 40_960, number, RECEIVED)
    with ledger.together():
        stored = ledger.record(ledger.taken(arrival), [entry_of(result)], recorded_at=RECEIVED)
        folder = "通过" if result.outcome is Outcome.ACCEPTED else "退回"
        output = f"outbox/{folder}/{result.unit}_{result.year}_v{stored[0].version}.xlsx"
        ledger.answered(arrival, content[::-1])
        ledger.published(stored[0], output)
        ledger.finish(arrival, result.outcome)


def fill_ledger(ledger: Ledger, count: int, indicators: int) -> None:
    """Put an exercise of so many forms into a ledger."""
    missing = [_unit(number) for number in range(count, count + count // 100)]
    with ledger.together():
        expected = [*map(_unit, range(count)), *missing]
        ledger.expect(
            RosterLine("overall_self_evaluation", 2022, None, unit, code) for unit, code in expected
        )
    made = submissions(count, indicators)
    for start in range(0, count, _TOGETHER):
        with ledger.together():
            for number in range(start, min(start + _TOGETHER, count)):
                result = next(made)
                if number % 20 == 19:
                    submit(ledger, replace(result, file=f"第一次-{result.file}"), number)
                submit(ledger, result, number)


def _unit(number: int) -> tuple[str, str]:
    name = f"第{number // len(_BUREAUS) + 1:04d}区{_BUREAUS[number % len(_BUREAUS)]}"
    return name, f"{410_000_000 + number:09d}"


def _of_unit(model: Result, number: int) -> Result:
    """Return the judgement on a form of another unit; every second one is of a project."""
    unit, code = _unit(number)
    returned = number % 5 == 4
    points = Decimal(90) + Decimal(number % 1000) / 100
    file = f"{unit}/部门整体支出绩效自评表（{number}）.xlsx"
    done = f"{number % 90 + 10}%"
    rows = tuple(
        replace(score, actual=done, explanation=f"{score.explanation}（{number}）")
        if place % 7 == 0
        else score
        for place, score in enumerate(model.scores.rows)
    )
    problems = model.problems if returned else model.problems[-5:]
    return replace(
        model,
        file=file,
        outcome=Outcome.RETURNED if returned else Outcome.ACCEPTED,
        problems=tuple(replace(each, message=f"{each.message}（{number}）") for each in problems),
        unit=unit,
        unit_code=code,
        project=f"{_PROJECTS[number % len(_PROJECTS)]}（{number}）" if number % 2 else None,
        document=_document(model, unit, code, number),
        scores=replace(model.scores, rows=rows, total=points, claimed_total=points + 1),
    )


def _document(model: Result, unit: str, code: str, number: int) -> Document:
    document = model.document
    assert document
    budget = Decimal(number % 997 + 20)
    executed = budget * (60 + number % 40) / 100
    total = document.data["funds"]["total"]
    money: dict[str, Any] = {**total, "full_year_budget": budget, "executed": executed}
    data = {
        **document.data,
        "unit": unit,
        "unit_code": code,
        "funds": {**document.data["funds"], "total": money},
        "indicators": [
            {**row, "level3": f"{row['level3']}（{number}）"} if place % 7 == 0 else row
            for place, row in enumerate(document.data["indicators"])
        ],
    }
    sources = {**document.sources, "/unit": Source(document.sheet, "B2", unit)}
    return replace(document, data=data, sources=sources)
