"""Look-up of texts: `texts.toml` for sentences, `problems.toml` for the problem catalogue."""

import locale
import os
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal, NamedTuple

Language = Literal["zh", "en"]


class Text(NamedTuple):
    """One sentence in both languages."""

    zh: str
    en: str

    def in_language(self, lang: Language) -> str:
        """Return the sentence in the language asked for."""
        return self.zh if lang == "zh" else self.en


@cache
def _table(name: str) -> Mapping[str, Any]:
    return tomllib.loads(files("xlflow.messages").joinpath(name).read_text(encoding="utf-8"))


def text(key: str, /, **values: object) -> Text:
    """Return the sentence `key` of `texts.toml` with `values` filled in.

    Raises KeyError for an unknown key: a missing text is a fault of the program.

    >>> text("file.gone", name="a.xlsx").en
    'a.xlsx: no such file.'
    """
    entry = _entry(key)
    return Text(entry.zh.format_map(values), entry.en.format_map(values))


@cache
def _entry(key: str) -> Text:
    group, _, name = key.partition(".")
    return Text(**_table("texts.toml")[group][name])


def problem_texts() -> Mapping[str, Mapping[str, str]]:
    """Return the problem catalogue as written: code to severity and texts."""
    return _table("problems.toml")


def language(environ: Mapping[str, str] = os.environ) -> Language:
    """Return the reader's language: `XLFLOW_LANG`, else the locale; "en" when not Chinese.

    >>> language({"XLFLOW_LANG": "zh"}), language({"LANG": "C"})
    ('zh', 'en')
    """
    for variable in ("XLFLOW_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environ.get(variable):
            return "zh" if value.lower().startswith(("zh", "chinese")) else "en"
    system = locale.getlocale()[0] or ""  # Windows keeps the language here, not in the environment
    return "zh" if system.lower().startswith(("zh", "chinese")) else "en"
