"""Checks of targets and actuals, each by what its words mean."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache

from xlflow.messages import Text, text
from xlflow.problems import Severity
from xlflow.review.case import Case, Check, Finding, decimals_written, in_quotes, rounds_to
from xlflow.review.indicators import FIGURES, Indicator, cells_shown
from xlflow.scoring.comparison import actual_beside
from xlflow.scoring.explain import tidy
from xlflow.scoring.profile import Profile
from xlflow.values import Op, Target, normalise, parse_number
from xlflow.values.parse import UNIT_MISSING

_HUNDRED = Decimal(100)
_LEAST_SATISFACTION = Decimal(80)
_NOTES = frozenset({"review.at_least_100", "review.satisfaction_100"})
_DIGIT = re.compile(r"[0-9]")
_STANDS_FOR_A_FIGURE = re.compile(r"全(?:部|面)?(?:覆盖|支撑)|市级全部|预算")
_WHOLE = re.compile(r"全部|全(?:部|面)?覆盖|全支撑|是|有|无")
# What is a part of a whole can not be more than all of it; 完成率 or 增长率 can.
_PART_OF_A_WHOLE = re.compile(
    r"(?:合格|优良|覆盖|及时|满意|知晓|通过|到位|达标|公开|公示|准确|完好|入库|存活|成活|查处|结案|办结|出勤|"
    r"普及|验收|兑现|入学|达成|审核|完善|细化|安全|保存|保障|认可|健全|编制)(?:率|度)"
)
_MAY_EXCEED = re.compile(r"增|提高|提升|完成|超|收入|产值|利用|周转|效益|回报")
_STATE = re.compile(r"(?:健全|完善|规范|合规|合理|科学|完备|可控|公开|真实|相关|有效)性$")
_COUNT = re.compile(r"(?<![指分倍系基函])数$|数量$|面积$|长度$")
_RATE = re.compile(r"(?:率|比例|占比|比重)$")
_SAYS_ITS_UNIT = re.compile(
    r"(?:率|度|比例|占比|比重|[数量次额积])$|次数|人数|学时|批次|天数|系数|指数|[(（]"
)
_LIKELY_PER_CENT = re.compile(r"满意|知晓|率$|比例$|占比$|比重$")
_VAGUE = re.compile(
    r"(?:明显|有效|显著|不断|有所|逐步|进一步|基本|持续|充分|大力|切实|稳步|大幅|较大)?的?"
    r"(?:提升|提高|减少|降低|增强|改善|促进|推进|推动|保障|维护|加强|优化)"
    r"|(?:明显|显著|良好|较好|全力|高|较高|效果明显|效果良好|效果显著)"
)


def actuals_are_of_the_kind_of_their_targets(case: Case) -> Iterator[Finding]:
    """An actual is of the kind of its target: a number, a day, or words; 不涉及 is none of them.

    A percentage for words or for a day is a note where the profile reads it as completion.
    """
    as_completion: list[Indicator] = []
    others: list[Indicator] = []
    for row in case.indicators:
        if _says_nothing(case, row) or (
            _is_of_another_kind(row.target, row.actual) and not _is_yet_to_come(case, row)
        ):
            counts = _reads_as_completion(row, case.profile)
            (as_completion if counts else others).append(row)
    if as_completion:
        yield _of_rows(case, as_completion, "actual", Severity.NOTE, text("review.as_completion"))
    if others:
        yield _of_rows(case, others, "actual", None, Text("", ""))


def _is_of_another_kind(target: Target, actual: Target) -> bool:
    if actual.op in (Op.NONE, Op.ERROR):
        return False
    if target.op is Op.QUAL:
        if actual.op not in FIGURES or _STANDS_FOR_A_FIGURE.search(target.raw):
            return False
        return actual.unit == "%" or not _DIGIT.search(target.raw)
    if target.op is Op.DATE:
        # 7月 without a year is a day all the same.
        return actual.op in FIGURES or (actual.op is Op.QUAL and not _DIGIT.search(actual.raw))
    if target.value is None:
        return False
    words = actual.op is Op.QUAL and not _WHOLE.fullmatch(normalise(actual.raw))
    return words or actual.op is Op.DATE


def _says_nothing(case: Case, row: Indicator) -> bool:
    """Return whether 不涉及 stands for what was done, and points are claimed all the same.

    无 may be the none that was wanted. In the course of the year nothing may be due yet.
    """
    if case.form.monitors or row.actual.op is not Op.NONE or row.target.op in (Op.NONE, Op.ERROR):
        return False
    said = normalise(row.actual.raw)
    claimed = parse_number(row.score.claimed or "") if row.score else None
    return bool(said and claimed) and not said.startswith(("无", "暂无"))


def _is_yet_to_come(case: Case, row: Indicator) -> bool:
    """Return whether words (尚未完工) stand for a day in the course of the year, as they may."""
    return case.form.monitors and row.target.op is Op.DATE and row.actual.op is Op.QUAL


def _reads_as_completion(row: Indicator, profile: Profile) -> bool:
    if row.actual.unit != "%":
        return False
    if row.target.op is Op.DATE:
        return profile.date_percentage_is_completion
    return row.target.op is Op.QUAL and profile.percentage_is_completion


def units_are_the_same(case: Case) -> Iterator[Finding]:
    """An actual can be set against its target: the same unit, the same scale, a plain figure.

    A row that was scored has been compared already.
    """
    for row in case.indicators:
        if row.decided or row.target.value is None or row.actual.value is None:
            continue
        why = actual_beside(row.target, row.actual, row.name)
        if isinstance(why, Text):
            values = {"name": in_quotes(row.name), "why": why.zh, "why_en": why.en}
            yield Finding(case.place(f"{row.at}/actual"), values)


def rates_are_possible(case: Case) -> Iterator[Finding]:
    """A share of a whole is not above 100 %; a satisfaction target is a number from 80 % up.

    `≥100%` and a satisfaction of exactly 100 % are notes.
    """
    for row in case.indicators:
        for key, written in (("target", row.target), ("actual", row.actual)):
            if _is_impossible(row, written):
                yield _rate_finding(case, [row], key, "review.above_100")
    asked = [row for row in case.indicators if "满意" in row.name]
    for row in asked:
        if row.target.op is Op.QUAL and not _DIGIT.search(row.target.raw):
            yield _rate_finding(case, [row], "target", "review.satisfaction_in_words")
        elif _is_share(row.target) and (row.target.value or 0) < _LEAST_SATISFACTION:
            yield _rate_finding(case, [row], "target", "review.satisfaction_low")
    beyond = [row for row in case.indicators if _at_least_all(row)]
    if beyond:
        yield _rate_finding(case, beyond, "target", "review.at_least_100")
    all_of_them = [
        row
        for row in asked
        if _is_share(row.target) and row.target.value == _HUNDRED and row not in beyond
    ]
    if all_of_them:
        yield _rate_finding(case, all_of_them, "target", "review.satisfaction_100")


def _is_share(written: Target) -> bool:
    return written.unit == "%" and written.value is not None and written.op not in (Op.LE, Op.LT)


def _at_least_all(row: Indicator) -> bool:
    target = row.target
    if target.value != _HUNDRED or target.unit != "%" or target.op not in (Op.GE, Op.GT):
        return False
    return not _MAY_EXCEED.search(row.key)


def _is_impossible(row: Indicator, written: Target) -> bool:
    if written.unit != "%" or written.value is None or written.value <= _HUNDRED:
        return False
    return bool(_PART_OF_A_WHOLE.search(row.key)) and not _MAY_EXCEED.search(row.key)


def _rate_finding(case: Case, rows: Sequence[Indicator], key: str, sentence: str) -> Finding:
    first = rows[0]
    what = text(
        sentence,
        name=in_quotes(first.name),
        written=tidy(first.target.raw if key == "target" else first.actual.raw),
        rows=len(rows),
        cells=_cells(case, rows, key),
    )
    severity = Severity.NOTE if sentence in _NOTES else None
    place = case.place(f"{first.at}/{key}")
    return Finding(place, {"what": what.zh, "what_en": what.en}, severity)


def names_fit_their_targets(case: Case) -> Iterator[Finding]:
    """A state (健全性) has no number, a count (企业数) no per cent, a rate (覆盖率) no words."""
    for row in case.indicators:
        sentence = _misfit(row.key, row.target)
        if sentence:
            what = text(sentence, name=in_quotes(row.name), written=tidy(row.target.raw))
            values = {"what": what.zh, "what_en": what.en}
            yield Finding(case.place(f"{row.at}/target"), values)


def _misfit(key: str, target: Target) -> str | None:
    if target.value is not None:
        if _STATE.search(key):
            return "review.state_in_number"
        if target.unit == "%" and _COUNT.search(key):
            return "review.count_in_per_cent"
        return None
    in_words = target.op is Op.QUAL and not _DIGIT.search(target.raw)
    if in_words and _RATE.search(key) and not _STANDS_FOR_A_FIGURE.search(target.raw):
        return "review.rate_in_words"
    return None


def deviations_follow(case: Case) -> Iterator[Finding]:
    """A written 偏差度 is the profile's, to the decimals written; its sign may be left out."""
    if case.profile.system_scores:
        return
    wrong = [
        (row, written)
        for row in case.indicators
        if row.score
        and row.score.deviation is not None
        and (written := case.raw(f"{row.at}/deviation"))
        and _is_off(row.score.deviation, written)
    ]
    if wrong:
        row, written = wrong[0]
        rows = [each for each, _ in wrong]
        yield Finding(
            case.place(f"{row.at}/deviation"),
            {
                "rows": len(wrong),
                "cells": _cells(case, rows, "deviation"),
                "name": in_quotes(row.name),
                "written": written,
                "computed": row.score.deviation if row.score else None,
            },
        )


