"""The demo exercise: a bureau's year, from the targets to the self-evaluations.

Twenty target forms of five units and a department's overall form go out and come back; the
accepted targets are handed out again in monitoring and self-evaluation forms of three projects.
On the way: a folder with a scan, a package of three forms, a form that is returned and comes
back mended, a file that comes twice, one that is damaged, and a unit that sends nothing and is
reminded.
"""

import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

from xlflow import files
from xlflow.config import Workspace, create_workspace
from xlflow.demo.seeds import Filled, examples, project_targets, scan, shangjie
from xlflow.errors import UsageError
from xlflow.forms import Form, load_form
from xlflow.issuing import fill, template_of
from xlflow.ledger import local_day
from xlflow.messages import text
from xlflow.pipeline import hand_out, remind, run
from xlflow.reporting import NotInstalled, write_report
from xlflow.review import Outcome
from xlflow.settling import Processed

Processeds = tuple[Processed, ...]
OnProgress = Callable[[Processed, int, int], None]

_DEFAULT_FOLDER = "xlflow-demo"
_SUMMARY = "汇总.xlsx"
_EXAMPLE = "summary_layout.xlsx"  # how a bureau draws its own summary
_LAYOUT = "项目支出绩效自评汇总表（模板）.xlsx"
_SELF_EVALUATION = "project_self_evaluation"
_ROUND = "1-6月"
_SILENT = "抵押办工作经费"  # the project of which nothing comes
_TIME_TO_SEND = timedelta(days=10)
_WITH_SCAN, _AS_PACKAGE = "039008", "039002"  # units that return their targets in another way
_ZIP_DATE = (2020, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Played:
    """What the demo did: the workspace, what became of each file, the summary book, the reports.

    There are no reports where the extra `report` is not installed.
    """

    workspace: Workspace
    processed: tuple[Processed, ...]
    summary: Path
    reports: tuple[Path, ...]


def play(
    folder: Path | None = None,
    on_progress: OnProgress | None = None,
    *,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Played:
    """Return the demo exercise, played in a new workspace.

    Without a folder a new one is made in the current folder. Raises UsageError when the folder
    named is not empty: nothing in it is touched.
    """
    settings: dict[str, str | int] = {
        "title": text("demo.title").zh,
        "profile": shangjie()["profile"],
        "summary_layout": _LAYOUT,
        "bureau": text("demo.bureau").zh,
        "deadline": (local_day(clock()) + _TIME_TO_SEND).isoformat(),
    }
    workspace = create_workspace(_fresh(folder), settings)
    files.copy(workspace.root / "workbook_templates" / _EXAMPLE, workspace.root / _LAYOUT)
    processed: tuple[Processed, ...] = ()
    for step in (_targets_and_department, _monitoring_and_self_evaluations, _once_more):
        step(workspace, processed)
        processed += run(workspace, on_progress=on_progress, clock=clock)
    remind(workspace, clock=clock)
    return Played(workspace, processed, workspace.outbox / _SUMMARY, _reports(workspace))


def returned_workbook(form: Form | None = None) -> bytes:
    """Return the workbook of the seed as the department returned it, every printed value typed."""
    seed = shangjie()
    form = form or load_form(seed["form"])
    return fill(template_of(form), form, seed["data"])


# -- the steps: what a bureau hands out and the units drop into the inbox --------------------------


def _targets_and_department(workspace: Workspace, _: Processeds) -> None:
    """Twenty target forms of 2020, and Shangjie's overall form of 2022."""
    targets, seed = project_targets(), shangjie()
    package: dict[str, bytes] = {}
    returned = _returned(workspace, "project_target", targets)
    for data, (name, workbook) in zip(targets, returned.items(), strict=True):
        in_folder = f"{data['unit']}/{name}"
        if data["unit_code"] == _AS_PACKAGE:
            package[in_folder] = workbook
        else:
            with_scan = data["unit_code"] == _WITH_SCAN
            _drop(workspace, {in_folder if with_scan else name: workbook})
            if with_scan:
                _drop(workspace, {f"{data['unit']}/盖章扫描件.pdf": scan()})
    _drop(workspace, {"不动产登记中心绩效目标.zip": _zipped(package)})
    _drop(workspace, _returned(workspace, seed["form"], [seed["data"]]))


def _monitoring_and_self_evaluations(workspace: Workspace, _: Processeds) -> None:
    """Three projects give account, made up; one file comes twice, one is damaged."""
    made_up = examples()
    _drop(workspace, _returned(workspace, "project_monitoring", made_up["monitoring"], _ROUND))
    silent = [each for each in project_targets() if each["project"] == _SILENT]
    returned = _returned(workspace, _SELF_EVALUATION, made_up["self_evaluations"], silent=silent)
    _drop(workspace, returned)
    name, workbook = next(iter(returned.items()))
    _drop(workspace, {f"{Path(name).stem}（最终版2）.xlsx": workbook})
    _drop(workspace, {"自评表（传输中断）.xlsx": workbook[: len(workbook) // 2]})


def _once_more(workspace: Workspace, processed: Processeds) -> None:
    """The scored copy of the form that was sent back, with the reason that was missing."""
    form = load_form(_SELF_EVALUATION, workspace.root)
    sent_back = next(
        each
        for each in processed
        if each.outcome is Outcome.RETURNED and each.results[0].form == form.name
    )
    copy = workspace.root / str(sent_back.output)
    (mended,) = examples()["resubmission"]
    name = f"{Path(sent_back.file).stem}（已补充原因）.xlsx"
    _drop(workspace, {name: fill(files.read_bytes(copy), form, mended)})


def _reports(workspace: Workspace) -> tuple[Path, ...]:
    """Return the reports of the department of 2022 and of all projects of 2020."""
    department = shangjie()["data"]
    try:
        of_department = write_report(
            workspace, unit=department["unit"], year=int(department["year"])
        )
    except NotInstalled:
        return ()
    of_projects = write_report(workspace, year=int(project_targets()[0]["year"]))
    return of_department.path, of_projects.path


def _returned(
    workspace: Workspace,
    form_name: str,
    forms: Sequence[Filled],
    exercise_round: str | None = None,
    *,
    silent: Sequence[Filled] = (),
) -> dict[str, bytes]:
    """Return workbooks handed out and filled in as the units did, by the names they went out as.

    Those of the `silent` are handed out and not filled in.
    """
    roster = workspace.root / "名册" / f"{form_name}.csv"
    _write_roster(roster, [*forms, *silent])
    year = int(forms[0]["year"])
    issued = hand_out(
        roster, form_name, year=year, exercise_round=exercise_round, folder=workspace.root
    )
    form = load_form(form_name, workspace.root)
    return {
        item.path.name: fill(files.read_bytes(item.path), form, data)
        for item, data in zip(issued[: len(forms)], forms, strict=True)
    }


def _write_roster(roster: Path, forms: Sequence[Filled]) -> None:
    keys = ("unit_code", "unit", "project")
    lines = ["单位编码,单位名称,项目名称", *(",".join(f.get(k, "") for k in keys) for f in forms)]
    files.make_dir(roster.parent)
    files.write_bytes(roster, "\r\n".join(lines).encode("utf-8-sig"))


def _drop(workspace: Workspace, contents: Mapping[str, bytes]) -> None:
    for name, content in contents.items():
        path = workspace.inbox / name
        files.make_dir(path.parent)
        files.write_bytes(path, content)


def _zipped(contents: Mapping[str, bytes]) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        for name, content in contents.items():
            package.writestr(zipfile.ZipInfo(name, _ZIP_DATE), content)
    return stream.getvalue()


def _fresh(folder: Path | None) -> Path:
    if folder is not None:
        if folder.exists() and any(folder.iterdir()):
            raise UsageError(*text("demo.not_empty", folder=folder))
        return folder
    number = 1
    candidate = Path(_DEFAULT_FOLDER)
    while candidate.exists():
        number += 1
        candidate = Path(f"{_DEFAULT_FOLDER}-{number}")
    return candidate
