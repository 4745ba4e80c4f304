"""The zip archive: read under guards, rewritten so that untouched members stay byte for byte."""

import contextlib
import re
import struct
import zlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from xlflow.ooxml import deflate
from xlflow.ooxml.limits import Limits
from xlflow.ooxml.refusals import damaged, unsafe
from xlflow.ooxml.sniff import ZIP_MAGIC, foreign_content
from xlflow.problems import refusal

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
# What is read of each member: all of the headers but times, versions and attributes.
_LOCAL_READ, _CENTRAL_READ = struct.Struct("<4s22x2H"), struct.Struct("<4s4x2H4x3L3H8xL")
_LOCAL_MAGIC, _CENTRAL_MAGIC, _END_MAGIC = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_ZIP64_LOCATOR = b"PK\x06\x07"
_STORED, _DEFLATED = 0, 8
_ENCRYPTED_FLAG, _DESCRIPTOR_FLAG, _UTF8_FLAG = 0x1, 0x8, 0x800
_ZIP64_EXTRA, _UNICODE_PATH_EXTRA = 1, 0x7075
_FIRST_CJK = "\u2e80"
_FIRST_DOS_DATE = 0x21  # 1980-01-01: the same input gives the same output on every day
_PIECE = 1 << 20
_TINY = 512  # not worth a compressor
_DRIVE = re.compile(r"[A-Za-z]:")


class Entry(NamedTuple):
    """One member: where it lies, and its central header exactly as it was written.

    `name` has forward slashes whatever the writer used; `changed` is the time of the last change
    as the archive has it, which sorts as it stands.
    """

    name: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    start: int
    data: int
    central: bytes

    @property
    def changed(self) -> tuple[int, int]:
        """Date and time of the last change, as MS-DOS wrote them."""
        fields = _CENTRAL.unpack_from(self.central)
        return int(fields[6]), int(fields[5])


@dataclass(frozen=True, slots=True)
class _End:
    position: int
    count: int
    directory: int
    size: int


