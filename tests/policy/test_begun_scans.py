"""Scans that begin before their result is needed."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from catalog_platform.errors import ToolError
from catalog_platform.policy import assembly as assemblies
from catalog_platform.policy.assembly import StackTemplate
from catalog_platform.policy.begun_scans import BegunScans
from catalog_platform.policy.engines import EngineRun
from support import templates
from support.templates import QUEUE

SECONDS = 30


class Engine:
    """An engine that waits until it may answer, and counts its runs."""

    def __init__(self, error: ToolError | None = None) -> None:
        self.at_work, self.may_answer = threading.Event(), threading.Event()
        self.runs: list[list[str]] = []
        self._error = error

    def __call__(self, assembly: Path, stacks: Sequence[StackTemplate], checks: Path) -> EngineRun:
        assert checks == assembly / "checks"
        self.runs.append([each.environment for each in stacks])
        self.at_work.set()
        assert self.may_answer.wait(SECONDS)
        if self._error is not None:
            raise self._error
        return EngineRun({}, [], frozenset({"OUR_1"}), frozenset())


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return templates.assembly(tmp_path / "out", dev={"Queue": QUEUE}, prod={"Queue": QUEUE})


def result(scans: BegunScans, out: Path) -> EngineRun:
    stacks, _ = assemblies.read(out, ["dev"])
    return scans(out, stacks, out / "checks")


def test_a_scan_runs_before_its_result_is_asked_for_and_only_once(out: Path) -> None:
    engine = Engine()
    scans = BegunScans(engine)
    scans.begin(out, ["dev"], out / "checks")
    assert engine.at_work.wait(SECONDS)
    assert not scans.is_complete
    engine.may_answer.set()
    assert result(scans, out).rules == {"OUR_1"}
    assert scans.is_complete
    scans.close()
    assert engine.runs == [["dev"]]


def test_what_was_not_begun_is_scanned_when_it_is_asked_for(out: Path) -> None:
    engine = Engine()
    engine.may_answer.set()
    scans = BegunScans(engine)
    assert result(scans, out).rules == {"OUR_1"}
    assert engine.runs == [["dev"]]
    scans.close()


def test_an_error_is_raised_where_the_result_is_asked_for(out: Path) -> None:
    engine = Engine(ToolError("ended", returncode=None, tail=""))
    engine.may_answer.set()
    scans = BegunScans(engine)
    scans.begin(out, ["dev"], out / "checks")
    with pytest.raises(ToolError, match="ended"):
        result(scans, out)
    assert not scans.is_complete
    scans.close()
