"""Any text and any number survives being written and read back."""

from decimal import ROUND_HALF_UP, Context, Decimal

from hypothesis import example, given, settings
from hypothesis import strategies as st
from package_samples import package, sheet_xml

from xlflow.ooxml import Workbook
from xlflow.ooxml.escapes import MAX_TEXT, decode, encode, fitting
from xlflow.ooxml.numbers import parse_number, plain, stored_number

DATA = package('<row r="1"><c r="A1" t="str"><f>B1</f><v>x</v></c></row>')
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)


def round_trip(text: str, cell: str) -> object:
    book = Workbook.from_bytes(DATA)
    book.sheet("表1")[cell] = text
    return Workbook.from_bytes(book.to_bytes()).sheet("表1")[cell]


@given(TEXTS)
@example("_x000D_")
@example("_x005F_x000D_")
@example("_x0041\x01_x0041\ufffe")
@example("\x00\x01\r\n\t\ufffe\uffff")
@example(']]>&amp;<c r="A1"/>')
@example("  双 空格  ")
@settings(max_examples=150, deadline=None)
def test_any_text_reads_back(text: str) -> None:
    assert round_trip(text, "B2") == text
    assert round_trip(text, "A1") == text


@given(st.text(max_size=40))
def test_escaping_loses_nothing_but_half_characters(text: str) -> None:
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    unescaped = encode(text).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert decode(unescaped) in (text, whole)


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=6, min_value=-(10**8), max_value=10**8
    )
)
def test_numbers_read_back_exactly_up_to_fifteen_digits(number: Decimal) -> None:
    assert parse_number(stored_number(number)) == number


@given(st.floats(min_value=-1e14, max_value=1e14).filter(lambda x: x == 0 or abs(x) > 1e-9))
def test_noise_of_binary_fractions_is_dropped(stored: float) -> None:
    number = parse_number(format(stored, ".17g"))
    exact = Context(prec=15, rounding=ROUND_HALF_UP).create_decimal(Decimal(stored))
    assert number in (Decimal(format(stored, ".15g")), exact)
    assert "E" not in plain(number)


def test_stored_numbers_as_programs_write_them() -> None:
    cases = {
        "0.81899999999999995": "0.819",
        "1.1000000000000001": "1.1",
        "0.30000000000000004": "0.3",
        "1E-3": "0.001",
        "1.0E+2": "100",
        " 42 ": "42",
        "+7": "7",
        "-0.50": "-0.5",
        "12345678901234567": "12345678901234600",
        "1e14": "100000000000000",
    }
    assert {text: plain(parse_number(text) or Decimal(0)) for text in cases} == cases
    for text in ("", "n/a", "1,000", "1_000", "１２", "NaN", "INF", "1e999", "0x10", "--1"):
        assert parse_number(text) is None


def test_a_text_too_long_is_cut_and_says_so() -> None:
    for long in ("字" * 40_000, "😀" * 20_000, "a" + "😀" * 20_000):
        kept = fitting(long)
        assert kept.endswith("…")
        assert MAX_TEXT - 1 <= len(kept.encode("utf-16-le")) // 2 <= MAX_TEXT
        assert round_trip(long, "B2") == kept
    assert fitting("字" * MAX_TEXT) == "字" * MAX_TEXT


def test_a_text_never_becomes_a_formula() -> None:
    book = Workbook.from_bytes(DATA)
    book.sheet("表1")["B2"] = "=1+1"
    xml = sheet_xml(book.to_bytes())
    assert '<c r="B2" t="inlineStr"><is><t>=1+1</t></is></c>' in xml
