"""xlflow: hand out Excel forms, take them back, check, score and add them up.

The names below are the public ones; the rest of the package is reached through them.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xlflow import ooxml
    from xlflow.errors import XlflowError
    from xlflow.pipeline import check, score
    from xlflow.review.result import Result
    from xlflow.values import Target, parse_target

__version__ = "0.1.0"
__all__ = ["Result", "Target", "XlflowError", "check", "ooxml", "parse_target", "score"]

_HOMES = {
    "Result": "xlflow.review",
    "Target": "xlflow.values",
    "XlflowError": "xlflow.errors",
    "check": "xlflow.pipeline",
    "parse_target": "xlflow.values",
    "score": "xlflow.pipeline",
}


def __getattr__(name: str) -> Any:
    """Return a public name, importing its room when it is first asked for."""
    if name == "ooxml":
        return import_module("xlflow.ooxml")
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
