"""Settings of a workspace, each with its origin, and where schemas and templates are found."""

import difflib
import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeGuard

from xlflow import files
from xlflow.errors import DefinitionError, UsageError
from xlflow.messages import Text, language, text
from xlflow.startup import start_scripts

SETTINGS_FILE = "xlflow.toml"
_LINE = re.compile(r"at line ([0-9]+)")
# The officer's own forms, which a new workspace holds, and the one place where one is obeyed.
DECISIONS_FILE = "处理单.xlsx"
DECISIONS_FOLDER = "处理单"
ROSTER_FILE = "名册.xlsx"
_OFFICERS_OWN = {DECISIONS_FILE: "officer_decisions.xlsx", ROSTER_FILE: "roster.xlsx"}
_INSTALLED = Path(__file__).parent / "_data"
_CHECKOUT = Path(__file__).parent.parent
# A pause of 0 would have the watcher run hot, and take files that are still being copied.
_LEAST = {"settle_seconds": 1, "scan_seconds": 1}


@dataclass(frozen=True, slots=True)
class Settings:
    """What a bureau sets for an exercise; `origin` tells where each value came from.

    Precedence: command line, then `XLFLOW_<NAME>` in the environment, then `xlflow.toml`,
    then the default. `bureau` signs the notices, `contact` stands in them. `ledger` is a database
    URL or the path of a SQLite file, empty for the one in `.xlflow/`. `handout_name` is the pattern
    of the file names of what is handed out, `send_to` where it is to be sent. `summary_layout` is a
    workbook of the bureau's own, by its path in the workspace. `passwords` are tried on workbooks
    that have one; in the environment they stand one a line.
    """

    title: str = "绩效自评汇总"
    profile: str = ""
    year: int = 0
    round: str = ""
    deadline: str = ""
    handout_name: str = "{unit}_{project}_{form}_{year}_{round}"
    send_to: str = ""
    summary_layout: str = ""
    bureau: str = ""
    contact: str = ""
    ledger: str = ""
    passwords: tuple[str, ...] = ()
    settle_seconds: int = 2
    scan_seconds: int = 30
    origin: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Workspace:
    """A folder in which an exercise lives, and its settings."""

    root: Path
    settings: Settings

    @property
    def inbox(self) -> Path:
        """Where returned files are dropped."""
        return self.root / "inbox"

    @property
    def outbox(self) -> Path:
        """Where scored files and the summary book appear."""
        return self.root / "outbox"

    @property
    def handout(self) -> Path:
        """Where issued workbooks are put."""
        return self.root / "handout"

    @property
    def state(self) -> Path:
        """The folder of the ledger and the originals."""
        return self.root / ".xlflow"

    @property
    def originals(self) -> Path:
        """Where every file that came in is kept under its content hash."""
        return self.state / "originals"

    @property
    def ledger(self) -> str | Path:
        """The database of the ledger: the path of a SQLite file, or a URL."""
        named = self.settings.ledger
        if "://" in named:
            return named
        return self.root / named if named else self.state / "ledger.sqlite"


def open_workspace(root: Path, environ: Mapping[str, str] = os.environ) -> Workspace:
    """Return the workspace in a folder.

    Raises UsageError when the folder has no `xlflow.toml`, DefinitionError when a setting is
    unknown or has the wrong type.
    """
    path = root / SETTINGS_FILE
    if not path.is_file():
        raise UsageError(*text("config.no_workspace", folder=root))
    return Workspace(root.resolve(), load_settings(path, environ))


