"""Streaming XML: a small frame around expat that calls a method for each element of interest."""

from collections.abc import Callable, Mapping
from typing import Any
from xml.parsers import expat

from xlflow.ooxml.limits import Limits
from xlflow.ooxml.refusals import damaged, unsafe

Start = Callable[[dict[str, str]], None]
End = Callable[[], None]


class Stream:
    """One pass over a part. Elements are named without namespace; text is collected in `chunks`.

    Elements of other namespaces than the root's are passed over.
    """

    def __init__(self, name: str, part: str, limits: Limits) -> None:
        self._name, self._part, self._limits = name, part, limits
        self.chunks: list[str] = []
        self._depth = 0

    def run(self, data: bytes, starts: Mapping[str, Start], ends: Mapping[str, End]) -> None:
        """Parse a checked part; raises FileRefused when it is broken or nested too deeply."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.CharacterDataHandler = self.chunks.append
        known: dict[str, Start] = {}
        known_ends: dict[str, End] = {}

        def start(tag: str, attributes: dict[str, str]) -> None:
            self._depth += 1
            if self._depth > self._limits.depth:
                raise unsafe(self._name, "depth", part=self._part)
            if handler := known.get(tag):
                handler(attributes)

        def end(tag: str) -> None:
            self._depth -= 1
            if handler := known_ends.get(tag):
                handler()

        def root(tag: str, attributes: dict[str, str]) -> None:
            namespace = tag[: tag.rfind(" ") + 1]
            known.update({namespace + key: value for key, value in starts.items()})
            known_ends.update({namespace + key: value for key, value in ends.items()})
            parser.StartElementHandler = start
            start(tag, attributes)

        parser.StartElementHandler = root
        parser.EndElementHandler = end
        self._parse(parser, data)

    def _parse(self, parser: Any, data: bytes) -> None:
        try:
            parser.Parse(data, True)
        except expat.ExpatError as error:
            raise damaged(self._name, "bad_xml", part=self._part) from error

    def text(self) -> str:
        """Return the text collected since `chunks` was cleared."""
        return "".join(self.chunks)
