"""Finding what is nearly the same among many: texts, and sets of rows.

Not every pair is looked at. What is alike shares whole clauses (a set shares rows), so an index
of clauses names the few that could be, and only these are compared. Of each text only a print is
held; those that are compared are read again.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from difflib import SequenceMatcher
from hashlib import blake2b
from struct import Struct

Reader = Callable[[int], str]

_CLAUSE = re.compile(r"[，。；：、！？,;:!?()（）“”\"]+")
_SHORTEST_CLAUSE = 6
_ENDS = 12  # letters at both ends of a text that name it, too: a clause may have been reworded
_MOST_SHARED = 40  # a clause that so many have tells nothing
_MOST_COMPARED = 3
_LONGEST_COMPARED = 800
_HUNDRED = Decimal(100)
_PART = Struct("=qH")  # a hash, and a length
_LONGEST_PART = 0xFFFF
_BETWEEN = "\0"  # stands in no cell


@dataclass(frozen=True, slots=True)
class Print:
    """What is held of a text, or of the rows of a table: enough to say what may be like it.

    `whole` is a digest of all of it, `parts` has ten bytes for each clause or row. Prints of one
    run of the program can be compared.
    """

    whole: bytes
    parts: bytes


@dataclass(frozen=True, slots=True)
class Passage:
    """The print of a text or of rows, and whose it is: `owner` tells those apart that may differ.

    `number` is what the text is read again by.
    """

    number: int
    owner: str
    print: Print


@dataclass(frozen=True, slots=True)
class Alike:
    """Two passages that are nearly the same, and how much so, in whole per cent."""

    one: int
    other: int
    share: Decimal


def text_print(written: str) -> Print:
    """Return the print of a text, whatever its spaces."""
    plain = without_spaces(written)
    clauses = {each for each in _CLAUSE.split(plain) if len(each) >= _SHORTEST_CLAUSE}
    return _print(plain, {*clauses, plain[:_ENDS], plain[-_ENDS:]})


def rows_print(rows: Iterable[str]) -> Print:
    """Return the print of the rows of a table, whatever their order."""
    different = frozenset(rows)
    return _print(_BETWEEN.join(sorted(different)), different)


def without_spaces(written: str) -> str:
    """Return a text as it is compared."""
    return "".join(written.split())


def much_alike(
    passages: Sequence[Passage], from_share: Decimal, read: Reader | None = None
) -> Iterator[Alike]:
    """Yield each passage that is nearly that of another owner, with the first such one.

    `from_share` is in per cent. `read` gives the text of a passage, without spaces, by its number;
    without it passages are sets of rows. What is like an earlier one is not compared with further
    ones: ten copies are nine findings.

    >>> texts = {1: "完成地面下沉治理，消除安全隐患，保障机关正常办公秩序。"}
    >>> texts[2] = texts[1].removesuffix("。")
    >>> both = [Passage(number, f"项目{number}", text_print(texts[number])) for number in texts]
    >>> [(each.one, each.other, each.share) for each in much_alike(both, Decimal(90), texts.get)]
    [(2, 1, Decimal('98'))]
    """
    may_be_shared = _shared_parts([each.print for each in passages])
    first: dict[bytes, Passage] = {}
    having: dict[int, list[Passage]] = {}
    for passage in passages:
        parts = {part: length for part, length in _parts(passage) if may_be_shared(part)}
        same = first.get(passage.print.whole)
        found = (same, _HUNDRED) if same else _nearest(passage, parts, having, from_share, read)
        if found is None:
            first[passage.print.whole] = passage
            for part in parts:
                holders = having.setdefault(part, [])
                if len(holders) <= _MOST_SHARED:
                    holders.append(passage)
        elif found[0].owner != passage.owner:
            yield Alike(passage.number, found[0].number, found[1])


def _print(whole: str, parts: Iterable[str]) -> Print:
    digest = blake2b(whole.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    packed = (_PART.pack(hash(part), min(len(part), _LONGEST_PART)) for part in parts)
    return Print(digest, b"".join(packed))


def _parts(passage: Passage) -> Iterator[tuple[int, int]]:
    return _PART.iter_unpack(passage.print.parts)


def _shared_parts(prints: Sequence[Print]) -> Callable[[int], bool]:
    """Return whether a part may be in two prints; most are in one, and of no use in an index."""
    count = sum(len(each.parts) for each in prints) // _PART.size
    room = (1 << (8 * count).bit_length()) - 1
    seen = bytearray(room + 1)
    for each in prints:
        for part, _ in _PART.iter_unpack(each.parts):
            place = part & room
            seen[place] = 2 if seen[place] else 1
    return lambda part: seen[part & room] > 1


def _nearest(
    passage: Passage,
    parts: Mapping[int, int],
    having: Mapping[int, list[Passage]],
    from_share: Decimal,
    read: Reader | None,
) -> tuple[Passage, Decimal] | None:
    shared: Counter[int] = Counter()
    known: dict[int, Passage] = {}
    for part, length in parts.items():
        holders = having.get(part, ())
        if len(holders) <= _MOST_SHARED:
            for other in holders:
                shared[other.number] += length
                known[other.number] = other
    likely = sorted(shared, key=lambda number: (-shared[number], number))
    for number in likely[:_MOST_COMPARED]:
        share = _share(passage, known[number], read)
        if share >= from_share:
            return known[number], share
    return None


def _share(one: Passage, other: Passage, read: Reader | None) -> Decimal:
    """Return how much two passages are alike, in whole per cent."""
    if read is None:
        parts, others = dict(_parts(one)), dict(_parts(other))
        same, length = len(parts.keys() & others.keys()), len(parts) + len(others)
    else:
        text, another = read(one.number), read(other.number)
        same, length = _letters_alike(text, another), len(text) + len(another)
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
