"""The documentation says what is so: commands, links, examples, both languages."""

import re
from pathlib import Path

import pytest

from xlflow.cli.app import program
from xlflow.forms.validator import DEMANDS
from xlflow.messages import problem_texts
from xlflow.review import CHECKS, CODES
from xlflow.scoring import profile_names

ROOT = Path(__file__).parents[1]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
COMMANDS = {"desk", "doctor", "serve",
    "demo", "init", "issue", "check", "score", "strip", "run", "watch", "consolidate", "status",
    "target", "form", "profile", "waive", "rescore", "report", "remind",
}  # fmt: skip
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_every_command_is_documented() -> None:
    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    assert set(program.commands) == COMMANDS
    for name, command in program.commands.items():
        assert re.search(rf"`{name}\b", text), name
        assert command.help


@pytest.mark.parametrize("page", READMES, ids=["English", "Chinese"])
def test_the_readmes_give_the_same_commands(page: Path) -> None:
    def commands(of: Path) -> list[str]:
        return re.findall(r"```sh\n(.+?)\n```", of.read_text(encoding="utf-8"))

    assert commands(page) == commands(READMES[0])
    assert commands(page)[0] == 'python -m pip install ".[report]" && python -m xlflow demo'


def test_ci_runs_the_test_command_of_the_readme() -> None:
    lines = READMES[0].read_text(encoding="utf-8").splitlines()
    marked = lines[lines.index("<!-- test-command -->") + 2]
    assert marked == 'python -m pip install ".[test]" && python -m pytest -n auto --dist loadfile'
    assert "<!-- test-command -->" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_every_shipped_profile_and_setting_key_is_documented() -> None:
    text = (ROOT / "docs" / "profiles.md").read_text(encoding="utf-8")
    for name in profile_names():
        assert f"`{name}`" in text, name


def test_every_demand_of_the_house_dialect_is_documented_and_has_a_sentence() -> None:
    text = (ROOT / "docs" / "forms.md").read_text(encoding="utf-8")
    assert set(CODES) == set(DEMANDS)
    for keyword, code in CODES.items():
        assert f"`{keyword}`" in text, keyword
        assert code in problem_texts()


@pytest.mark.parametrize("code", sorted(CHECKS))
def test_every_check_has_its_sentence_in_both_languages(code: str) -> None:
    class Anything(dict[str, str]):
        def __missing__(self, key: str) -> str:
            return f"<{key}>"

    entry = problem_texts()[code]
    for language in ("zh", "en"):
        assert entry[language].format_map(Anything())
        assert entry[f"do_{language}"].format_map(Anything())


def test_the_example_of_the_readme_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from xlflow.demo import returned_workbook

    (tmp_path / "returned.xlsx").write_bytes(returned_workbook())
    monkeypatch.chdir(tmp_path)
    (code,) = re.findall(r"```python\n(.+?)```", READMES[0].read_text(encoding="utf-8"), re.DOTALL)
    exec(compile(code, "README.md", "exec"), {})
