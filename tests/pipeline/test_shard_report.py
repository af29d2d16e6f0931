"""The file of a shard has all of its plan and of its scan."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog_platform.errors import PlatformError
from catalog_platform.findings import Location
from catalog_platform.pipeline import shard_report
from catalog_platform.pipeline.shard import Shard
from catalog_platform.policy.results import (
    Cause,
    CheckCount,
    ScanBase,
    ScannedEnvironment,
    ScanResult,
)
from catalog_platform.policy.severity import PolicySeverity
from catalog_platform.workspace import Workspace
from support.manifests import a_finding
from support.plan_models import full_plan
from support.results import a_result, a_waiver


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    caused = a_result(
        causes=(Cause(kind="key", key="stream.shards", location=Location("a.yaml", 2, 3)),),
        source=Location("platform/a.py", 4),
        paths=("A", "B"),
        status="new",
    )
    scan = ScanResult(
        environments=(ScannedEnvironment(name="prod", tier="production", template="t.json"),),
        results=(caused, a_result(waiver=a_waiver(ticket="OPS-1"))),
        checks=(
            CheckCount(
                environment="prod",
                section="",
                policy="OUR_1",
                severity=PolicySeverity.INFO,
                passed=3,
            ),
        ),
        problems=(a_finding(hint="→ this"),),
        base=ScanBase(reference="main", commit="1" * 40),
        fixed=(a_result(),),
        known_policies=frozenset({"A", "B"}),
    )
    every = ["broken", "idle", "production"]
    shard_report.write(
        tmp_path,
        Workspace(tmp_path),
        Shard(2, 3),
        every,
        plan=full_plan(),
        scan=scan,
        base="1" * 40,
        policies_from_base=True,
    )
    found = shard_report.read(tmp_path)
    assert (found.shard, found.environments) == (Shard(2, 3), every)
    assert (found.plan, found.scan) == (full_plan(), scan)
    assert (found.commit, found.base, found.policies_from_base) == ("", "1" * 40, True)


def test_a_missing_report_has_the_command_that_writes_it(tmp_path: Path) -> None:
    with pytest.raises(PlatformError, match=r"shard\.json: No such file") as error:
        shard_report.read(tmp_path / "a")
    assert f"--shard NUMBER/COUNT --out {tmp_path / 'a'}" in error.value.hint


@pytest.mark.parametrize("text", ["", "{", "[]", '{"number": 1}', '{"number": "1/2"}', "\udcff"])
def test_another_file_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "shard.json").write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(PlatformError, match="is not the report of a shard of this version"):
        shard_report.read(tmp_path)
