"""Several processes decide the same as one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from catalog_platform.policy import assembly as assemblies
from catalog_platform.policy import engine_process, engines, parallel_engines
from catalog_platform.policy.parallel_engines import MOST_PROCESSES
from support import templates
from support.templates import QUEUE, python_policy


def test_many_stacks_are_scanned_in_several_processes_with_the_same_result(
    tmp_path: Path,
) -> None:
    logging = "import logging; logging.error(self.entity_path); return CheckResult.PASSED"
    policies = templates.policies(
        tmp_path / "policies",
        a_py=python_policy(),
        b_py=python_policy(id="OUR_2", body="raise RuntimeError('bug')"),
        c_py=python_policy(id="OUR_3", body=logging),
    )
    checks = policies / "checks"
    names = [f"env{number}" for number in range(MOST_PROCESSES + 3)]
    contents = {name: {"Queue": QUEUE, "Other": QUEUE} for name in names}
    assembly = templates.assembly(tmp_path / "out", **contents)
    several = assemblies.read(assembly, names)[0]
    here = engines.run(assembly, several, checks)
    with engine_process.started() as run:
        there = run(assembly, several, checks)
    assert there == here
    assert list(there.scans) == names
    assert len([each for each in there.problems if each.rule == "scan-log"]) >= 2 * len(names)


@pytest.mark.parametrize(("processors", "stacks"), [(1, 9), (8, 1), (8, 0)])
def test_one_processor_or_stack_needs_no_other_process(
    processors: int, stacks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[Any] = []
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: set(range(processors)))
    monkeypatch.setattr(engines, "run", lambda *arguments: calls.append(arguments))
    given: Any = ["stack"] * stacks
    parallel_engines.run(Path("assembly"), given, Path("checks"))
    assert calls == [(Path("assembly"), given, Path("checks"))]
