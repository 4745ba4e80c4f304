"""What macros a workbook carries. They are data: read, compared, never run.

Excel writes the macro project anew on every save, so only the source of its modules can be
compared. How a project is stored says MS-OVBA: an OLE file with a stream for each module, and one
that tells which there are.
"""

import io
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

Modules = Mapping[str, str]
_ATTRIBUTE = "Attribute "
_DECLARES_ALL = "Option Explicit"  # what Excel may write into a new module of a sheet
_QUOTED = re.compile(r'("[^"\n]*")')
_LONGEST = 4 << 20  # bytes of source in a module; no person writes a hundredth of it
_CODE_PAGE, _VERSION, _NAME, _STREAM, _OFFSET, _END = 0x03, 0x09, 0x47, 0x32, 0x31, 0x2B


def foreign_modules(project: bytes, handed_out: Modules) -> tuple[str, ...] | None:
    """Return the modules of a macro project that are not those handed out, by name.

    `handed_out` is source by module name. None says that the source can not be read.
    """
    found = modules_of(project)
    if found is None:
        return None
    return tuple(
        name
        for name, source in found.items()
        if name not in handed_out or _meant(source) != _meant(_plain(handed_out[name]))
    )


def modules_of(project: bytes) -> Modules | None:
    """Return the source of each module of a macro project that has any, by its name.

    Lines end alike and without blanks, and attributes, which Excel writes, are left out. None
    says that the source can not be read: the project is broken.
    """
    try:
        found = dict(_modules(project))
    except Exception:
        return None  # whatever a broken project does to the library, it is no macro we know
    if not found:  # an empty project has a module for each sheet
        return None
    return {name: source for name, source in found.items() if source not in ("", _DECLARES_ALL)}


def _modules(project: bytes) -> Iterator[tuple[str, str]]:
    import olefile  # late: few workbooks have macros

    with olefile.OleFileIO(io.BytesIO(project)) as streams:
        folder = next(path[:-1] for path in streams.listdir() if path[-1].lower() == "dir")
        page, name, stream = 1252, "", ""
        for kind, value in _records(decompressed(streams.openstream([*folder, "dir"]).read())):
            if kind == _CODE_PAGE:
                page = int.from_bytes(value, "little")
            elif kind == _NAME:
                name = value.decode("utf-16-le")
            elif kind == _STREAM:
                stream = value.decode("utf-16-le")
            elif kind == _OFFSET:
                offset = int.from_bytes(value, "little")
            elif kind == _END:
                packed = streams.openstream([*folder, stream]).read()[offset:]
                yield name, _source(packed, f"cp{page}" if page != 65001 else "utf-8")


def _records(directory: bytes) -> Iterator[tuple[int, bytes]]:
    place = 0
    while place + 6 <= len(directory):
        kind = int.from_bytes(directory[place : place + 2], "little")
        size = int.from_bytes(directory[place + 2 : place + 6], "little")
        if kind == _VERSION:
            size = 6  # what stands for a size there is none
        yield kind, directory[place + 6 : place + 6 + size]
        place += 6 + size


@lru_cache(maxsize=8)
def _source(packed: bytes, encoding: str) -> str:
    """Return the source of a module; that of an issued button is the same in every workbook."""
    return _plain(decompressed(packed).decode(encoding, "replace"))


def decompressed(packed: bytes) -> bytes:
    r"""Return what a stream of a macro project holds (MS-OVBA 2.4.1).

    Raises ValueError when it is none, and when it holds more than any person writes.

    >>> decompressed(bytes.fromhex("01 03 b0 02 61 45 00")) == b"a" * 73
    True
    """
    if packed[:1] != b"\x01":
        raise ValueError("no compressed container")
    out = bytearray()
    place = 1
    while place + 2 <= len(packed):
        header = packed[place] | packed[place + 1] << 8
        end = min(place + (header & 0xFFF) + 3, len(packed))
        if header & 0x8000:
            _unpack(packed, place + 2, end, out)
        else:
            out += packed[place + 2 : end]
        if len(out) > _LONGEST:
            raise ValueError("too long")
        place = end
    return bytes(out)


def _unpack(packed: bytes, place: int, end: int, out: bytearray) -> None:
    """Append what a chunk holds: bytes as they are, and pieces of what stands before."""
    start = len(out)
    while place < end:
        flags = packed[place]
        place += 1
        for bit in range(8):
            if place >= end:
                return
            if not flags >> bit & 1:
                out.append(packed[place])
                place += 1
                continue
            token = packed[place] | packed[place + 1] << 8
            place += 2
            known = len(out) - start
            wide = max((known - 1).bit_length(), 4)
            length = (token & 0xFFFF >> wide) + 3
            back = (token >> 16 - wide) + 1
            if back > known:
                raise ValueError("points before the chunk")
            piece = out[len(out) - back : len(out) - back + length]
            out += (piece * (length // len(piece) + 1))[:length]


def _plain(source: str) -> str:
    lines = (line.rstrip() for line in source.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith(_ATTRIBUTE))


@lru_cache(maxsize=8)
def _meant(source: str) -> str:
    """Return source without what the editor of macros changes by itself: case, and blanks.

    What stands in quotes stays as it is.
    """
    pieces = _QUOTED.split(source)
    pieces[::2] = [re.sub(r"[^\S\n]+", "", piece).lower() for piece in pieces[::2]]
    return "".join(pieces)
