"""The shared strings of a workbook."""

from xlflow.ooxml.escapes import decode
from xlflow.ooxml.expat import Stream
from xlflow.ooxml.limits import Limits
from xlflow.ooxml.refusals import unsafe


def read_strings(data: bytes, name: str, part: str, limits: Limits) -> tuple[str, ...]:
    """Return the shared strings in order: rich text joined, phonetic guides left out."""
    if len(data) > limits.strings_size:
        raise unsafe(name, "strings", count=limits.strings)
    stream = Stream(name, part, limits)
    strings: list[str] = []
    pieces: list[str] = []
    phonetic = False

    def item(_: dict[str, str]) -> None:
        pieces.clear()

    def text(_: dict[str, str]) -> None:
        stream.chunks.clear()

    def guide(_: dict[str, str]) -> None:
        nonlocal phonetic
        phonetic = True

    def end_guide() -> None:
        nonlocal phonetic
        phonetic = False

    def end_text() -> None:
        if not phonetic:
            pieces.append(stream.text())

    def end_item() -> None:
        strings.append(decode("".join(pieces)))
        if len(strings) > limits.strings:
            raise unsafe(name, "strings", count=limits.strings)

    stream.run(
        data,
        {"si": item, "t": text, "rPh": guide},
        {"si": end_item, "t": end_text, "rPh": end_guide},
    )
    return tuple(strings)
