"""Stopped at any step, started again: everything ends as if it had not been stopped.

`XLFLOW_ALL_STEPS=1 python -m pytest tests/crash` tries every step with every kind of trouble, which
takes many minutes; every other run kills at each step of taking forms in, and tries the rest at
some.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ALL_STEPS = bool(os.environ.get("XLFLOW_ALL_STEPS"))
PROGRAM = Path(__file__).with_name("crash_points.py")
KILLED, REFUSED = 70, 71

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="each stop is a fork")


def tried(
    tmp_path: Path, kind: str, stride: int, offset: int = 1, *, scene: str = "forms"
) -> dict[str, Any]:
    stride = 1 if ALL_STEPS else stride
    done = subprocess.run(
        [sys.executable, str(PROGRAM), scene, kind, str(stride), str(offset), str(tmp_path)],
        capture_output=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def differences(report: dict[str, Any], *, leaving_out: str = "") -> dict[str, Any]:
    wanted = report["wanted"]
    return {
        f"{number} {report['steps'][int(number) - 1]}": found
        for number, point in report["points"].items()
        if (
            found := {
                key: value
                for key, value in point["state"].items()
                if value != wanted[key] and key != leaving_out
            }
        )
    }


def test_the_undisturbed_run_is_what_is_wanted(tmp_path: Path) -> None:
    wanted = tried(tmp_path, "exit", stride=20)["wanted"]
    assert wanted["inbox"] == []
    assert wanted["temporary"] == []
    assert {arrival[0]: arrival[3] for arrival in wanted["arrivals"]} == {
        "a 自评表.xlsx": "returned",
        "c.xlsx": "quarantined",
        "d.xlsx": "returned",
        "二科/b.xlsx": "duplicate",
        "二科/扫描件.pdf": "attachment",
        "包.zip": "attachment",
        "包.zip/再.zip": "quarantined",
        "包.zip/改/a 自评表.xlsx": "returned",
        "包.zip/改/扫描件.pdf": "duplicate",
    }
    versions = {submission[0]: submission[2] for submission in wanted["submissions"]}
    assert [versions[name] for name in ("a 自评表.xlsx", "包.zip/改/a 自评表.xlsx", "d.xlsx")] == [
        1,
        2,
        3,
    ]
    assert len(wanted["submissions"]) == 5
    assert set(wanted["rights"].values()) == {"444"}
    assert sorted(Path(name).parent.name for name in wanted["outbox"]) == [
        "",
        "",
        "二科",
        "无法读取",
        "无法读取",
        "无法读取",
        "无法读取",
        "退回",
        "退回",
        "退回",
    ]


def test_killed_at_any_step_and_started_again(tmp_path: Path) -> None:
    report = tried(tmp_path, "exit", stride=1)
    assert {point["ended"] for point in report["points"].values()} == {KILLED}
    assert {point["again"] for point in report["points"].values()} == {0}
    assert len(report["points"]) == len(report["steps"])
    assert differences(report) == {}


def test_killed_again_while_it_makes_up_for_the_first_time(tmp_path: Path) -> None:
    report = tried(tmp_path, "twice", stride=9, offset=2)
    assert {point["again"] for point in report["points"].values()} == {0}
    assert differences(report) == {}


def test_a_full_disk_ends_in_a_sentence_and_the_next_run_makes_up_for_it(tmp_path: Path) -> None:
    report = tried(tmp_path, "full", stride=9)
    assert {point["ended"] for point in report["points"].values()} == {REFUSED}
    assert {point["again"] for point in report["points"].values()} == {0}
    assert differences(report) == {}


def test_a_right_that_is_missing_once_is_made_up_for(tmp_path: Path) -> None:
    """Where the original can not be made read-only, it stays as it is; all else ends right.

    A file that could not be taken out of the inbox comes after the others, and so counts as later.
    """
    report = tried(tmp_path, "right", stride=9, offset=3)
    assert {point["ended"] for point in report["points"].values()} <= {0, REFUSED}
    assert {point["again"] for point in report["points"].values()} == {0}
    waited = {n for n in report["points"] if report["steps"][int(n) - 1].startswith("unlink")}
    late = [report["points"].pop(number)["state"] for number in waited]
    assert all(state["inbox"] == [] for state in late)
    assert all(len(state["arrivals"]) == len(report["wanted"]["arrivals"]) for state in late)
    assert differences(report, leaving_out="rights") == {}


def test_the_undisturbed_decisions_are_what_is_wanted(tmp_path: Path) -> None:
    wanted = tried(tmp_path, "exit", stride=100, scene="decisions")["wanted"]
    assert wanted["inbox"] == wanted["temporary"] == wanted["stale"] == []
    assert [arrival[3] for arrival in wanted["arrivals"]] == ["accepted", "returned", "accepted"]
    assert sorted(Path(name).parent.name for name in wanted["outbox"]) == [
        "",
        "",
        "处理单",
        "退回",
        "通过",
    ]
    assert [decision[2] for decision in wanted["decisions"]] == [True] * 6


@pytest.mark.parametrize(("kind", "stride"), [("exit", 6), ("twice", 12), ("full", 12)])
def test_decisions_take_effect_once_and_wholly_wherever_they_are_stopped(
    tmp_path: Path, kind: str, stride: int
) -> None:
    report = tried(tmp_path, kind, stride, scene="decisions")
    assert {point["again"] for point in report["points"].values()} == {0}
    assert differences(report) == {}


def test_the_undisturbed_rescoring_is_what_is_wanted(tmp_path: Path) -> None:
    wanted = tried(tmp_path, "exit", stride=100, scene="rescored")["wanted"]
    assert wanted["inbox"] == wanted["temporary"] == wanted["stale"] == []
    assert [submission[6] for submission in wanted["submissions"]] == ["98.19", "98.19"]
    assert [[each[1] for each in old] for _, old in wanted["earlier"]] == [["99.10"], ["99.10"]]
    assert len([name for name in wanted["outbox"] if name.startswith("退回/")]) == 2


@pytest.mark.parametrize("scene", ["waived", "rescored"])
@pytest.mark.parametrize(("kind", "stride"), [("exit", 6), ("twice", 12), ("full", 12)])
def test_waiving_and_rescoring_end_the_same_wherever_they_are_stopped(
    tmp_path: Path, scene: str, kind: str, stride: int
) -> None:
    report = tried(tmp_path, kind, stride, scene=scene)
    assert {point["again"] for point in report["points"].values()} == {0}
    assert differences(report) == {}
