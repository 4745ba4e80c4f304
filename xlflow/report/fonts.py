"""A typeface on this machine that has the Chinese characters of a chart."""

import os
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from PIL import ImageFont

_FOLDERS = (
    Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts",
    Path(os.environ.get("LOCALAPPDATA", "C:/")) / "Microsoft/Windows/Fonts",
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path.home() / ".local/share/fonts",
    Path.home() / ".fonts",
    Path("/System/Library/Fonts"),
    Path("/Library/Fonts"),
)
# In the order of liking; the beginnings of file names, without spaces and in small letters.
_NAMES = (
    "notosanscjk-regular", "notosanscjksc-regular", "notosanssc-regular", "sourcehansanscn",
    "sourcehansanssc", "msyh.", "simhei", "deng.", "simsun", "simfang", "wqy-microhei",
    "wqy-zenhei", "fzheik", "pingfang", "stheiti", "droidsansfallback", "uming", "ukai",
)  # fmt: skip
_SUFFIXES = (".ttf", ".ttc", ".otf")
_MOST_FACES = 12


@cache
def chinese_font(folders: Sequence[Path] = _FOLDERS) -> tuple[Path, int] | None:
    """Return file and face of the typeface liked best, None when there is none.

    Of a collection for several countries the simplified Chinese face is taken.
    """
    files = [(_rank(path), path.as_posix(), path) for path in _files(folders)]
    for _, _, path in sorted(each for each in files if each[0] < len(_NAMES)):
        face = _face(path)
        if face is not None:
            return path, face
    return None


def _files(folders: Sequence[Path]) -> Iterator[Path]:
    for folder in folders:
        for parent, _, names in os.walk(folder):
            yield from (Path(parent) / name for name in names if name.lower().endswith(_SUFFIXES))


def _rank(path: Path) -> int:
    name = path.name.lower().replace(" ", "")
    return next((i for i, start in enumerate(_NAMES) if name.startswith(start)), len(_NAMES))


def _face(path: Path) -> int | None:
    """Return the face to take of a file: a simplified Chinese one, else the first."""
    first = None
    for index in range(_MOST_FACES if path.suffix.lower() == ".ttc" else 1):
        try:
            family = ImageFont.FreeTypeFont(path, 16, index).getname()[0] or ""
        except OSError:  # no such face, or no font at all
            break
        first = index if first is None else first
        if family.endswith(("SC", "CN")):
            return index
    return first
