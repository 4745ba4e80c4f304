"""Taking the body of a request under limits: told early, counted while it comes."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from urllib.parse import unquote

from starlette.requests import ClientDisconnect

from xlflow.errors import UsageError
from xlflow.messages import text
from xlflow.ooxml.limits import DEFAULT

LARGEST = DEFAULT.file_size
_TOGETHER = 512 << 20  # bytes of all uploads that are under way
_SECONDS = 120  # for one upload
_LONGEST_NAME = 200


class Refused(UsageError):
    """Raised when an upload is not taken; `status` is that of HTTP."""

    def __init__(self, status: int, key: str, **words: object) -> None:
        super().__init__(*text(f"server.{key}", **words))
        self.status = status


class Room:
    """The memory that uploads may take, shared by all that are under way."""

    def __init__(self, size: int = _TOGETHER) -> None:
        self._left = size

    @contextmanager
    def hold(self, size: int) -> Iterator[None]:
        """Take so many bytes for as long as the block lasts; raises Refused when there are none."""
        if size > self._left:
            raise Refused(503, "busy")
        self._left -= size
        try:
            yield
        finally:
            self._left += size


def announced_size(header: str | None, largest: int = LARGEST) -> int:
    """Return how large a body is going to be, the largest allowed where it does not say.

    Raises Refused before a byte of it is read when it is too large, or nothing.
    """
    if header is None:
        return largest
    size = int(header) if header.isascii() and header.isdigit() else 0
    if size > largest:
        raise Refused(413, "too_large", size=largest >> 20)
    if size == 0:
        raise Refused(400, "nothing")
    return size


async def body_of(stream: AsyncIterator[bytes], largest: int) -> bytes:
    """Return what comes; raises Refused when it is more than it may be, nothing, or too slow."""
    pieces: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(_SECONDS):
            async for piece in stream:
                size += len(piece)
                if size > largest:
                    raise Refused(413, "too_large", size=largest >> 20)
                pieces.append(piece)
    except TimeoutError:
        raise Refused(408, "too_slow") from None
    except ClientDisconnect:  # nobody reads the answer, and it is no fault to be logged
        raise Refused(400, "nothing") from None
    if not size:
        raise Refused(400, "nothing")
    return b"".join(pieces)


def file_name(header: str | None) -> str:
    """Return the name a file goes by: the last part of what the client says, for messages only.

    >>> file_name("C%3A%5C%E8%A1%A8.xlsx"), file_name(None)
    ('表.xlsx', 'workbook.xlsx')
    """
    written = unquote(header or "").replace("\\", "/").rpartition("/")[2]
    name = "".join(letter for letter in written if letter.isprintable()).strip()
    return name[-_LONGEST_NAME:] or "workbook.xlsx"
