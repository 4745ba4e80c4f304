"""What prints find is what is found by whoever holds every text."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from difflib import SequenceMatcher
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from xlflow.review import alike
from xlflow.review.alike import Alike, Passage, much_alike, rows_print, text_print, without_spaces

FROM = Decimal(80)
CLAUSES = [
    "完成中心城区地下管线普查",
    "建立动态更新机制",
    "保证管线信息准确完整",
    "为城市规划建设提供依据",
    "用户满意度达到百分之九十以上",
    "维修教学楼屋面三处",
    "更换门窗一百二十樘",
    "改善办学条件",
    "消除安全隐患",
    "按时拨付资金",
]
SIGNS = ["，", "。", "；", " ", ""]


class Whole(NamedTuple):
    """A text, or the rows of a table, as they are held: all of it."""

    number: int
    owner: str
    text: str
    parts: frozenset[str]


def found_in_whole(passages: Sequence[Whole], from_share: Decimal) -> Iterator[Alike]:
    """Yield what is alike, from an index of all clauses and with all texts at hand."""
    first: dict[tuple[str, frozenset[str]], Whole] = {}
    having: defaultdict[str, list[Whole]] = defaultdict(list)
    for one in passages:
        same = first.get((one.text, one.parts))
        share = Decimal(100)
        for other in likely(one, having) if same is None else ():
            share = share_of(one, other)
            if share >= from_share:
                same = other
                break
        if same is None:
            first[one.text, one.parts] = one
            for part in one.parts:
                if len(having[part]) <= alike._MOST_SHARED:
                    having[part].append(one)
        elif same.owner != one.owner:
            yield Alike(one.number, same.number, share)


def likely(one: Whole, having: defaultdict[str, list[Whole]]) -> list[Whole]:
    shared: Counter[Whole] = Counter()
    for part in one.parts:
        if len(having[part]) <= alike._MOST_SHARED:
            for other in having[part]:
                shared[other] += len(part)
    return sorted(shared, key=lambda other: (-shared[other], other.number))[:3]


def share_of(one: Whole, other: Whole) -> Decimal:
    if one.text:
        same, length = letters(one.text, other.text), len(one.text) + len(other.text)
    else:
        same, length = len(one.parts & other.parts), len(one.parts) + len(other.parts)
    return (Decimal(200) * same / length).quantize(Decimal(1), "ROUND_HALF_UP")


def letters(one: str, other: str) -> int:
    start = 0
    while one[start : start + 1] and one[start : start + 1] == other[start : start + 1]:
        start += 1
    one, other = one[start:], other[start:]
    end = 0
    while end < min(len(one), len(other)) and one[-1 - end] == other[-1 - end]:
        end += 1
    one, other = one[: len(one) - end], other[: len(other) - end]
    blocks = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    return start + end + sum(block.size for block in blocks)


def whole_text(number: int, owner: str, written: str) -> Whole:
    plain = without_spaces(written)
    clauses = {each for each in alike._CLAUSE.split(plain) if len(each) >= 6}
    return Whole(number, owner, plain, frozenset({*clauses, plain[:12], plain[-12:]}))


clauses = st.lists(st.sampled_from(CLAUSES), min_size=1, max_size=6)
texts = st.tuples(clauses, st.sampled_from(SIGNS), st.sampled_from(["", "的", "（1）"])).map(
    lambda made: made[1].join(made[0]) + made[2]
)
owners = st.sampled_from(["甲项目", "乙项目", "丙项目", "丁项目"])
rows = st.frozensets(st.sampled_from([f"{each}|{n}%" for each in CLAUSES for n in (90, 95)]))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(owners, texts), max_size=40))
def test_of_texts(made: list[tuple[str, str]]) -> None:
    numbered = [(number, *each) for number, each in enumerate(made)]
    read = {number: without_spaces(text) for number, _, text in numbered}
    prints = [Passage(number, owner, text_print(text)) for number, owner, text in numbered]
    held = [whole_text(*each) for each in numbered]
    assert list(much_alike(prints, FROM, read.__getitem__)) == list(found_in_whole(held, FROM))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(owners, rows.filter(lambda some: len(some) >= 5)), max_size=40))
def test_of_sets_of_rows(made: list[tuple[str, frozenset[str]]]) -> None:
    numbered = [(number, *each) for number, each in enumerate(made)]
    prints = [Passage(number, owner, rows_print(some)) for number, owner, some in numbered]
    held = [Whole(number, owner, "", some) for number, owner, some in numbered]
    assert list(much_alike(prints, FROM)) == list(found_in_whole(held, FROM))


def test_a_clause_that_everybody_writes_tells_nothing() -> None:
    texts = {
        n: f"{CLAUSES[0]}，{CLAUSES[1]}，{'甲乙丙丁戊己庚辛壬癸'[n % 10] * (n + 9)}"
        for n in range(90)
    }
    prints = [Passage(n, f"项目{n}", text_print(text)) for n, text in texts.items()]
    held = [whole_text(n, f"项目{n}", text) for n, text in texts.items()]
    found = list(much_alike(prints, FROM, texts.__getitem__))
    assert found == list(found_in_whole(held, FROM))
    assert found


def test_only_what_is_compared_is_read_again() -> None:
    own = {n: "".join(chr(0x4E00 + (37 * n + k * k) % 20000) for k in range(60)) for n in range(50)}
    own[50] = own[7][:59] + "。"
    asked: list[int] = []

    def read(number: int) -> str:
        asked.append(number)
        return own[number]

    prints = [Passage(n, f"项目{n}", text_print(text)) for n, text in own.items()]
    assert [(each.one, each.other) for each in much_alike(prints, FROM, read)] == [(50, 7)]
    assert sorted(asked) == [7, 50]
