"""Both engines decide the same in this process and in one of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog_platform.errors import ToolError
from catalog_platform.policy import assembly as assemblies
from catalog_platform.policy import engine_process, engines
from catalog_platform.policy.assembly import StackTemplate
from support import templates
from support.templates import QUEUE, python_policy


@pytest.fixture
def checks(tmp_path: Path) -> Path:
    broken = python_policy(id="OUR_2", body="raise RuntimeError('bug')")
    made = templates.policies(tmp_path / "policies", a_py=python_policy(), b_py=broken)
    return made / "checks"


@pytest.fixture
def assembly(tmp_path: Path) -> Path:
    wrong = {**QUEUE, "Metadata": {"checkov": {"skip": [{"id": "CKV_AWS_1"}]}}}
    return templates.assembly(tmp_path / "out", dev={"Queue": QUEUE}, prod={"A": QUEUE, "B": wrong})


def stacks(assembly: Path) -> list[StackTemplate]:
    return assemblies.read(assembly, ["dev", "prod"])[0]


def test_verdicts_problems_and_rules_are_equal_in_both(assembly: Path, checks: Path) -> None:
    here = engines.run(assembly, stacks(assembly), checks)
    with engine_process.started() as run:
        for _ in range(2):
            assert run(assembly, stacks(assembly), checks) == here
    rules = {each.rule for scans in here.scans.values() for scan in scans for each in scan.problems}
    assert rules == {"scan-policy", "scan-skip"}
    assert {"OUR_1", "OUR_2", "CKV_AWS_27"} <= here.policies < here.rules


def test_a_process_that_ends_is_an_error_and_no_clean_scan(assembly: Path, checks: Path) -> None:
    ending = "import os; os._exit(1)  # "
    (checks / "c.py").write_text(ending)
    with engine_process.started() as run, pytest.raises(ToolError, match="ended without"):
        run(assembly, stacks(assembly), checks)