class Container:
    """A zip archive in memory. Members are expanded when asked for, and counted."""

    def __init__(self, data: bytes, name: str, limits: Limits) -> None:
        self.data = data
        self.name = name
        self.limits = limits
        if not data:
            raise refusal("F01", name=name)
        if not data.startswith(ZIP_MAGIC):
            raise foreign_content(data, name)
        if len(data) > limits.file_size:
            raise unsafe(name, "file_size", size=limits.file_size >> 20)
        self._end = self._find_end()
        self.entries = self._read_directory()
        self._check_entries()
        self._by_name = {entry.name: entry for entry in self.entries}
        self._expanded: dict[str, bytes] = {}
        self._left = limits.expanded

    def __contains__(self, member: str) -> bool:
        return member in self._by_name

    def read(self, member: str) -> bytes:
        """Return the content of a member; raises FileRefused when it is damaged or too large."""
        if member not in self._expanded:
            self._expanded[member] = self.expand(member)
        return self._expanded[member]

    def expand(self, member: str) -> bytes:
        """Return the content of a member as `read` does, without holding it."""
        content = self._expand(self._by_name[member])
        self._left -= len(content)
        return content

    def pieces(self, member: str) -> Iterator[bytes]:
        """Yield the content of a large member piece by piece, for a look through it.

        It is neither held nor checked, so nothing may be taken from it. One that is held, small
        or not deflated comes in one piece.
        """
        entry = self._by_name[member]
        if member in self._expanded or entry.size < _PIECE or entry.method != _DEFLATED:
            yield self.read(member)
            return
        stream = memoryview(self.data)[entry.data : entry.data + entry.packed]
        try:
            yield from deflate.pieces_of(stream)
        except deflate.Broken as error:
            raise damaged(self.name, "checksum", part=entry.name) from error

    def same_packed(self, member: str, other: "Container") -> bool:
        """Return whether two archives hold the same compressed bytes for a member."""
        mine, its = self._by_name[member], other._by_name[member]
        if (mine.method, mine.crc, mine.packed) != (its.method, its.crc, its.packed):
            return False
        packed = memoryview(self.data)[mine.data : mine.data + mine.packed]
        return other.data.startswith(packed, its.data)

    def rewrite(
        self,
        changed: Mapping[str, bytes],
        added: Mapping[str, bytes],
        removed: Collection[str] = (),
    ) -> bytes:
        """Return the archive with some members replaced, some added at its end, some left out.

        Everything else is copied as it lies there: compressed bytes, order, times, flags,
        extra fields, the comment.
        """
        pieces: list[bytes | memoryview] = []
        whole = memoryview(self.data)
        places: dict[str, tuple[int, bytes]] = {}
        length = 0
        for entry, end in self._by_position():
            if entry.name in removed:
                continue
            if entry.name in changed:
                piece, central = self._repack(entry, changed[entry.name])
                pieces.append(piece)
                places[entry.name] = (length, central)
                length += len(piece)
            else:
                pieces.append(whole[entry.start : end])
                places[entry.name] = (length, entry.central)
                length += end - entry.start
        for member, content in added.items():
            piece, central = _new_member(member, content)
            places[member] = (length, central)
            pieces.append(piece)
            length += len(piece)
        directory = b"".join(
            central[:42] + struct.pack("<L", start) + central[46:]
            for start, central in (
                places[name] for name in [*self._by_name, *added] if name in places
            )
        )
        return b"".join([*pieces, directory, self._new_end(len(places), len(directory), length)])

    def _find_end(self) -> _End:
        position = self.data.rfind(_END_MAGIC, max(0, len(self.data) - 65_557))
        if position < 0 or position + _END.size > len(self.data):
            raise foreign_content(self.data, self.name)
        _, disk, first_disk, _, count, size, directory, _ = _END.unpack_from(self.data, position)
        if disk or first_disk:
            raise damaged(self.name, "split")
        zip64 = self.data[max(0, position - 20) : position].startswith(_ZIP64_LOCATOR)
        if zip64 or count == 0xFFFF or directory == 0xFFFFFFFF:
            raise damaged(self.name, "zip64")
        if directory + size != position:
            raise damaged(self.name, "truncated")
        return _End(position, count, directory, size)

    def _read_directory(self) -> tuple[Entry, ...]:
        if self._end.count > self.limits.entries:
            raise unsafe(self.name, "entries", count=self.limits.entries)
        entries, position = [], self._end.directory
        for _ in range(self._end.count):
            entry, position = self._read_entry(position)
            entries.append(entry)
        if position != self._end.position:
            raise damaged(self.name, "truncated")
        return tuple(entries)

    def _read_entry(self, position: int) -> tuple[Entry, int]:
        try:
            magic, flags, method, crc, packed, size, named, extra, comment, start = (
                _CENTRAL_READ.unpack_from(self.data, position)
            )
        except struct.error as error:
            raise damaged(self.name, "truncated") from error
        end = position + _CENTRAL.size + named + extra + comment
        if magic != _CENTRAL_MAGIC or end > self._end.position:
            raise damaged(self.name, "truncated")
        if 0xFFFFFFFF in (packed, size, start):
            raise damaged(self.name, "zip64")
        central = self.data[position:end]
        raw_name = central[_CENTRAL.size : _CENTRAL.size + named]
        if raw_name.isascii():
            name = raw_name.decode("ascii")
        else:
            name = _decoded(raw_name, flags, central[_CENTRAL.size + named :])
        begin = self._data_start(start, raw_name)
        name = name.replace("\\", "/")
        return Entry(name, flags, method, crc, packed, size, start, begin, central), end

    def _data_start(self, start: int, raw_name: bytes) -> int:
        try:
            magic, named, extra = _LOCAL_READ.unpack_from(self.data, start)
        except struct.error as error:
            raise damaged(self.name, "truncated") from error
        begin = start + _LOCAL.size
        end = begin + int(named)
        if magic != _LOCAL_MAGIC or self.data[begin:end] != raw_name:
            raise damaged(self.name, "truncated")
        return end + int(extra)

    def _check_entries(self) -> None:
        names = [entry.name for entry in self.entries]
        if _may_escape("\n".join(["", *names])) and any(map(_escapes, names)):
            raise unsafe(self.name, "escaping")
        lower = Counter(name.lower() for name in names)
        if len(lower) < len(names):
            twice = next(name for name in reversed(names) if lower[name.lower()] > 1)
            raise damaged(self.name, "duplicate", part=twice)
        if any(entry.flags & _ENCRYPTED_FLAG for entry in self.entries):
            raise refusal("F03", name=self.name)
        sizes = [entry.size for entry in self.entries]
        if max(sizes, default=0) > min(self.limits.part, self.limits.ratio_grace):
            for entry in self.entries:
                self._check_size(entry, entry.size)
        if sum(sizes) > self.limits.expanded:
            raise unsafe(self.name, "expanded", size=self.limits.expanded >> 20)
        for entry, end in self._by_position():
            if entry.data + entry.packed > end:  # members that overlap multiply what they hold
                raise damaged(self.name, "truncated")

    def _by_position(self) -> Iterable[tuple[Entry, int]]:
        """Yield the members as they lie in the file, each with the place where it ends."""
        ordered = sorted(self.entries, key=lambda entry: entry.start)
        ends = [*(entry.start for entry in ordered), self._end.directory][1:]
        return zip(ordered, ends, strict=True)

    def _check_size(self, entry: Entry, size: int) -> None:
        if size > self.limits.part:
            raise unsafe(self.name, "part", part=entry.name, size=self.limits.part >> 20)
        if size > max(self.limits.ratio_grace, self.limits.ratio * entry.packed):
            raise unsafe(self.name, "ratio", part=entry.name)

    def _expand(self, entry: Entry) -> bytes:
        packed = self.data[entry.data : entry.data + entry.packed]
        content = packed if entry.method == _STORED else self._inflate(entry, packed)
        self._check_size(entry, len(content))
        if len(content) > self._left:
            raise unsafe(self.name, "expanded", size=self.limits.expanded >> 20)
        if len(content) != entry.size or deflate.checksum(content) != entry.crc:
            raise damaged(self.name, "checksum", part=entry.name)
        return content

    def _inflate(self, entry: Entry, packed: bytes) -> bytes:
        if entry.method != _DEFLATED:
            raise damaged(self.name, "method", part=entry.name)
        ratio = max(self.limits.ratio_grace, self.limits.ratio * entry.packed)
        bound = min(self.limits.part, self._left, ratio)
        try:
            return deflate.expanded(packed, bound)
        except deflate.Broken as error:
            raise damaged(self.name, "checksum", part=entry.name) from error

    def _repack(self, entry: Entry, content: bytes) -> tuple[bytes, bytes]:
        """Return local record and central header of a member with new content."""
        packed = content if entry.method == _STORED else deflate.packed(content)
        crc = deflate.checksum(content)
        local = self.data[entry.start : entry.data]
        fields = list(_LOCAL.unpack_from(local))
        # Sizes stand in the header now, so there is no descriptor behind the data.
        fields[2] &= ~_DESCRIPTOR_FLAG
        fields[6:9] = crc, len(packed), len(content)
        name_end = _LOCAL.size + fields[9]
        extra = _without_zip64(local[name_end:])
        fields[10] = len(extra)
        record = _LOCAL.pack(*fields) + local[_LOCAL.size : name_end] + extra + packed
        header = list(_CENTRAL.unpack_from(entry.central))
        header[3] &= ~_DESCRIPTOR_FLAG
        header[7:10] = crc, len(packed), len(content)
        return record, _CENTRAL.pack(*header) + entry.central[_CENTRAL.size :]

    def _new_end(self, count: int, size: int, directory: int) -> bytes:
        end = list(_END.unpack_from(self.data, self._end.position))
        end[3:7] = count, count, size, directory
        return _END.pack(*end) + self.data[self._end.position + _END.size :]


