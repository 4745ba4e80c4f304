"""Finding what is nearly the same among many: texts, and sets of rows.

Not every pair is looked at. What is alike shares whole clauses (a set shares rows), so an index
of clauses names the few that could be, and only these are compared.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from difflib import SequenceMatcher

_CLAUSE = re.compile(r"[，。；：、！？,;:!?()（）“”\"]+")
_SHORTEST_CLAUSE = 6
_ENDS = 12  # letters at both ends of a text that name it, too: a clause may have been reworded
_MOST_SHARED = 40  # a clause that so many have tells nothing
_MOST_COMPARED = 3
_LONGEST_COMPARED = 800
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Passage:
    """A text, or the rows of a table, and whose it is: `owner` tells those apart that may differ.

    Of a table `text` is empty and `parts` are its rows.
    """

    number: int
    owner: str
    text: str
    parts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Alike:
    """Two passages that are nearly the same, and how much so, in whole per cent."""

    one: int
    other: int
    share: Decimal


def text_passage(number: int, owner: str, written: str) -> Passage:
    """Return a text as it is compared, without spaces."""
    plain = "".join(written.split())
    clauses = {each for each in _CLAUSE.split(plain) if len(each) >= _SHORTEST_CLAUSE}
    return Passage(number, owner, plain, frozenset({*clauses, plain[:_ENDS], plain[-_ENDS:]}))


def rows_passage(number: int, owner: str, rows: Iterable[str]) -> Passage:
    """Return the rows of a table as they are compared, whatever their order."""
    return Passage(number, owner, "", frozenset(rows))


def much_alike(passages: Sequence[Passage], from_share: Decimal) -> Iterator[Alike]:
    """Yield each passage that is nearly that of another owner, with the first such one.

    `from_share` is in per cent. What is like an earlier one is not compared with further ones: ten
    copies are nine findings.

    >>> one = text_passage(1, "甲项目", "完成地面下沉治理，消除安全隐患，保障机关正常办公秩序。")
    >>> other = text_passage(2, "乙项目", "完成地面下沉治理，消除安全隐患，保障机关正常办公秩序")
    >>> [(each.one, each.other, each.share) for each in much_alike([one, other], Decimal(90))]
    [(2, 1, Decimal('98'))]
    """
    first: dict[tuple[str, frozenset[str]], Passage] = {}
    having: defaultdict[str, list[Passage]] = defaultdict(list)
    for passage in passages:
        same = first.get((passage.text, passage.parts))
        found = (same, _HUNDRED) if same else _nearest(passage, having, from_share)
        if found is None:
            first[passage.text, passage.parts] = passage
            for part in passage.parts:
                if len(having[part]) <= _MOST_SHARED:
                    having[part].append(passage)
        elif found[0].owner != passage.owner:
            yield Alike(passage.number, found[0].number, found[1])


def _nearest(
    passage: Passage, having: defaultdict[str, list[Passage]], from_share: Decimal
) -> tuple[Passage, Decimal] | None:
    shared: Counter[int] = Counter()
    known: dict[int, Passage] = {}
    for part in passage.parts:
        holders = having.get(part, ())
        if len(holders) <= _MOST_SHARED:
            for other in holders:
                shared[id(other)] += len(part)
                known[id(other)] = other
    likely = sorted(shared, key=lambda each: (-shared[each], known[each].number))
    for each in likely[:_MOST_COMPARED]:
        share = _share(passage, known[each])
        if share >= from_share:
            return known[each], share
    return None


def _share(one: Passage, other: Passage) -> Decimal:
    """Return how much two passages are alike, in whole per cent."""
    if one.text and other.text:
        same, length = _letters_alike(one.text, other.text), len(one.text) + len(other.text)
    else:
        same, length = len(one.parts & other.parts), len(one.parts) + len(other.parts)
    return (_HUNDRED * 2 * same / length).quantize(Decimal(1), ROUND_HALF_UP)


def _letters_alike(one: str, other: str) -> int:
    """Return how many letters two texts share in their order; of long ones at least so many."""
    start = _beginning(one, other)
    one, other = one[start:], other[start:]
    end = _beginning(one[::-1], other[::-1])
    one, other = one[: len(one) - end], other[: len(other) - end]
    if not (one and other):
        return start + end
    matcher = SequenceMatcher(
        None, one[:_LONGEST_COMPARED], other[:_LONGEST_COMPARED], autojunk=False
    )
    return start + end + sum(block.size for block in matcher.get_matching_blocks())


def _beginning(one: str, other: str) -> int:
    """Return how many letters two texts begin with in common."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))