def load_settings(path: Path, environ: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings of a file, overridden by the environment."""
    written = _read_toml(path)
    kinds = {item.name: type(item.default) for item in fields(Settings) if item.name != "origin"}
    values: dict[str, Any] = {}
    origin: dict[str, str] = dict.fromkeys(kinds, "default")
    here, environment = Text(path.name, path.name), text("config.environment")
    for key, value in written.items():
        if key not in kinds:
            raise DefinitionError(*_unknown(path.name, key, kinds))
        setting = tuple(value) if _is_texts(value) else value
        if type(setting) is not kinds[key]:
            raise _wrong(here, key, text(f"config.kind_{kinds[key].__name__}"))
        values[key], origin[key] = _checked(here, key, key, setting), path.name
    for key, kind in kinds.items():
        variable = f"XLFLOW_{key.upper()}"
        if variable in environ:
            value = _converted(environment, variable, environ[variable], kind)
            values[key], origin[key] = _checked(environment, key, variable, value), variable
    return Settings(**values, origin=origin)


def _is_texts(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(files.read_bytes(path).decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise DefinitionError(*text("config.not_utf8", name=path.name)) from error
    except tomllib.TOMLDecodeError as error:
        at = _LINE.search(str(error))
        where = text("config.at_line", line=at[1]) if at else text("config.at_end")
        raise DefinitionError(
            text("config.not_toml", name=path.name, where=where.zh, why=error).zh,
            text("config.not_toml", name=path.name, where=where.en, why=error).en,
        ) from error


def _converted(where: Text, variable: str, value: str, kind: type) -> object:
    if kind is tuple:
        return tuple(value.splitlines())
    try:
        return kind(value)
    except ValueError as error:
        raise _wrong(where, variable, text(f"config.kind_{kind.__name__}")) from error


def _checked(where: Text, key: str, shown: str, value: object) -> object:
    """Return a setting's value; raises DefinitionError below the least that makes sense."""
    least = _LEAST.get(key, 0)
    if isinstance(value, int) and value < least:
        raise _wrong(where, shown, text("config.at_least", least=least))
    return value


def _wrong(where: Text, key: str, wanted: Text) -> DefinitionError:
    return DefinitionError(
        text("config.wrong", name=where.zh, key=key, wanted=wanted.zh).zh,
        text("config.wrong", name=where.en, key=key, wanted=wanted.en).en,
    )


def _unknown(name: str, key: str, known: Mapping[str, object]) -> tuple[str, str]:
    near = difflib.get_close_matches(key, known, n=1)
    if near:
        return text("config.unknown_near", name=name, key=key, near=near[0])
    return text("config.unknown", name=name, key=key, known=", ".join(known))


def resource_dirs(kind: str, workspace: Path | None = None) -> tuple[Path, ...]:
    """Return the folders in which a kind of definition is looked up, nearest first.

    `kind` is `schemas`, `schemas/profiles` or `workbook_templates`. A workspace's own folder
    comes before what was installed with xlflow (in a wheel) or lies in the checkout.
    """
    roots = ([workspace] if workspace else []) + [_INSTALLED, _CHECKOUT]
    return tuple(folder for root in roots if (folder := root / kind).is_dir())


def find_resource(kind: str, name: str, workspace: Path | None = None) -> Path | None:
    """Return the nearest file of that name, None when there is none."""
    for folder in resource_dirs(kind, workspace):
        if (path := folder / name).is_file():
            return path
    return None


def create_workspace(root: Path, settings: Mapping[str, str | int] | None = None) -> Workspace:
    """Return a new workspace in a folder: settings, inbox, outbox, templates, start scripts.

    Files that are there already are left alone, so a workspace can be completed by it.
    """
    path = root / SETTINGS_FILE
    if not path.exists():
        files.write_bytes(path, _settings_text(settings or {}).encode())
    for folder in ("inbox", f"inbox/{DECISIONS_FOLDER}", "outbox", "handout"):
        files.make_dir(root / folder)
    for kind in ("schemas", "workbook_templates"):
        files.copy_tree(resource_dirs(kind)[0], root / kind)
    for name, template in _OFFICERS_OWN.items():
        form = find_resource("workbook_templates", template, root)
        if form and not (root / name).exists():
            files.copy(form, root / name)
    for script in start_scripts(root):
        if not (root / script.name).exists():
            files.write_bytes(root / script.name, script.content)
            if script.runnable:
                files.make_runnable(root / script.name)
    return open_workspace(root)


def _settings_text(settings: Mapping[str, str | int]) -> str:
    """Return the text of `xlflow.toml`: each setting with what it means, unset ones as comments."""
    reader = language()
    lines = [text("config.head").in_language(reader)]
    for item in fields(Settings):
        if item.name == "origin":
            continue
        value = settings.get(item.name)
        shown = json.dumps(item.default if value is None else value, ensure_ascii=False)
        lines += [f"\n# {text(f'config.about_{item.name}').in_language(reader)}"]
        lines += [f"{'# ' if value is None else ''}{item.name} = {shown}"]
    return "\n".join(lines) + "\n"
