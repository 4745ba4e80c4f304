import shutil
import sys
import tomllib
from pathlib import Path

import pytest

from xlflow.config import Settings, create_workspace, load_settings, open_workspace
from xlflow.errors import DefinitionError, EnvironmentFailed, UsageError


def settings(folder: Path, written: str | bytes, environ: dict[str, str] | None = None) -> Settings:
    path = folder / "xlflow.toml"
    path.write_bytes(written if isinstance(written, bytes) else written.encode())
    return load_settings(path, environ or {})


def test_without_a_word_the_defaults_hold(tmp_path: Path) -> None:
    found = settings(tmp_path, "")
    assert found == Settings(origin=found.origin)
    assert set(found.origin.values()) == {"default"}


def test_each_value_has_its_origin(tmp_path: Path) -> None:
    found = settings(
        tmp_path, 'year = 2025\nround = "1-6月"', {"XLFLOW_YEAR": "2026", "XLFLOW_TITLE": "汇总"}
    )
    assert (found.year, found.round, found.title) == (2026, "1-6月", "汇总")
    assert found.origin["year"] == "XLFLOW_YEAR"
    assert found.origin["round"] == "xlflow.toml"
    assert found.origin["deadline"] == "default"


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    assert settings(tmp_path, "\ufeffyear = 2025").year == 2025


@pytest.mark.parametrize(
    ("written", "zh", "en"),
    [
        ("profil = 'a'", "是否想写 profile？", "Did you mean profile?"),
        ("zzz = 1", "可用的有：title, profile", "Known are: title, profile"),
        ("[year]", "应为整数", "a whole number is expected"),
        ("year = '2025'", "应为整数", "a whole number is expected"),
        ("year = true", "应为整数", "a whole number is expected"),
        ("profile = 2020", "应为加引号的文字", "a text in quotes is expected"),
        ("year = ", "不是正确的 TOML", "not valid TOML"),
        ("year = 2025\nbureau = 某区财政局", "第 2 行写得不对", "at line 2"),
        ("bureau = “某区财政局”", "文字要用英文双引号括起来", "straight double quotes"),
        ("year = 2025\nyear = 2025", "同一项不写两次", "none twice"),
        ('bureau = "某区财政局', "末尾写得不对", "at its end"),
        ("scan_seconds = 0", "至少为 1", "1 at least"),
        ("settle_seconds = -5", "至少为 1", "1 at least"),
        ("year = -1", "至少为 0 的整数", "0 at least"),
        ("title = '汇总'".encode("gb18030"), "不是 UTF-8", "not in UTF-8"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, written: str | bytes, zh: str, en: str) -> None:
    with pytest.raises(DefinitionError) as wrong:
        settings(tmp_path, written)
    assert zh in wrong.value.zh
    assert en in wrong.value.en
    assert "xlflow.toml" in wrong.value.zh


@pytest.mark.parametrize("value", ["x", "", "²", "1.5", "-3"])
def test_a_wrong_variable_is_named(tmp_path: Path, value: str) -> None:
    with pytest.raises(DefinitionError, match="XLFLOW_YEAR"):
        settings(tmp_path, "", {"XLFLOW_YEAR": value})


def test_a_folder_without_settings_is_no_workspace(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="xlflow init"):
        open_workspace(tmp_path / "nix")
    (tmp_path / "xlflow.toml").mkdir()
    with pytest.raises(UsageError, match="xlflow init"):
        open_workspace(tmp_path)


def test_a_new_workspace_explains_every_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XLFLOW_LANG", "zh")
    made = create_workspace(tmp_path / "a", {"title": 'A "b"\\汇总', "year": 2025})
    assert (made.settings.title, made.settings.year) == ('A "b"\\汇总', 2025)
    lines = (made.root / "xlflow.toml").read_text(encoding="utf-8").splitlines()
    # With the # taken away every line is a setting with its default.
    plain = [line.removeprefix("# ") for line in lines if " = " in line]
    assert set(tomllib.loads("\n".join(plain))) == set(Settings.__slots__) - {"origin"}
    for folder in (made.inbox, made.outbox, made.handout, made.root / "schemas" / "profiles"):
        assert folder.is_dir()
    assert (made.root / "workbook_templates" / "overall_self_evaluation.xlsx").is_file()


def test_a_workspace_is_completed_and_nothing_of_it_changed(tmp_path: Path) -> None:
    made = create_workspace(tmp_path)
    (tmp_path / "xlflow.toml").write_text("year = 2020", encoding="utf-8")
    profile = tmp_path / "schemas" / "profiles" / "henan-2022.toml"
    profile.write_text("mine", encoding="utf-8")
    shutil.rmtree(made.inbox)
    assert create_workspace(tmp_path).settings.year == 2020
    assert profile.read_text(encoding="utf-8") == "mine"
    assert made.inbox.is_dir()


def test_a_workspace_where_a_file_stands_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(EnvironmentFailed):
        create_workspace(tmp_path / "a" / "b")


@pytest.mark.parametrize("name", ["100% #1 ?a&b=c", "数据"])
def test_the_ledger_stands_in_the_workspace_whatever_that_is_called(
    tmp_path: Path, name: str
) -> None:
    if sys.platform == "win32" and "?" in name:
        name = name.replace("?", "")
    made = create_workspace(tmp_path / name)
    from xlflow.pipeline import run

    run(made)
    assert (made.state / "ledger.sqlite").is_file()
    assert sorted(path.name for path in tmp_path.iterdir()) == [name]


def test_a_ledger_of_one_s_own_is_meant_from_the_workspace(tmp_path: Path) -> None:
    create_workspace(tmp_path / "a")
    (tmp_path / "a" / "xlflow.toml").write_text('ledger = "data/l.sqlite"', encoding="utf-8")
    assert open_workspace(tmp_path / "a").ledger == (tmp_path / "a" / "data" / "l.sqlite").resolve()
    (tmp_path / "a" / "xlflow.toml").write_text('ledger = "x://h/d"', encoding="utf-8")
    assert open_workspace(tmp_path / "a").ledger == "x://h/d"