@lru_cache(maxsize=4096)
def _is_off(computed: Decimal, written: str) -> bool:
    claimed = parse_number(normalise(written).removesuffix("%"))
    if claimed is None:
        return False
    decimals = decimals_written(written)
    if rounds_to(computed, claimed, decimals):
        return False
    signed = normalise(written)[:1] in "+-"
    return signed or not rounds_to(abs(computed), claimed, decimals)


def targets_can_be_measured(case: Case) -> Iterator[Finding]:
    """A target names more than a direction or a degree (明显提升).

    In the course of the year it stands as it was approved: a monitoring form is not asked.
    """
    if case.form.monitors:
        return
    vague = [
        row
        for row in case.indicators
        if row.target.op is Op.QUAL
        and "满意" not in row.name  # C57 asks for the number
        and _VAGUE.fullmatch(normalise(row.target.raw))
    ]
    if vague:
        yield _of_rows(case, vague, "target", None, Text("", ""))


def numbers_have_a_unit(case: Case) -> Iterator[Finding]:
    """A number has its unit, beside it or in the name; a monitoring form is not asked either."""
    if case.form.monitors:
        return
    bare = [
        row
        for row in case.indicators
        if row.target.unit is None
        and row.target.value is not None
        and row.target.op is not Op.RATIO
        and UNIT_MISSING in row.target.notes
        and _needs_unit(row)
    ]
    if bare:
        yield _of_rows(case, bare, "target", None, Text("", ""))


