"""Checks of a form against what came before it: the roster, accepted targets, last year."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal

from xlflow.forms.form import Form
from xlflow.messages import Text, text
from xlflow.problems import Severity
from xlflow.review.case import TOLERANCE, Case, Finding, in_quotes
from xlflow.review.context import Known, Listed, Promise
from xlflow.review.names import may_be_one, unit_key
from xlflow.scoring.engine import INDICATORS
from xlflow.values import Op, Target, normalise, parse_target

KnownCheck = Callable[[Case, Known], Iterator[Finding]]

_MOST_NAMED = 5
# A field that repeats last year's figure, and the field it stood in then.
REPEATED: Mapping[str, str] = {
    "prior_total": "amount_total",
    "prior_this_year": "amount_this_year",
}


def repeats_last_year(form: Form) -> bool:
    """Return whether a form states amounts of the year before."""
    return any(form.root.child(key) for key in REPEATED)


# -- the roster ----------------------------------------------------------------------------------


def unit_is_listed(case: Case, known: Known) -> Iterator[Finding]:
    """Code and name are those of one unit of the roster; other ways to write a name are one."""
    unit, code = case.document.text("/unit"), case.document.text("/unit_code")
    if known.listed is None or not (unit or code):
        return
    with_code = [each for each in known.listed if code and _same(each.unit_code, code)]
    with_name = [each for each in known.listed if unit and _same(each.unit, unit)]
    if with_code:
        names = [each.unit for each in with_code if each.unit]
        if unit and names and not any(may_be_one(unit, name) for name in names):
            yield _unit("unit", case, "known.other_name", unit=unit, code=code, listed=_list(names))
    elif with_name:
        codes = list(dict.fromkeys(each.unit_code for each in with_name if each.unit_code))
        if code and codes:
            key = "known.other_code"
            yield _unit("unit_code", case, key, unit=unit, code=code, listed=_list(codes))
        elif len(codes) == 1 and case.form.root.child("unit_code"):
            yield _asked("unit_code", case, "known.no_code", unit=unit, listed=codes[0])
    else:
        yield _not_listed(case, unit, code, known.listed)


def _not_listed(
    case: Case, unit: str | None, code: str | None, listed: Sequence[Listed]
) -> Finding:
    asked = " ".join(filter(None, (unit, code)))
    near = [
        f"{each.unit} {each.unit_code or ''}".strip()
        for each in listed
        if unit and each.unit and may_be_one(unit, each.unit)
    ]
    field = "unit" if unit else "unit_code"
    if near:
        return _asked(field, case, "known.perhaps", unit=asked, listed=_list(near))
    return _asked(field, case, "known.stranger", unit=asked)


def _unit(field: str, case: Case, key: str, **values: object) -> Finding:
    said = text(key, **values)
    return Finding(case.place(f"/{field}"), {"what": said.zh, "what_en": said.en})


def _asked(field: str, case: Case, key: str, **values: object) -> Finding:
    found = _unit(field, case, key, **values)
    return Finding(found.place, found.values, Severity.WARNING)


def _same(one: str | None, other: str | None) -> bool:
    return bool(one and other) and unit_key(one or "") == unit_key(other or "")


def _list(names: Sequence[str]) -> str:
    return "、".join(dict.fromkeys(names[:_MOST_NAMED]))


# -- accepted targets ----------------------------------------------------------------------------


def targets_are_those_accepted(case: Case, known: Known) -> Iterator[Finding]:
    """No target was changed or dropped since the target form was accepted."""
    if not known.promises:
        return
    kept, dropped = _paired(case, known.promises)
    for row, promises in kept:
        written = _raw(case, f"{row}/target")
        if written and not any(means_the_same(written, each.target) for each in promises):
            name, promised = in_quotes(promises[0].name), promises[0].target
            said = text("known.changed", name=name, written=written, promised=promised)
            yield _against(case, f"{row}/target", known, said)
    if dropped:
        names = _list([in_quotes(each.name) for each in dropped])
        said = text("known.dropped", names=names, count=len(dropped))
        yield _against(case, INDICATORS, known, said, Severity.WARNING)


def weights_are_those_accepted(case: Case, known: Known) -> Iterator[Finding]:
    """No points were moved since the target form was accepted."""
    if not any(each.weight is not None for each in known.promises):
        return
    moved = []
    for row, promises in _paired(case, known.promises)[0]:
        weight = case.document.number(f"{row}/weight")
        before = {each.weight for each in promises} - {None}
        if weight is not None and before and weight not in before:
            moved.append((row, in_quotes(promises[0].name), promises[0].weight, weight))
    if moved:
        listed = "、".join(f"{name} {was}→{now}" for _, name, was, now in moved[:_MOST_NAMED])
        said = text("known.moved", count=len(moved), listed=listed)
        yield _against(case, f"{moved[0][0]}/weight", known, said)


def _against(
    case: Case, pointer: str, known: Known, said: Text, severity: Severity | None = None
) -> Finding:
    values = {"what": said.zh, "what_en": said.en, "source": known.promised_in}
    return Finding(case.place(pointer), values, severity)


def _paired(
    case: Case, promises: Sequence[Promise]
) -> tuple[list[tuple[str, list[Promise]]], list[Promise]]:
    """Return the rows with the promises of their name, and the promises that have no row.

    A row of another name that has the very target of a promise is that one, reworded.
    """
    by_name: defaultdict[str, list[Promise]] = defaultdict(list)
    for promise in promises:
        by_name[normalise(promise.name)].append(promise)
    kept, others = [], []
    for row in case.document.rows(INDICATORS):
        name = normalise(_raw(case, f"{row}/level3"))
        if name in by_name:
            kept.append((row, by_name[name]))
        else:
            others.append(normalise(_raw(case, f"{row}/target")))
    found = {id(promise) for _, group in kept for promise in group}
    dropped = []
    for promise in promises:
        if id(promise) in found:
            continue
        if (target := normalise(promise.target)) in others:
            others.remove(target)
        else:
            dropped.append(promise)
    return kept, dropped


def means_the_same(written: str, promised: str) -> bool:
    """Return whether two written targets ask for the same; a sign that one leaves out is no change.

    >>> means_the_same("≥ 95％", "≥95%"), means_the_same("20万本", "200000本")
    (True, True)
    >>> means_the_same("95%", "≥95%"), means_the_same("≥90%", "≥95%")
    (True, False)
    """
    if normalise(written) == normalise(promised):
        return True
    one, other = parse_target(written), parse_target(promised)
    if {one.op, other.op} & {Op.QUAL, Op.NONE, Op.ERROR}:
        return False
    return _meaning(one) == _meaning(other) and (
        one.op is other.op or Op.BARE in (one.op, other.op)
    )


def _meaning(target: Target) -> tuple[object, ...]:
    return (
        target.value,
        target.value_high,
        target.low_open,
        target.high_open,
        target.unit,
        target.per,
        target.date,
    )


def _raw(case: Case, pointer: str) -> str:
    value = case.document.get(pointer)
    return str(value) if value is not None else ""


def targets_are_those_handed_out(case: Case, known: Known) -> Iterator[Finding]:
    """No form with other targets was handed out since."""
    if known.reissued is not None:
        yield Finding(case.place(INDICATORS), {"version": known.reissued})


# -- last year -----------------------------------------------------------------------------------


def last_year_is_last_year_s(case: Case, known: Known) -> Iterator[Finding]:
    """What is said of last year is what was accepted then."""
    for key, before in known.last_year.items():
        written = case.document.number(f"/{key}")
        if written is not None and abs(written - before) > TOLERANCE:
            values = {
                "label": case.label(f"/{key}"),
                "written": _plain(written),
                "before": _plain(before),
            }
            yield Finding(case.place(f"/{key}"), values)


def _plain(number: Decimal) -> str:
    return f"{number:f}"


# The register of checks against the ledger, by code.
KNOWN_CHECKS: Mapping[str, KnownCheck] = {
    "C02": unit_is_listed,
    "C22": last_year_is_last_year_s,
    "C43": weights_are_those_accepted,
    "C47": targets_are_those_handed_out,
    "C50": targets_are_those_accepted,
}
