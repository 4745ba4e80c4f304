"""Where things stand in a TOML text: the line of each key, and the text without some tables."""

from collections.abc import Iterator, Mapping
from itertools import pairwise

Path = tuple[str | int, ...]

_QUOTES = ('"""', "'''", '"', "'")
_BLANK = " \t\r\n"


class _Scanner:
    """Reads a text that is known to be TOML, and notes on which line each key and value begins."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[Path, int] = {(): 1}
        self.headers: list[tuple[str, int]] = []
        self._counts: dict[Path, int] = {}

    def scan(self) -> None:
        table: Path = ()
        while self._skip():
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)

    def _line(self) -> int:
        return self.text.count("\n", 0, self.at) + 1

    def _skip(self, also: str = "") -> bool:
        """Pass over blanks and comments; return whether something follows."""
        while self.at < len(self.text):
            if self.text[self.at] == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            elif self.text[self.at] in _BLANK + also:
                self.at += 1
            else:
                return True
        return False

    def _header(self) -> Path:
        is_list = self.text.startswith("[[", self.at)
        line, start = self._line(), self.at
        self.at += 2 if is_list else 1
        keys = self._keys("]")
        self.at += 2 if is_list else 1
        self.headers.append((keys[0], start))
        path: Path = ()
        for key in keys[:-1]:
            path = self._last((*path, key))
        path = (*path, keys[-1])
        self.lines.setdefault(path, line)
        if is_list:
            self._counts[path] = self._counts.get(path, -1) + 1
            path = (*path, self._counts[path])
            self.lines[path] = line
        return path

    def _last(self, path: Path) -> Path:
        """Return the path of a table; of a list of tables the last one is meant."""
        return (*path, self._counts[path]) if path in self._counts else path

    def _pair(self, table: Path) -> None:
        line = self._line()
        path = table
        for key in self._keys("="):
            path = (*path, key)
            self.lines.setdefault(path, line)
        self.at += 1
        self._value(path)

    def _keys(self, end: str) -> list[str]:
        """Return the keys of a dotted name, up to but without the character that ends it."""
        keys = []
        while self._skip(".") and self.text[self.at] != end:
            if self.text[self.at] in "\"'":
                start = self.at + 1
                self._string()
                keys.append(self.text[start : self.at - 1])
                continue
            start = self.at
            while self.text[self.at] not in _BLANK + "." + end:
                self.at += 1
            keys.append(self.text[start : self.at])
        return keys

    def _value(self, path: Path) -> None:
        self._skip()
        self.lines[path] = self._line()
        opening = self.text[self.at]
        if opening in "\"'":
            self._string()
        elif opening == "[":
            self._items(path)
        elif opening == "{":
            self.at += 1
            while self._skip(",") and self.text[self.at] != "}":
                self._pair(path)
            self.at += 1
        else:
            while self.at < len(self.text) and self.text[self.at] not in ",]}#\n":
                self.at += 1

    def _items(self, path: Path) -> None:
        self.at += 1
        count = 0
        while self._skip(",") and self.text[self.at] != "]":
            self._value((*path, count))
            count += 1
        self.at += 1

    def _string(self) -> None:
        quote = next(each for each in _QUOTES if self.text.startswith(each, self.at))
        self.at += len(quote)
        while not self.text.startswith(quote, self.at):
            self.at += 2 if quote[0] == '"' and self.text[self.at] == "\\" else 1
        self.at += len(quote)
        while len(quote) == 3 and self.text[self.at : self.at + 1] == quote[0]:
            self.at += 1


def lines_of(text: str) -> Mapping[Path, int]:
    r"""Return the line of each key path of a TOML text, counted from 1; () is the whole text.

    >>> lines_of('a = 1\n[b]\nc = [\n  2,\n  {d = 3}]\n')[("b", "c", 1, "d")]
    5
    """
    scanner = _Scanner(text)
    scanner.scan()
    return scanner.lines


def line_of(lines: Mapping[Path, int], path: Path) -> int:
    """Return the line of a path, or of what it stands in where it stands nowhere itself."""
    return next(lines[path[:size]] for size in range(len(path), -1, -1) if path[:size] in lines)


def tables_of(text: str) -> Iterator[tuple[str, str]]:
    r"""Yield each table of a TOML text: the first word of its header, and its text.

    >>> list(tables_of('x = 1\n[a]\nb = 2\n[[c]]\n'))
    [('a', '[a]\nb = 2\n'), ('c', '[[c]]\n')]
    """
    scanner = _Scanner(text)
    scanner.scan()
    for (name, start), (_, end) in pairwise([*scanner.headers, ("", len(text))]):
        yield name, text[start:end]