def _needs_unit(row: Indicator) -> bool:
    if row.target.value == 0:
        return False
    if _LIKELY_PER_CENT.search(row.key):
        return row.target.op is not Op.BARE and (row.target.value or 0) > 1
    return not _SAYS_ITS_UNIT.search(row.name)


def _of_rows(
    case: Case, rows: Sequence[Indicator], key: str, severity: Severity | None, how: Text
) -> Finding:
    """Return the one finding of several rows: at the first of them, with the cells of all."""
    first = rows[0]
    return Finding(
        case.place(f"{first.at}/{key}"),
        {
            "rows": len(rows),
            "cells": _cells(case, rows, key),
            "name": in_quotes(first.name),
            "target": tidy(first.target.raw),
            "actual": tidy(first.actual.raw),
            "how": how.zh,
            "how_en": how.en,
        },
        severity,
    )


def _cells(case: Case, rows: Iterable[Indicator], key: str) -> str:
    return cells_shown(case.cell(f"{row.at}/{key}") for row in rows)


TARGET_CHECKS: Mapping[str, Check] = {
    "C51": actuals_are_of_the_kind_of_their_targets,
    "C52": units_are_the_same,
    "C57": rates_are_possible,
    "C58": names_fit_their_targets,
    "C65": deviations_follow,
    "C67": targets_can_be_measured,
    "C68": numbers_have_a_unit,
}