def _new_member(member: str, content: bytes) -> tuple[bytes, bytes]:
    name, crc = member.encode(), deflate.checksum(content)
    method = _DEFLATED if len(content) > _TINY else _STORED
    packed = deflate.packed(content) if method else content
    flags = 0 if name.isascii() else _UTF8_FLAG
    common = (20, flags, method, 0, _FIRST_DOS_DATE, crc, len(packed), len(content), len(name))
    local = _LOCAL.pack(_LOCAL_MAGIC, *common, 0)
    central = _CENTRAL.pack(_CENTRAL_MAGIC, 20, *common, 0, 0, 0, 0, 0, 0)
    return local + name + packed, central + name


def _decoded(raw_name: bytes, flags: int, extra: bytes) -> str:
    """Return a name that is not ASCII; one without the UTF-8 flag is in what its system speaks.

    macOS writes UTF-8 and does not say so; a Chinese Windows writes GBK.
    """
    if flags & _UTF8_FLAG:
        return raw_name.decode("utf-8", "replace")
    if (told := _unicode_path(raw_name, extra)) is not None:
        return told
    for encoding in ("utf-8", "gb18030"):
        with contextlib.suppress(UnicodeDecodeError):
            name = raw_name.decode(encoding)
            if max(name) >= _FIRST_CJK:  # 模.xlsx in GBK is good UTF-8 as well: ģ.xlsx
                return name
    return raw_name.decode("cp437")


def _unicode_path(raw_name: bytes, extra: bytes) -> str | None:
    """Return the name that 7-Zip and WinRAR put beside the old one, if it belongs to that."""
    start, crc = struct.pack("<H", _UNICODE_PATH_EXTRA), struct.pack("<L", zlib.crc32(raw_name))
    position = 0
    while position + 4 <= len(extra):
        (length,) = struct.unpack_from("<H", extra, position + 2)
        field = extra[position + 4 : position + 4 + length]
        if extra.startswith(start, position) and field[1:5] == crc:
            return field[5:].decode("utf-8", "replace")
        position += 4 + length
    return None


def _may_escape(names: str) -> bool:
    """Return whether one of some names, each on a line, has what one that escapes must have."""
    return ".." in names or ":" in names or "\x00" in names or "\n/" in names


def _escapes(name: str) -> bool:
    unsafe_start = name.startswith("/") or _DRIVE.match(name) is not None
    return unsafe_start or "\x00" in name or ".." in name.split("/")


def _without_zip64(extra: bytes) -> bytes:
    """Return the extra fields of a member without the one that repeats its old sizes."""
    kept, position = b"", 0
    while position + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, position)
        end = position + 4 + length
        if kind != _ZIP64_EXTRA:
            kept += extra[position:end]
        position = end
    return kept + extra[position:]
