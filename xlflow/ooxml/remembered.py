"""Answers about a part, kept for the next workbook: those of an exercise share many parts."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Concatenate, ParamSpec, TypeVar

_LARGEST = 1 << 16
_Others = ParamSpec("_Others")
_Answer = TypeVar("_Answer")
_Asked = Callable[Concatenate[bytes, _Others], _Answer]


def remembered(
    entries: int, largest: int = _LARGEST
) -> Callable[[_Asked[_Others, _Answer]], _Asked[_Others, _Answer]]:
    """Return what makes a pure function of a part's bytes keep so many of its last answers.

    About a part of more than `largest` bytes none is kept.

    >>> @remembered(2)
    ... def length(part: bytes) -> int:
    ...     print("counting")
    ...     return len(part)
    >>> length(b"<a/>") + length(b"<a/>")
    counting
    8
    """

    def around(function: _Asked[_Others, _Answer]) -> _Asked[_Others, _Answer]:
        known: _Asked[_Others, _Answer] = lru_cache(maxsize=entries)(function)

        @wraps(function)
        def answer(part: bytes, /, *args: _Others.args, **kwargs: _Others.kwargs) -> _Answer:
            if len(part) > largest:
                return function(part, *args, **kwargs)
            return known(part, *args, **kwargs)

        return answer

    return around
