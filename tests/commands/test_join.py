"""What the verb `join` reports is what one run without shards reports."""

from __future__ import annotations

import datetime
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from catalog_platform.commands import acknowledge, join, plan
from catalog_platform.errors import UsageError
from catalog_platform.pipeline.shard import Shard
from catalog_platform.report import plan_github
from catalog_platform.workspace import Workspace
from support import real_scans, scanned, templates
from support.plans import PlanRepository
from support.templates import QUEUE, python_policy

NOW = datetime.datetime.now(datetime.UTC)
NAMES = ("development", "local", "production", "staging")
WAIVER = """\
  - id: {id}
    kind: policy
    scope: {scope}
    rules: [OUR_1]
    resources: [{resource}]
    reason: This is a waiver of a test, with a reason.
    owner: team
    created: {created}
    expires: {expires}
"""


def waivers(**scopes: str) -> str:
    """Return waivers with a scope each; `expired` is part of the name of those that have ended."""
    text = "waivers:\n"
    for name, scope in scopes.items():
        is_expired = name.startswith("expired")
        text += WAIVER.format(
            id=name.replace("_", "-"),
            scope=scope,
            resource="Other/Queue" if "unused" in name else "Stream/Queue",
            created=(NOW - datetime.timedelta(days=20)).date(),
            expires=(NOW + datetime.timedelta(days=-5 if is_expired else 60)).date(),
        )
    return text


WAIVERS = waivers(
    expired_for_one="{environments: [staging]}",
    expired_unused="all",
    one_of_two="{tiers: [production]}",
    unused_for_one="{environments: [local]}",
    unused_for_a_tier="{tiers: [development]}",
    unused_for_all="all",
)


@pytest.fixture
def workspace(examples: Workspace, tmp_path: Path) -> Workspace:
    found = scanned.a_workspace(examples, tmp_path / "repository")
    templates.policies(found.policies, waivers=WAIVERS, rule_py=python_policy())
    return found


def files(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


@pytest.mark.parametrize("count", [2, 3, 5])
def test_a_joined_scan_is_the_whole_scan(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str], count: int
) -> None:
    stacks = {n: {"Queue": templates.placed(QUEUE, "Stream/Queue", environment=n)} for n in NAMES}
    assembly = templates.assembly(tmp_path / "assembly", **stacks)
    whole, joined = tmp_path / "whole", tmp_path / "joined"
    code = scanned.run(workspace, assembly, *NAMES, out=whole, time=NOW)
    printed = capsys.readouterr().out
    rules = {"waiver-unmatched", "waiver-expired", "OUR_1"}
    assert {rule for rule in rules if f"[{rule}]" in printed} == rules
    # Each depends on all environments.
    assert "OUR_1 does not fail for Other/Queue in any environment of tier development" in printed
    assert "it concerns no environment of this scan" in printed
    shards = [tmp_path / f"shard-{number}" for number in range(1, count + 1)]
    codes = [
        scanned.run(workspace, assembly, *NAMES, out=folder, time=NOW, shard=Shard(number, count))
        for number, folder in enumerate(shards, start=1)
    ]
    assert all([*files(folder)] == ["shard.json"] for folder in shards)
    capsys.readouterr()
    assert join.run(workspace, NOW, folders=shards[::-1], format="text", out=joined) == code
    assert code == max(codes) == 1
    assert capsys.readouterr().out == printed
    assert files(joined) == files(whole)


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PlanRepository:
    return real_scans.a_repository(tmp_path / "repository", monkeypatch)


def a_changed_policy(made: PlanRepository) -> None:
    policy = made.workspace.policies / "checks" / "rule.py"
    policy.write_text(policy.read_text().replace("No queue", "No stream"))


def a_fork_that_accepts_its_own_change(made: PlanRepository) -> None:
    """Accept that a stream keeps records for a shorter time; another environment is broken."""
    made.edit("shop", "shards: 3", "shards: 3\n  retention_hours: 48")
    entry = {"reason": "Records of more than two days are not read.", "owner": "fork"}
    acknowledge.run(made.workspace, name="shop", base="main", days=30, write=True, **entry)
    made.edit("other", "shards: 2", "shards: many")


