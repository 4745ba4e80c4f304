"""Both languages say the same, every text is used, and every text that is used is there."""

import ast
import re
import string
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import xlflow
from xlflow.config import resource_dirs
from xlflow.messages import language, text
from xlflow.problems import Severity, describe

PACKAGE = Path(xlflow.__file__).parent
CODE = re.compile(r"[A-Z]\d\d")


def toml(name: str) -> dict[str, Any]:
    return tomllib.loads((PACKAGE / "messages" / name).read_text(encoding="utf-8"))


TEXTS = {
    f"{group}.{name}": entry
    for group, entries in toml("texts.toml").items()
    for name, entry in entries.items()
}
PROBLEMS = toml("problems.toml")


@cache
def sources() -> dict[str, ast.Module]:
    return {
        path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in PACKAGE.rglob("*.py")
    }


def nodes() -> Iterator[tuple[str, ast.AST]]:
    for name, tree in sources().items():
        for node in ast.walk(tree):
            yield name, node


@cache
def words() -> frozenset[str]:
    """Return every string in the package and its schemas, and every word in one."""
    written = {
        node.value
        for _, node in nodes()
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    for schema in (*resource_dirs("schemas"), *resource_dirs("schemas/profiles")):
        written |= {path.read_text(encoding="utf-8") for path in schema.glob("*.json")}
    return frozenset(written | {word for words in written for word in re.findall(r"\w+", words)})


@cache
def said(*functions: str) -> tuple[tuple[str, str, bool], ...]:
    """Return what is asked of the catalogue: where, the key, and whether it is a whole one.

    A key that is put together is a pattern, with a group for what is put in.
    """
    found = []
    for name, node in nodes():
        if not isinstance(node, ast.Call):
            continue
        function = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
        for argument in node.args if function in functions else ():
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                found.append((name, argument.value, True))
            elif isinstance(argument, ast.JoinedStr):
                parts = (
                    re.escape(str(part.value)) if isinstance(part, ast.Constant) else "(.+)"
                    for part in argument.values
                )
                found.append((name, "".join(parts), False))
    return tuple(found)


TEXT_CALLS = ("text", "say", "failure")
PROBLEM_CALLS = ("problem", "refusal", "describe")


def placeholders(words: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(words) if field}


@pytest.mark.parametrize("key", TEXTS)
def test_a_text_is_there_in_both_languages_with_the_same_values(key: str) -> None:
    entry = TEXTS[key]
    assert set(entry) == {"zh", "en"}
    assert all(entry.values())
    assert placeholders(entry["zh"]) == placeholders(entry["en"])
    assert not re.search(
        r"[\u4e00-\u9fff]{4,}", re.sub(r"“.*?”|汇总.xlsx|单位名称", "", entry["en"])
    )


@pytest.mark.parametrize("code", PROBLEMS)
def test_a_problem_is_there_in_both_languages_with_the_same_values(code: str) -> None:
    entry = PROBLEMS[code]
    assert CODE.fullmatch(code)
    assert set(entry) == {"severity", "zh", "en", "do_zh", "do_en"}
    assert entry["severity"] in set(Severity)
    in_zh, in_en = placeholders(entry["zh"]), placeholders(entry["en"])
    # What differs by language has a value of its own, named alike.
    assert {name.removesuffix("_en") for name in in_en} == in_zh
    assert placeholders(entry["do_zh"]) == placeholders(entry["do_en"])
    said = describe(code, **dict.fromkeys(in_zh | in_en | placeholders(entry["do_zh"]), "x"))
    assert said.zh.endswith("。")
    assert said.en.endswith(".")


def test_what_is_said_is_there() -> None:
    asked = said(*TEXT_CALLS)
    assert len(asked) > 100
    missing = [
        (where, key)
        for where, key, whole in asked
        if (re.fullmatch(r"[a-z_]+\.\w+", key) and whole and key not in TEXTS)
        or (not whole and "\\." in key and not any(re.fullmatch(key, each) for each in TEXTS))
    ]
    assert missing == []


def test_problems_that_are_raised_are_there() -> None:
    asked = {(where, key) for where, key, whole in said(*PROBLEM_CALLS) if whole}
    raised = {(where, key) for where, key in asked if CODE.fullmatch(key)}
    assert raised
    assert {(where, key) for where, key in raised if key not in PROBLEMS} == set()


@pytest.mark.parametrize("key", TEXTS)
def test_a_text_that_is_there_is_said(key: str) -> None:
    families = {pattern for _, pattern, whole in said(*TEXT_CALLS) if not whole}
    matches = (re.fullmatch(pattern, key) for pattern in families)
    assert key in words() or any(found and set(found.groups()) <= words() for found in matches)


@pytest.mark.parametrize("code", PROBLEMS)
def test_a_problem_that_is_there_is_raised(code: str) -> None:
    assert code in words()


def test_an_unknown_text_is_a_fault_of_the_program() -> None:
    with pytest.raises(KeyError):
        text("file.nix")


@pytest.mark.parametrize(
    ("environ", "wanted"),
    [
        ({"XLFLOW_LANG": "zh", "LANG": "en_US.UTF-8"}, "zh"),
        ({"XLFLOW_LANG": "en", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"XLFLOW_LANG": "", "LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LANG": "zh_CN.GB18030"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
    ],
)
def test_the_reader_s_language(environ: dict[str, str], wanted: str) -> None:
    assert language(environ) == wanted


@pytest.mark.parametrize(
    ("system", "wanted"),
    [
        ("Chinese (Simplified)_China", "zh"),
        ("zh_CN", "zh"),
        ("English_United States", "en"),
        (None, "en"),
    ],
)
def test_the_language_of_windows(
    monkeypatch: pytest.MonkeyPatch, system: str | None, wanted: str
) -> None:
    monkeypatch.setattr("locale.getlocale", lambda: (system, "936"))
    assert language({}) == wanted
