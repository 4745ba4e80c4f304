"""Tables too long to hold: rows are composed while they are packed, and then let go.

A library makes the workbook with one row in each such table, which is the pattern: the rows that
take its place have its look, cell by cell. Nothing but that row is parsed. What stands below the
table is numbered by the library as it is in the end.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from typing import IO, NamedTuple
from xml.sax.saxutils import quoteattr
from zipfile import ZIP_DEFLATED, ZipFile

from xlflow.ooxml.bookedit import EMPTY_RELATIONSHIPS, with_file_links
from xlflow.ooxml.new_sheet import FileLink, Plain, content_of
from xlflow.ooxml.reference import Area, cell_name, column_letters, parse_area

Repeated = Plain | FileLink

_DIMENSION = re.compile(rb'(<dimension ref=")([^"]+)(")')
_ROW_END, _END = b"</row>", b"</sheetData>"
_LINKS_END = b"</hyperlinks>"
_AFTER_LINKS = re.compile(rb"<(?:printOptions|pageMargins|pageSetup)[ />]|</worksheet>")
_RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_LINKS_START = f'<hyperlinks xmlns:r="{_RELATIONSHIPS}">'.encode()
_LINKED_FILE = re.compile(rb'Target="(?!file:)[^"]*" TargetMode="External"')
_LEVEL = 3  # half the time of zlib's usual level, a sixth larger
_REMEMBERED = 1024  # values of a column
_LARGE = 500_000  # rows that may take more than the 2 GB which need no zip64


class Rows(NamedTuple):
    """Some rows of a table: their values by column, from A on, and their heights in points."""

    columns: Sequence[Sequence[Repeated]]
    heights: Sequence[float]


@dataclass(frozen=True, slots=True)
class LongTable:
    """The number of the row that is a pattern, how many take its place, and these by and by."""

    row: int
    count: int
    pieces: Iterable[Rows]


def write_with_long_tables(
    package: IO[bytes], tables: Mapping[str, LongTable], into: IO[bytes]
) -> None:
    """Write a workbook with a row of some of its sheets, by part, given way to many.

    Each column takes the style that it has in that row. Raises ValueError when a sheet has no
    such row, or a table not as many as it said.
    """
    of_tables = {_relationships_of(part) for part in tables}
    with ZipFile(package) as made, ZipFile(into, "w", ZIP_DEFLATED) as written:
        for name in made.namelist():
            if name in tables:
                _copy_with_table(made, written, name, tables[name])
            elif name not in of_tables:
                content = made.read(name)
                with _member(written, name) as member:
                    member.write(_with_slashes(content) if name.endswith(".rels") else content)


def _copy_with_table(made: ZipFile, written: ZipFile, name: str, table: LongTable) -> None:
    """Write a sheet with its table, and then the relationships to the files it links to."""
    with _member(written, name, large=table.count > _LARGE) as member:
        targets = _write_table(member, made.read(name), table)
    relationships = _relationships_of(name)
    lines = made.read(relationships) if relationships in made.NameToInfo else EMPTY_RELATIONSHIPS
    if targets:
        lines = with_file_links(lines, targets, strict=False)
    if lines != EMPTY_RELATIONSHIPS:
        with _member(written, relationships) as member:
            member.write(_with_slashes(lines))


def _with_slashes(relationships: bytes) -> bytes:
    """Return relationships in which the folders of linked files are parted as on every system.

    XlsxWriter parts them as Windows does, where nobody else finds the file.
    """
    return _LINKED_FILE.sub(lambda link: link[0].replace(b"\\", b"/"), relationships)


def _member(book: ZipFile, name: str, *, large: bool = False) -> IO[bytes]:
    book.compresslevel = _LEVEL
    return book.open(name, "w", force_zip64=large)


def _write_table(member: IO[bytes], sheet: bytes, table: LongTable) -> dict[str, str]:
    """Write a sheet with its table; returns the files it links to, each with an id."""
    first = row = table.row
    start = sheet.find(b'<row r="%d"' % first)
    end = sheet.find(_ROW_END, start) + len(_ROW_END)
    if start < 0 or end < len(_ROW_END):
        raise ValueError(f"a sheet without a row {first}")
    member.write(_wider(sheet[:start], first + table.count - 1))
    composer = _Composer(sheet[start:end], first)
    targets: dict[str, str] = {}
    links = bytearray()
    with ThreadPoolExecutor(1) as packer:  # zlib lets the next rows be composed meanwhile
        packing = None
        for piece in table.pieces:
            content = composer.rows(row, piece)
            links += "".join(_links(row, piece.columns, targets)).encode()
            row += len(piece.heights)
            if packing:
                packing.result()
            packing = packer.submit(member.write, content)
        if packing:
            packing.result()
    if row - first != table.count:
        raise ValueError(f"{row - first} rows where {table.count} were promised")
    for part in _with_links(sheet[end:], links):
        member.write(part)
    return targets


class _Composer:
    """Writes rows in the look of one.

    Everything here runs once for each of millions of cells, so that the loops are the library's:
    a row is joined of its number and of what stands between two numbers, cell by cell.
    """

    def __init__(self, pattern: bytes, number: int) -> None:
        self._pattern = pattern
        self._number = number
        self._columns: list[_Column] = []

    def rows(self, first: int, piece: Rows) -> bytes:
        """Return the XML of some rows, numbered from one on; a blank cell keeps its style."""
        if not self._columns:
            self._columns = self._looked_up(len(piece.columns))
        numbers = list(map(str, range(first, first + len(piece.heights))))
        starts = [
            f'<row r="{number}" ht="{height}" customHeight="1"><c r="A'
            for number, height in zip(numbers, piece.heights, strict=True)
        ]
        parts = [
            part
            for column, values in zip(self._columns, piece.columns, strict=True)
            for part in (numbers, map(column.__getitem__, values))
        ]
        return "".join(chain.from_iterable(zip(starts, *parts, strict=True))).encode()

    def _looked_up(self, count: int) -> list["_Column"]:
        letters = [column_letters(column) for column in range(1, count + 1)]
        ends = [*(f'<c r="{each}' for each in letters[1:]), "</row>"]
        styles = [_style(self._pattern, f"{each}{self._number}") for each in letters]
        return [_Column(*each) for each in zip(styles, ends, strict=True)]


class _Column(dict[Repeated, str]):
    """What stands behind the number of a cell, up to that of the next one, by the cell's value.

    A long table says the same again and again: that much of it is remembered.
    """

    def __init__(self, style: int, end: str) -> None:
        super().__init__()
        self._style = style
        self._end = end

    def __missing__(self, value: Repeated) -> str:
        if len(self) == _REMEMBERED:
            self.clear()
        shown = value.text if isinstance(value, FileLink) else value
        known = self[value] = content_of(shown, self._style) + self._end
        return known


def _style(row: bytes, cell: str) -> int:
    match = re.search(rb'<c r="%s" s="([0-9]+)"' % cell.encode(), row)
    return int(match[1]) if match else 0


def _wider(head: bytes, last_row: int) -> bytes:
    """Return the part before the rows with its stated dimension reaching down to a row."""

    def widened(match: re.Match[bytes]) -> bytes:
        area = parse_area(match[2].decode())
        wider = Area(area.top, area.left, max(area.bottom, last_row), area.right)
        return match[1] + str(wider).encode() + match[3]

    return _DIMENSION.sub(widened, head, count=1)


def _links(
    first: int, columns: Sequence[Sequence[Repeated]], targets: dict[str, str]
) -> Iterator[str]:
    for column, values in enumerate(columns, 1):
        if FileLink not in set(map(type, values)):
            continue
        for number, value in enumerate(values, first):
            if isinstance(value, FileLink):
                identity = targets.setdefault(value.target, f"file{len(targets) + 1}")
                place = f" location={quoteattr(value.place)}" if value.place else ""
                yield f'<hyperlink ref="{cell_name(number, column)}" r:id="{identity}"{place}/>'


def _with_links(tail: bytes, links: bytes | bytearray) -> tuple[bytes | bytearray, ...]:
    """Return the part behind the rows with further links in it, in pieces."""
    if not links:
        return (tail,)
    place = tail.find(_LINKS_END)
    if place >= 0:
        return tail[:place], links, tail[place:]
    following = _AFTER_LINKS.search(tail)
    place = following.start() if following else len(tail)
    return tail[:place], _LINKS_START, links, _LINKS_END, tail[place:]


def _relationships_of(part: str) -> str:
    folder, _, name = part.rpartition("/")
    return f"{folder}/_rels/{name}.rels"
