"""How much an incoming file may hold."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds a file must keep; they hold before anything is parsed.

    Sizes are in bytes. A part may expand to more than `ratio` times its packed size only as
    long as it stays below `ratio_grace`. Cells outside `rows` × `columns` are not read.
    """

    file_size: int = 50 * MIB
    entries: int = 1_000
    expanded: int = 512 * MIB
    part: int = 256 * MIB
    ratio: int = 100
    ratio_grace: int = MIB
    depth: int = 256
    attribute: int = MIB
    cells: int = 2_000_000
    rows: int = 200_000
    columns: int = 1_024
    strings: int = 1_000_000
    strings_size: int = 128 * MIB


DEFAULT = Limits()