def a_renamed_environment(made: PlanRepository) -> None:
    text = (made.workspace.environments / "other.yaml").read_text()
    (made.workspace.environments / "other.yaml").unlink()
    made.write("zoo", text.replace("other", "zoo"))


@pytest.mark.synth
def test_rules_between_environments_see_those_of_other_shards(
    made: PlanRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    made.edit("shop", "10.55.0.0", "10.56.0.0")
    for number in (1, 2):
        options: dict[str, Any] = {"names": [], "base": "main", "format": "text"}
        assert plan.run(made.workspace, shard=Shard(number, 2), **options) == 1
        assert "overlaps" in capsys.readouterr().out


@pytest.mark.synth
@pytest.mark.parametrize(
    "edit", [a_changed_policy, a_renamed_environment, a_fork_that_accepts_its_own_change]
)
def test_a_joined_plan_with_its_scan_is_the_whole_one(
    made: PlanRepository,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    edit: Callable[[PlanRepository], None],
) -> None:
    made.edit("shop", "shards: 2", "shards: 3")
    edit(made)
    is_fork = edit is a_fork_that_accepts_its_own_change
    options: dict[str, Any] = {"names": [], "base": "main", "format": "github", "scan": True}
    options["policies_from_base"] = is_fork
    whole, joined = tmp_path / "whole", tmp_path / "joined"
    capsys.readouterr()
    code = plan.run(made.workspace, NOW, out=whole, **options)
    printed = capsys.readouterr().out
    shards = [tmp_path / f"shard-{number}" for number in (1, 2, 3)]
    codes = [
        plan.run(made.workspace, NOW, out=folder, shard=Shard(number, 3), **options)
        for number, folder in enumerate(shards, start=1)
    ]
    capsys.readouterr()
    assert join.run(made.workspace, NOW, folders=shards, format="github", out=joined) == code
    assert code == max(codes) == 1
    assert capsys.readouterr().out == printed
    assert "stream.shards" in printed
    assert (plan_github.ON_BASE in printed) == is_fork
    assert files(joined) == files(whole)
    with pytest.raises(UsageError, match="shard 3/3 is missing"):
        join.run(made.workspace, NOW, folders=shards[:2], format="text", out=None)


def test_no_engine_is_loaded(workspace: Workspace, tmp_path: Path) -> None:
    assembly = scanned.an_assembly(tmp_path / "assembly")
    names = ("development", "production")
    for number in (1, 2):
        scanned.run(workspace, assembly, *names, out=tmp_path / str(number), shard=Shard(number, 2))
    code = (
        "import sys\n"
        "from catalog_platform import cli\n"
        f"cli.main(['-C', {str(workspace.root)!r}, 'join', *{[str(tmp_path / n) for n in '12']}])\n"
        "heavy = {'aws_cdk', 'jsii', 'checkov', 'boto3'} & {*sys.modules}\n"
        "sys.exit(str(heavy) if heavy else 0)\n"
    )
    finished = subprocess.run(
        [sys.executable, "-c", code], text=True, capture_output=True, timeout=60, check=False
    )
    assert (finished.returncode, finished.stderr) == (0, "")
    assert "[OUR_1]" in finished.stdout


def test_a_shard_without_an_environment_scans_nothing_and_a_shard_only_its_part(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (workspace.policies / "waivers.yaml").unlink()
    assembly = scanned.an_assembly(tmp_path / "assembly")
    names = ("development", "production")
    assert scanned.run(workspace, assembly, *names, shard=Shard(3, 3)) == 0
    assert capsys.readouterr().out == "no findings\n"
    assert scanned.run(workspace, assembly, *names, shard=Shard(1, 2)) == 0
    assert scanned.run(workspace, assembly, *names, shard=Shard(2, 2)) == 1
