import re
import subprocess
import sys

import pytest
from command_line import xlflow

COMMANDS = [
    (),
    ("demo",),
    ("init",),
    ("issue",),
    ("check",),
    ("score",),
    ("strip",),
    ("run",),
    ("watch",),
    ("waive",),
    ("rescore",),
    ("consolidate",),
    ("report",),
    ("status",),
    ("remind",),
    ("target",),
    ("form",),
    ("form", "check"),
    ("form", "build"),
    ("profile",),
    ("profile", "show"),
    ("profile", "check"),
    ("profile", "explain"),
    ("serve",),
    ("desk",),
    ("doctor",),
]
# What stays as it is in any language: names of commands, options, files, values.
NAMES = re.compile(
    r"--?[a-z][\w-]*|\b(xlflow|Excel|JSON|Ctrl-C|overall_self_evaluation|handout|outbox|scored|stripped"
    r"|xlsx|xlsm|http|docx|csv|install|workbook_templates|python|TEXTS|Word|OA"
    r"|missing|returned|accepted|late|overdue)\b"
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_help_page_in_chinese_is_chinese(command: tuple[str, ...]) -> None:
    page = xlflow(*command, "--help", lang="zh")
    assert (page.code, page.err) == (0, "")
    assert page.out.startswith("用法: ")
    assert "选项:" in page.out
    names = [name for part in COMMANDS for name in part]
    left = re.sub(rf"(?m)^  ({'|'.join(names)})  ", "", page.out)
    left = NAMES.sub("", left.replace(f"-m xlflow {' '.join(command)}", ""))
    assert re.findall(r"[A-Za-z]{2,}", left) == []


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_help_page_in_english_is_english(command: tuple[str, ...]) -> None:
    page = xlflow(*command, "--help", lang="en")
    assert (page.code, page.err) == (0, "")
    assert page.out.startswith("Usage: ")
    assert "Show this message and exit." in page.out
    left = re.sub(r"评分|汇总|1-6月|20万本", "", page.out)
    assert re.findall(r"[\u4e00-\u9fff]+", left) == []


def test_every_command_stands_on_the_first_page() -> None:
    page = xlflow("--help", lang="en").out
    for name in {command[0] for command in COMMANDS if command}:
        assert re.search(rf"(?m)^  {name}  ", page)


def test_without_a_command_the_page_is_shown_and_the_usage_is_wrong() -> None:
    for command in ((), ("form",)):
        page = xlflow(*command)
        assert page.code == 2
        assert page.out.startswith("用法: ")


def test_help_loads_no_library_but_that_of_the_command_line() -> None:
    """How long it takes beside Python itself is for benchmarks/start.py."""
    loaded = loaded_by("-m", "xlflow", "--help") - loaded_by("-c", "")
    tops = {name.partition(".")[0] for name in loaded}
    assert tops - sys.stdlib_module_names == {"xlflow", "click"}
    assert "concurrent.futures.process" not in loaded


def loaded_by(*arguments: str) -> set[str]:
    command = [sys.executable, "-X", "importtime", *arguments]
    done = subprocess.run(command, capture_output=True, check=True, encoding="utf-8")
    return {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}


@pytest.mark.parametrize(
    ("arguments", "zh", "en"),
    [
        (["nix"], "没有命令 nix。", "There is no command nix."),
        (["statsu"], "是否想用 status？", "Did you mean status?"),
        (["profile", "shw"], "是否想用 show？", "Did you mean show?"),
        (["run", "--nix"], "没有选项 --nix", "There is no option --nix"),
        (["check"], "缺少 文件", "FILES is missing"),
        (["score"], "缺少 文件", "FILE is missing"),
        (["issue", "a.csv"], "缺少 --form", "--form is missing"),
        (["issue", "a.csv", "--form", "f"], "缺少 --year", "--year is missing"),
        (["issue", "a.csv", "--form", "f", "--year", "x"], "--year 应为整数", "whole number"),
        (["run", "--jobs", "0"], "不小于 1 的整数", "1 at least"),
        (["run", "--jobs"], "--jobs 后面要写内容", "--jobs needs a value"),
        (["status", "a"], "参数多了或少了", "too many or too few"),
        (["init", sys.executable], "应为文件夹", "takes a folder"),
        (["issue", ".", "--form", "f", "--year", "1"], "应为文件", "takes a file"),
    ],
)
def test_wrong_usage_is_one_sentence(arguments: list[str], zh: str, en: str) -> None:
    for lang, words in (("zh", zh), ("en", en)):
        ended = xlflow(*arguments, lang=lang)
        assert (ended.code, ended.out) == (2, "")
        assert words in ended.err
        assert "--help" in ended.err
        assert len(ended.err.splitlines()) == 1
