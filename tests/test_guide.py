"""The guide for clerks says what is so: commands, settings, messages, pictures."""

import importlib.util
import re
import shlex
from pathlib import Path
from types import ModuleType

import click
import pytest

from xlflow.cli.app import program
from xlflow.issuing import macro_source
from xlflow.server.uploads import LARGEST

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "docs" / "guide.zh-CN.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.+?)\n```", GUIDE, re.DOTALL)
IN_TEXT = re.findall(r"`([^`\n]+)`", re.sub(r"```.+?```", "", GUIDE, flags=re.DOTALL))
LINES = [line for block in BLOCKS for line in block.splitlines()]
COMMANDS = [each for each in (*LINES, *IN_TEXT) if each.startswith("xlflow ")]
NAMES = [each for each in IN_TEXT if not each.startswith("xlflow ")]
QUOTED = re.findall(r"「(.+?)」", GUIDE) + re.findall(r"^\s*> (.+)$", GUIDE, re.MULTILINE)
PICTURES = re.findall(r"\(pictures/([^)]+)\.png\)", GUIDE)
SETTINGS = ["server", "token", "folder", "command", "xlwings"]


@pytest.fixture(scope="module")
def code() -> str:
    """Return all that the program is made of, messages and the macro too."""
    kinds = {".py", ".toml", ".js", ".html", ".bas", ".json"}
    found = (path for path in sorted((ROOT / "xlflow").rglob("*")) if path.suffix in kinds)
    return "\n".join(path.read_text(encoding="utf-8") for path in found)


def pictures() -> ModuleType:
    path = ROOT / "docs" / "make_pictures.py"
    spec = importlib.util.spec_from_file_location("make_pictures", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_can_be_given_so(line: str) -> None:
    _, name, *words = shlex.split(line)
    command = program.commands[name]
    with click.Context(program) as parent:
        command.make_context(name, words, parent=parent)


def test_what_is_installed_is_what_the_package_offers() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    installed = [line for line in LINES if " -m pip install " in line]
    assert set(LINES) == set(installed) | {line for line in COMMANDS if line in LINES}
    for extra in re.findall(r"xlflow\[(\w+)\]", GUIDE):
        assert re.search(rf"^{extra} = \[", project, re.MULTILINE), extra


@pytest.mark.parametrize("name", sorted(set(NAMES)))
def test_a_name_stands_in_the_code(name: str, code: str) -> None:
    if name.startswith("docs/"):
        assert (ROOT / name).is_file()
    elif name.startswith("HKEY_CURRENT_USER"):
        assert name in macro_source()
    elif name.startswith(".scored"):
        assert '.scored{served.suffix}"' in code
        assert f'"{name.removeprefix(".scored")}"' in code
    elif name == "install":
        assert "xlflow desk install" in GUIDE
    else:
        assert name in code


@pytest.mark.parametrize("name", SETTINGS)
def test_the_macro_reads_the_settings_the_guide_names(name: str) -> None:
    assert f"`{name}`" in GUIDE
    assert f'Setting("{name}")' in macro_source()


@pytest.mark.parametrize("words", QUOTED)
def test_a_message_is_one_of_the_program_s(words: str, code: str) -> None:
    said = re.sub(r"\{\w+\}", "…", code)
    said = re.sub(r'" & [\w.]+ & "', "…", said)
    if words.startswith("核对结论：退回修改"):
        assert 'returned = { zh = "退回修改"' in code
        words = words.replace("退回修改", "…")
    assert words in said


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_there_and_can_be_made_anew(name: str) -> None:
    assert (ROOT / "docs" / "pictures" / f"{name}.png").read_bytes()[:4] == b"\x89PNG"
    assert name in pictures().MAKERS


def test_numbers_are_those_of_the_program() -> None:
    (port,) = (each for each in program.commands["serve"].params if each.name == "port")
    assert f"默认 `{port.default}`" in GUIDE
    assert f"文件不要超过 {LARGEST >> 20} MB" in GUIDE


def test_the_macro_names_the_guide_by_its_title() -> None:
    assert f"《{GUIDE.splitlines()[0].removeprefix('# ')}》" in macro_source()


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md", "docs/button.md"])
def test_the_guide_is_found(page: str) -> None:
    assert "guide.zh-CN.md)" in (ROOT / page).read_text(encoding="utf-8")
