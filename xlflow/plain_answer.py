r"""An answer as lines of plain text, for a macro that writes it into the open workbook.

Lines end in CR LF, fields are parted by tabs; `\\`, `\t` and `\n` stand for a backslash, a tab and
the end of a line in a field. The first line tells the outcome:

    xlflow 1 ⇥ outcome ⇥ total ⇥ grade ⇥ errors ⇥ warnings ⇥ sentence

Then follows what is to be written: `V` a value of the computed block (sheet, cell, kind, value),
`N` a note (sheet, cell, words), `H` a highlight (sheet, cell, `RRGGBB`), `R` a cell of the sheet
核对结果 (row, column, kind, value, look), and at last `end`. Kinds are `n`, `s` and `blank`.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from xlflow.marking import marks_of
from xlflow.messages import text
from xlflow.problems import Severity
from xlflow.review import Outcome, Result, worst_outcome
from xlflow.scoring import Profile

MEDIA_TYPE = "text/plain; charset=utf-8"
_BOM = "\ufeff"
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": ""})


def plain_answer(
    results: Sequence[Result], profiles: Sequence[Profile], scored: bytes | None
) -> str:
    """Return the answer to a workbook; `scored` is its scored copy, None if it was not read.

    >>> plain_answer([Result("a.xlsx", Outcome.QUARANTINED)], [], None)[1:].split()[2]
    'quarantined'
    """
    lines = [_head(results)]
    if scored is not None:
        lines += _marks(results, profiles, scored)
    return _BOM + "".join(
        "\t".join(field.translate(_ESCAPES) for field in line) + "\r\n"
        for line in [*lines, ("end",)]
    )


def sentence(results: Sequence[Result]) -> str:
    """Return what is said of a workbook in one sentence."""
    outcome = worst_outcome(results)
    if outcome is Outcome.QUARANTINED:
        return results[0].problems[0].message if results[0].problems else ""
    errors, warnings = _count(results, Severity.ERROR), _count(results, Severity.WARNING)
    total, grade = _total(results)
    key = "answer.without_total" if total == "" else "answer.with_total"
    said = text(f"outcome.{outcome.value}").zh
    return text(key, outcome=said, total=total, grade=grade, errors=errors, warnings=warnings).zh


def _head(results: Sequence[Result]) -> tuple[str, ...]:
    total, grade = _total(results)
    errors, warnings = _count(results, Severity.ERROR), _count(results, Severity.WARNING)
    outcome = worst_outcome(results).value
    return ("xlflow 1", outcome, total, grade, str(errors), str(warnings), sentence(results))


def _marks(
    results: Sequence[Result], profiles: Sequence[Profile], scored: bytes
) -> Iterator[tuple[str, ...]]:
    marks = marks_of(results, profiles, scored)
    for sheet, cell, value in marks.values:
        yield ("V", sheet, cell, *_kind(value))
    for sheet, cell, words in marks.notes:
        yield "N", sheet, cell, words
    for sheet, cell, fill in marks.fills:
        yield "H", sheet, cell, fill[-6:]
    for each in marks.results:
        yield ("R", str(each.row), str(each.column), *_kind(each.value), each.look)


def _kind(value: str | int | Decimal | None) -> tuple[str, str]:
    if value is None or value == "":
        return "blank", ""
    return ("s", value) if isinstance(value, str) else ("n", f"{value:f}")


def _total(results: Sequence[Result]) -> tuple[str, str]:
    if len(results) != 1 or results[0].scores.total is None:
        return "", ""
    scores = results[0].scores
    return f"{scores.total:f}", scores.grade or ""


def _count(results: Sequence[Result], severity: Severity) -> int:
    return sum(found.severity is severity for each in results for found in each.problems)
