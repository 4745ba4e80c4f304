"""What holds for every text a person could write into such a cell."""

from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from xlflow.values import Op, Target, amounts_in, label_key, normalise, parse_number, parse_target

FIELD = (
    "0123456789.,%‰≥≤><=-—~至到且约余万亿千百十一二两三零点元件个次年月日季度底末前内"
    "以上下每不低于超过（）:/\\$ \u3000\n#*X完成率健全"
)
WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})
VALUES = [
    "≥95%",
    "=20万本",
    "430万元",
    "3,340,000.00",
    "3-5个",
    "≥85%，且≤100%",
    "每年1次",
    "2022年6月30日前",
    "2022年底",
    "控制在5%以内",
    "约12家",
    "1:10",
    "健全",
    "≥1.5E+07元",
]
SPACES = ["", " ", "\u3000", "\u00a0", "\u200b", "\t", "\n", "\r\n", "\ufeff"]


@given(st.text(FIELD, max_size=24), st.none() | st.integers(-5, 9999))
@example("1E+29:1E-29", None)
@example("9E+29万亿", 0)
def test_no_text_makes_it_fail(text: str, year: int | None) -> None:
    target = parse_target(text, year=year)
    assert target.raw == text
    assert (target.date is not None) == (target.op is Op.DATE)


@given(st.text(max_size=60))
def test_no_unicode_makes_it_fail(text: str) -> None:
    assert isinstance(parse_target(text), Target)
    parse_number(text)
    amounts_in(text)
    label_key(text)


@given(st.decimals(), st.none() | st.text('0#.,%ymdhs"年月日万元-/[]', max_size=12))
def test_no_number_in_any_format_makes_it_fail(number: object, number_format: str | None) -> None:
    assert isinstance(parse_target(str(number), number_format=number_format), Target)


@given(st.text("≥≤><=%元件个次率约不低于超过以上内年月日底前健全，。（）- ", max_size=20))
def test_where_no_numeral_is_written_there_is_no_value(text: str) -> None:
    assert parse_target(text, year=2022).value is None


@given(st.sampled_from(VALUES), st.data())
def test_padding_does_not_change_the_meaning(value: str, data: st.DataObject) -> None:
    signs = [value[0]]
    for before, after in pairwise(value):
        if not (before.isdigit() and after.isdigit()):
            signs.append(data.draw(st.sampled_from(SPACES)))
        signs.append(after)
    assert meaning("".join(signs)) == meaning(value)


@given(st.sampled_from(VALUES))
def test_full_width_does_not_change_the_meaning(value: str) -> None:
    assert meaning(value.translate(WIDE)) == meaning(value)


@given(st.text(FIELD, max_size=24))
def test_a_normalised_text_stays_as_it_is(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


def meaning(raw: str) -> tuple[object, ...]:
    target = parse_target(raw)
    return target.op, target.value, target.value_high, target.unit, target.per, target.date
