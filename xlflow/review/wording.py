"""Checks of texts: the account is one, reasons are reasons, nothing is garbled."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from difflib import SequenceMatcher
from functools import lru_cache

from xlflow.review.case import Case, Check, Finding, in_quotes
from xlflow.review.indicators import FIGURES, Indicator
from xlflow.scoring import Light
from xlflow.scoring.engine import INDICATORS
from xlflow.scoring.rows import rows_of, written
from xlflow.scoring.score import Score
from xlflow.values import Op, normalise, parse_number

_MOST_ROWS = 0.9
_FEWEST_ROWS = 5
_COPIED = 0.95
_LONGEST_COMPARED = 1000
_OFTENEST = 40  # a character this often on average is no prose
_OBJECTIVE = "/annual_objective"
_TASKS = "/annual_tasks"

_FUTURE = re.compile(
    r"预计|拟(?=于|在|[0-9])|计划(?=于|在[0-9]|[0-9])|将(?=于|在[0-9]|会)|力争|"
    r"以实际[^,。;)]{0,15}为准"
)
_FUTURE_WORDS = ("预计", "拟", "计划", "将", "力争", "以实际")
_UNFINISHED = re.compile(
    r"尚未|还未|仍未|正在(?:编制|推进|进行|开展|实施|办理|施工|建设|审批|招标|采购)|"
    r"(?:形成|完成)了?(?:初步|中期|阶段性)成果|未完工|未完成(?!率)|推进中|进行中|实施中"
)
_UNFINISHED_WORDS = ("未", "正在", "中期", "初步", "阶段性", "推进中", "进行中", "实施中")
_SHORTEST_SUBJECT = 5
_ALL = Decimal(100)
_EMPTY_TALK = frozenset(
    (
        "无原因",
        "无偏差",
        "没有原因",
        "疫情原因",
        "疫情影响",
        "受疫情影响",
        "因疫情影响",
        "因疫情原因",
        "由于疫情原因",
        "客观原因",
        "客观因素",
        "历史原因",
        "特殊原因",
        "不可抗力",
        "政策原因",
        "资金未到位",
        "无偏差原因",
        "继续努力",
        "加强管理",
        "加强预算管理",
    )
)
_SHORTEST_REASON = 6
_ASKS_WHY = frozenset({Light.RED.value, Light.YELLOW.value})
_SLIPS = {
    "立山日标": "产出目标",
    "日标": "目标",
    "髙": "高",
    "&nbsp;": "",
    "<p>": "",
    "</p>": "",
    "<br": "",
    "关闭保存": "",
    "，，": "，",
    "。，": "。",
    "。。": "。",
    "；.": "；",
    "；，": "；",
}
_MINISTRIES = (
    "自然资源部",
    "财政部",
    "教育部",
    "科技部",
    "水利部",
    "农业农村部",
    "商务部",
    "民政部",
    "生态环境部",
    "交通运输部",
    "住房和城乡建设部",
    "人力资源和社会保障部",
    "文化和旅游部",
)
_OF_A_PROVINCE = re.compile(rf"(?<=[省市县区])(?:{'|'.join(_MINISTRIES)})(?![门分署队])")
_SAID_TWICE = re.compile(r"([\u4e00-\u9fff]{4,12})\1")


def actuals_are_not_the_targets(case: Case) -> Iterator[Finding]:
    """Not nearly all actuals are the target once more."""
    document = case.document
    pairs = [
        (
            at,
            written(document, f"{at}/target", row.get("target")),
            written(document, f"{at}/actual", row.get("actual")),
        )
        for at, row in rows_of(document, INDICATORS)
    ]
    filled = [(at, target, actual) for at, target, actual in pairs if target and actual]
    copied = [at for at, target, actual in filled if _bare(target) == _bare(actual)]
    if len(filled) >= _FEWEST_ROWS and len(copied) > len(filled) * _MOST_ROWS:
        yield Finding(
            case.place(f"{copied[0]}/actual"), {"copied": len(copied), "rows": len(filled)}
        )


def _bare(said: str) -> str:
    """Return a value without its comparison sign: ≥500亩 and 500亩 are the same figure."""
    return normalise(said).lstrip("≥≤><=")


def accounts_are_not_the_plan(case: Case) -> Iterator[Finding]:
    """The account of what was done is not the text of what was planned."""
    pairs = [(f"{_OBJECTIVE}/expected", f"{_OBJECTIVE}/actual")]
    pairs += [(f"{row}/content", f"{row}/actual") for row in case.document.rows(_TASKS)]
    for plan, account in pairs:
        planned, done = case.document.text(plan), case.document.text(account)
        if planned and done and (share := similarity(planned, done)) >= _COPIED:
            yield Finding(
                case.place(account),
                {"share": f"{share * 100:.0f}", "plan": case.place(plan).cell or plan},
            )


def similarity(one: str, other: str) -> float:
    """Return how much two texts are alike, 0 to 1, spaces and widths aside.

    Of long texts the beginnings are compared, and no text that could not be a copy.

    >>> similarity("地质灾害巡查", "地质 灾害巡查")
    1.0
    """
    if one == other:
        return 1.0
    first, second = normalise(one), normalise(other)
    if first == second:
        return 1.0
    if min(len(set(first)), len(set(second))) < min(len(first), _LONGEST_COMPARED) / _OFTENEST:
        return 0.0  # the same few characters over and over would take forever
    matcher = SequenceMatcher(
        None, first[:_LONGEST_COMPARED], second[:_LONGEST_COMPARED], autojunk=False
    )
    if matcher.real_quick_ratio() < _COPIED or matcher.quick_ratio() < _COPIED:
        return 0.0
    return matcher.ratio()


def accounts_speak_of_what_was_done(case: Case) -> Iterator[Finding]:
    """What was done is not told as something to come (预计, 将于, 以实际…为准)."""
    for row in case.indicators:
        if row.actual.op in (Op.QUAL, Op.DATE, Op.ERROR):
            yield from _future(case, f"{row.at}/actual", row.actual.raw)
    for at, account in _accounts(case):
        yield from _future(case, at, account)


def _future(case: Case, at: str, account: str) -> Iterator[Finding]:
    if any(word in account for word in _FUTURE_WORDS):
        found = list(dict.fromkeys(each[0] for each in _FUTURE.finditer(normalise(account))))
        if found:
            yield Finding(case.place(at), {"words": "、".join(f"“{word}”" for word in found)})


def _accounts(case: Case) -> Iterator[tuple[str, str]]:
    return ((at, prose) for at, prose in case.prose if at.endswith("/actual"))


def reasons_say_something(case: Case) -> Iterator[Finding]:
    """A reason that is due says why: more than 无, 疫情 or 客观原因."""
    for score in case.scores.rows:
        at = f"{score.field}/reason"
        reason = case.raw(at)
        if reason and _is_empty_talk(reason) and _is_due(case, score):
            yield Finding(case.place(at), {"name": in_quotes(score.name), "reason": reason})


def _is_due(case: Case, score: Score) -> bool:
    if score.light is not None:
        return score.light in _ASKS_WHY
    if not case.profile.reason_below_weight or score.weight is None:
        return False
    claimed = parse_number(score.claimed or "")
    given = score.computed if case.profile.system_scores else claimed
    return given is not None and given < score.weight


def _is_empty_talk(reason: str) -> bool:
    bare = normalise(reason).rstrip("。.;,!")
    return len(bare) < _SHORTEST_REASON or bare in _EMPTY_TALK


def words_are_not_garbled(case: Case) -> Iterator[Finding]:
    """No slips of scanning, pasting and typing; one note for all of a form."""
    slips = list(_slips_in("\n".join(prose for _, prose in case.prose)))
    found = [
        (at, slip, right) for at, prose in case.prose for slip, right in slips if slip in prose
    ]
    for row in case.indicators:
        found += [(f"{row.at}/level3", slip, right) for slip, right in _slips_of_name(row.name)]
    if found:
        told = dict.fromkeys((case.cell(at), slip, right) for at, slip, right in found)
        yield Finding(
            case.place(found[0][0]),
            {
                "slips": "、".join(
                    f"“{slip}”{f'应为“{right}”' if right else ''}（{cell}）"
                    for cell, slip, right in told
                )
            },
        )


def _slips_in(prose: str) -> Iterator[tuple[str, str]]:
    """Yield what is garbled in a text, each with what it should be; empty means to leave it out."""
    for slip, right in _SLIPS.items():
        if slip in prose:
            yield slip, right
    if any(ministry in prose for ministry in _MINISTRIES):
        for found in _OF_A_PROVINCE.finditer(prose):
            yield found[0], f"{found[0].removesuffix('部')}厅（局）"


@lru_cache(maxsize=16384)
def _slips_of_name(name: str) -> tuple[tuple[str, str], ...]:
    twice = _SAID_TWICE.search(name)
    return (*_slips_in(name), *([(twice[0], twice[1])] if twice else ()))


def accounts_agree_with_the_table(case: Case) -> Iterator[Finding]:
    """An account that tells of unfinished work does not stand beside an indicator fully done.

    The account of a task is set against the indicators that bear its name, the account of the
    year against all of them.
    """
    for at, account in _accounts(case):
        if not any(word in account for word in _UNFINISHED_WORDS):
            continue
        found = _UNFINISHED.search(normalise(account))
        done = [row for row in _meant_by(case, at) if _is_all_done(row)] if found else []
        done.sort(key=lambda row: row.actual.unit != "%")
        if found and done:
            yield Finding(
                case.place(at),
                {
                    "said": found[0],
                    "name": in_quotes(done[0].name),
                    "actual": done[0].actual.raw,
                    "where": case.cell(f"{done[0].at}/actual"),
                },
            )


def _meant_by(case: Case, at: str) -> list[Indicator]:
    if at.startswith(_OBJECTIVE):
        every = list(case.indicators)
        return every if all(map(_is_all_done, every)) else []
    name = normalise(case.document.text(f"{at.removesuffix('/actual')}/name") or "")
    starts = range(len(name) - _SHORTEST_SUBJECT + 1)
    subjects = [name[start : start + _SHORTEST_SUBJECT] for start in starts]
    together = "\n".join(row.key for row in case.indicators)
    named = [subject for subject in subjects if subject in together]
    return [row for row in case.indicators if any(subject in row.key for subject in named)]


def _is_all_done(row: Indicator) -> bool:
    if row.actual.op not in FIGURES or row.actual.value is None:
        return False
    if row.actual.unit == "%":
        return row.actual.value >= _ALL
    return row.score is not None and row.score.computed == row.score.weight


WORDING_CHECKS: Mapping[str, Check] = {
    "C53": actuals_are_not_the_targets,
    "C54": accounts_are_not_the_plan,
    "C55": accounts_speak_of_what_was_done,
    "C66": reasons_say_something,
    "C69": words_are_not_garbled,
    "C70": accounts_agree_with_the_table,
}
