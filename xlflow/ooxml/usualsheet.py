"""The cells of a worksheet part as usual writers put them, taken by pattern instead of event."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple
from xml.parsers import expat

from xlflow.ooxml.formulas import shifted
from xlflow.ooxml.reference import MAX_COLUMN, MAX_ROW, column_number

Place = tuple[int, int]

_OPEN, _CLOSE = b"<sheetData>", b"</sheetData>"
# One cell of the usual shape, in place of all rows: as deep as they are, for the depth limit.
_STAND_IN = b'<row r="1"><c r="A1"><is><t/></is></c></row>'
_LARGEST = 1 << 20  # a larger part is read piece by piece, which takes less memory
_ENTITY = re.compile(r"&(?:#x([0-9A-Fa-f]+)|#([0-9]+)|([a-z]+));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_BLANKS = r'(?:<c r="[A-Z]{1,3}[1-9][0-9]{0,6}"(?: s="[0-9]{1,9}")?(?: t="[A-Za-z]{1,9}")? ?/>)*+'
_SHARED = r'(?: t="shared"(?: ref="[A-Z0-9:]{2,21}")? si="([0-9]{1,9})")?'
# A cell and the blank ones behind it; blank ones that begin a row are left to the row.
_CELL = re.compile(
    r'<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"(?: s="([0-9]{1,9})")?(?: t="([A-Za-z]{1,9})")? ?>'
    rf"(?:<f{_SHARED}(?:>([^<]*)</f>| ?/()>))?"
    r'(?:<v>([^<]*)</v>|<v ?/()>|<is><t(?: xml:space="preserve")?>([^<]*)</t></is>)?</c>' + _BLANKS
)
_ROW = re.compile(
    r'\s*+<row r="([1-9][0-9]{0,6})"((?: (?!r=|xmlns)[A-Za-z0-9:]+="[^"<&]*")*+) ?'
    rf"(?:/>|>\s*+{_BLANKS}\s*+</row>)\s*+"
)
_ROWS = re.compile(f"(?:{_ROW.pattern})*+")
_HIDDEN = re.compile(r' hidden="(?:1|true|on)"')


class Stored(NamedTuple):
    """A cell as it stands in the part: type, text of its value, index of its style, formula.

    `text` is None where no value is stored, `formula` where there is none.
    """

    type: str
    text: str | None
    style: int
    formula: str | None = None


class UsualRows(NamedTuple):
    """The rows of a part: `around` is the part with a single empty cell (A1) in their stead."""

    cells: dict[Place, Stored]
    hidden: frozenset[int]
    around: bytes


def usual_rows(data: bytes, most: int) -> UsualRows | None:
    """Return the rows of a checked part, None when anything in them is not as usual.

    Usual are unprefixed cells with a reference and a plain value, the rows matched to the last
    byte; `most` is the number of cells. None says nothing against the part.
    """
    span = _body(data)
    if span is None or data.count(b"<c ", *span) > most or not _is_well_formed(data):
        return None
    start, end = span
    body = data[start:end].decode()
    step = _CELL.groups + 1
    pieces = _CELL.split(body)
    rows = "".join(pieces[::step])
    if not _ROWS.fullmatch(rows):
        return None
    cells, sharing = _cells(zip(*(pieces[group::step] for group in range(1, step)), strict=True))
    if any(row > MAX_ROW or column > MAX_COLUMN for row, column in cells):
        return None
    if "&" in body:
        escaped = {place: _plain(cell) for place, cell in cells.items() if _is_escaped(cell)}
        cells |= escaped
    for place, (row, column) in sharing.items():
        formula = cells[row, column].formula or ""
        cells[place] = cells[place]._replace(
            formula=_shifted(formula, place[0] - row, place[1] - column)
        )
    return UsualRows(cells, _hidden(rows), data[:start] + _STAND_IN + data[end:])


def _body(data: bytes) -> tuple[int, int] | None:
    """Return where the rows stand, if the bytes before them mean what they seem to mean."""
    root, found = data.find(b"<worksheet "), data.find(_OPEN)
    start = found + len(_OPEN)
    end = data.find(_CLOSE, start)
    if min(root, found, end) < 0 or len(data) > _LARGEST:
        return None
    noise = data.find(b"<!", 0, start) >= 0 or data.find(b"<?", 1, start) >= 0
    # A namespace declared below the root could give unprefixed names another meaning.
    declared = data.count(b"xmlns", 0, start)
    if noise or declared != data.count(b"xmlns", root, data.find(b">", root)):
        return None
    return None if data.find(b"\r", start, end) >= 0 else (start, end)


def _is_well_formed(data: bytes) -> bool:
    try:
        expat.ParserCreate(namespace_separator=" ").Parse(data, True)
    except expat.ExpatError:
        return False
    return True


def _cells(found: Iterable[tuple[Any, ...]]) -> tuple[dict[Place, Stored], dict[Place, Place]]:
    """Return the cells, and for those that share a formula the cell that has its text."""
    cells: dict[Place, Stored] = {}
    first: dict[str, Place] = {}
    sharing: dict[Place, Place] = {}
    for letters, digits, style, kind, shared, formula, no_formula, value, no_value, words in found:
        text = value
        if text is None:
            text = no_value if words is None else words
            if text is None and formula is None and no_formula is None:
                continue
        place = int(digits), column_number(letters)
        if shared is not None:
            if formula:
                first[shared] = place
            elif shared in first:
                sharing[place] = first[shared]
        cells[place] = Stored(
            kind or "n", text, int(style or 0), no_formula if formula is None else formula
        )
    return cells, sharing


def _is_escaped(cell: Stored) -> bool:
    return "&" in (cell.text or "") or "&" in (cell.formula or "")


def _plain(cell: Stored) -> Stored:
    """Return a cell with the entities in its text and formula resolved."""
    return cell._replace(
        text=cell.text and _without_entities(cell.text),
        formula=cell.formula and _plain_formula(cell.formula),
    )


@lru_cache(maxsize=4096)
def _plain_formula(formula: str) -> str:
    """Return a formula without entities; the forms of an exercise have the same ones."""
    return _without_entities(formula)


def _without_entities(text: str) -> str:
    return _ENTITY.sub(_sign, text)


def _sign(entity: re.Match[str]) -> str:
    in_hex, in_decimal, name = entity.groups()
    return _NAMED[name] if name else chr(int(in_hex, 16) if in_hex else int(in_decimal))


_shifted = lru_cache(maxsize=4096)(shifted)


def _hidden(rows: str) -> frozenset[int]:
    if "hidden" not in rows:
        return frozenset()
    found = _ROW.finditer(rows)
    return frozenset(int(match[1]) for match in found if _HIDDEN.search(match[2]))
