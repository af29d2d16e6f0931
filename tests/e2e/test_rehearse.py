"""Rehearsals of a harmless change, of one that loses the database, and of one that fails."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from catalog_platform.local import state
from catalog_platform.workspace import Workspace
from support import bundles, harmful_variables
from support.checkouts import IDENTITY, Checkout
from support.limits import COMMAND_SECONDS
from support.manifests import ROOT

pytestmark = [pytest.mark.e2e, pytest.mark.synth]

# An address of documentation: https://www.rfc-editor.org/rfc/rfc5737
UNREACHABLE = "192.0.2.1:1"
CATALOGCTL = Path(sys.prefix) / "bin" / "catalogctl"

STACK = "platform/catalog_platform/infra/catalog_stack.py"
# A resource that cannot be created: AWS keeps names with this prefix for itself.
FAILURE = """\
        self._build_stores(manifest)
        from aws_cdk.aws_ssm import CfnParameter

        CfnParameter(self, "Never", type="String", value="a", name="ssm-none")
"""


@pytest.fixture(scope="module")
def repository_copy(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    found = Checkout.of_this_repository(tmp_path_factory.mktemp("rehearsals") / "checkout")
    bundles.share(found.root)
    # Functions are built here: with the harmful variables, no package index can be reached.
    out = tmp_path_factory.mktemp("assembly") / "out"
    subprocess.run(
        [CATALOGCTL, "-q", "-C", found.root, "synth", "--target", "embedded", "--out", out],
        check=True,
        timeout=COMMAND_SECONDS,
        env={**os.environ, "PYTHONPATH": str(found.root / "platform")},
    )
    return found


@pytest.fixture
def checkout(repository_copy: Checkout) -> Iterator[Checkout]:
    """One checkout for all tests; edits are reverted."""
    edited = [*(repository_copy.root / "environments").glob("*.yaml")]
    edited.append(repository_copy.root / STACK)
    edited.append(repository_copy.root / "policies" / "waivers.yaml")
    kept = {path: path.read_text(encoding="utf-8") for path in edited}
    yield repository_copy
    for path, text in kept.items():
        path.write_text(text, encoding="utf-8")


def edit(checkout: Checkout, file: str, before: str, after: str) -> None:
    path = checkout.root / file
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def attempt(
    checkout: Checkout, name: str, out: Path, base: str = "main"
) -> subprocess.CompletedProcess[str]:
    """Run a rehearsal with harmful variables and check that it leaves nothing behind."""
    home = harmful_variables.write_home(checkout.root.parent / "home", UNREACHABLE)
    harmful = harmful_variables.variables(home, UNREACHABLE)
    options = ["--updates", "500", "--out", str(out)]
    ended = subprocess.run(
        [CATALOGCTL, "-C", checkout.root, "rehearse", name, "--base", base, *options],
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS,
        check=False,
        env={**os.environ, **harmful, "PYTHONPATH": str(checkout.root / "platform")},
    )
    scratch = checkout.root / "build" / "rehearsal" / name
    assert not scratch.exists()
    assert state.recorded(Workspace(scratch)) is None
    return ended


def rehearse(
    checkout: Checkout, name: str, out: Path, base: str = "main"
) -> tuple[int, dict[str, Any], str]:
    """Return the exit code and both reports."""
    ended = attempt(checkout, name, out, base)
    assert (out / "rehearsal.json").exists(), ended.stdout + ended.stderr
    text = (out / "rehearsal.md").read_text(encoding="utf-8")
    assert ended.stdout == text
    return ended.returncode, json.loads((out / "rehearsal.json").read_text("utf-8")), text


def acknowledge(checkout: Checkout, name: str) -> None:
    """Acknowledge the blocking changes, and check that the plan then passes the gate."""
    why = ["--owner", "shop-team", "--reason", "It is meant like this.", "--write"]
    for command in (["acknowledge", name, *why], ["plan", name]):
        ended = subprocess.run(
            [CATALOGCTL, "-q", "-C", checkout.root, *command, "--base", "main"],
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
            env={**os.environ, "PYTHONPATH": str(checkout.root / "platform")},
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr


def values_of_the_runbook() -> dict[str, dict[str, object]]:
    """Return what the runbook of a restore writes into a manifest."""
    text = (ROOT / "docs" / "runbooks" / "restore_database.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^ *```yaml\n(.*?)^ *```$", text, re.DOTALL | re.MULTILINE)
    found: dict[str, dict[str, object]] = yaml.safe_load(textwrap.dedent(block))
    return found


def differences(rows: list[dict[str, int]]) -> list[int]:
    return [row["expected"] - row["found"] + row["unexpected"] for row in rows]


def test_a_harmless_change_of_production_is_safe_and_a_rollback_restores_the_service(
    checkout: Checkout, tmp_path: Path
) -> None:
    edit(checkout, "environments/production.yaml", "memory_mb: 1024", "memory_mb: 1536")
    code, found, text = rehearse(checkout, "production", tmp_path / "out")
    assert code == 0, text
    # The embedded AWS limits no memory, so that the verdict must not cover it.
    assert found["verdict"] == "safe-as-rehearsed"
    assert not found["safe"]
    assert [each["properties"] for each in found["not_rehearsed"]] == [["MemorySize"]] * len(
        found["not_rehearsed"]
    )
    assert found["problems"] == []
    assert any("ProcessorFunction" in change for change in found["changes"])
    for step in (found["first"], found["update"], found["failed_deployment"]):
        assert step["sent"] > 100
        assert differences(step["fed"] + step["earlier"]) == [0] * len(
            step["fed"] + step["earlier"]
        )
    assert found["update"]["status"] == "UPDATE_COMPLETE"
    assert found["failed_deployment"]["status"] == "UPDATE_ROLLBACK_COMPLETE"
    # The fault was real; otherwise the rollback proves nothing.
    assert found["failed_deployment"]["throttled"] > 0
    assert found["update"]["throttled"] == 0
    assert "Environment.Variables.CACHE_TLS` | `true` | `false` |" in text


@pytest.mark.exhaustive
def test_a_change_that_replaces_the_database_is_detected_with_its_data_loss(
    checkout: Checkout, tmp_path: Path
) -> None:
    # In production the instance has a name, and CloudFormation refuses to replace it.
    edit(checkout, "environments/development.yaml", "database:\n", "database:\n  name: products\n")
    code, found, text = rehearse(checkout, "development", tmp_path / "out")
    assert code == 1, text
    (loss,) = found["update"]["losses"]
    assert (loss["type"], loss["what"]) == ("AWS::RDS::DBInstance", "database")
    assert loss["before"] != loss["after"]
    stock = found["update"]["earlier"][0]
    assert f"{stock['expected']:,} of {stock['expected']:,} stock levels in PostgreSQL" in text
    assert "- ❌ the change replaces the database" in text
    # The new database has its schema, so that later records are processed.
    assert found["update"]["status"] == "UPDATE_COMPLETE"
    assert found["update"]["unreadable"] == []
    assert found["update"]["afterwards"][0]["expected"] > 0
    assert differences(found["update"]["afterwards"]) == [0] * 6
    assert "- ✅ the service works after the change" in text
    assert found["failed_deployment"] is None


@pytest.mark.exhaustive
def test_an_acknowledged_replacement_of_the_cache_passes_the_gate(
    checkout: Checkout, tmp_path: Path
) -> None:
    edit(checkout, "environments/production.yaml", "cache:\n", "cache:\n  port: 6380\n")
    acknowledge(checkout, "production")
    code, found, text = rehearse(checkout, "production", tmp_path / "out")
    assert code == 0, text
    assert (found["verdict"], found["problems"]) == ("accepted-losses", [])
    (loss,) = found["update"]["losses"]
    assert (loss["what"], loss["accepted"]) == (
        "cache",
        "acknowledged by shop-team: It is meant like this.",
    )
    assert differences(found["failed_deployment"]["fed"]) == [0] * 6


def test_a_restore_by_the_runbook_passes_the_gate(checkout: Checkout, tmp_path: Path) -> None:
    for section, values in values_of_the_runbook().items():
        lines = "".join(f"  {key}: {json.dumps(value)}\n" for key, value in values.items())
        manifest = "environments/production.yaml"
        edit(checkout, manifest, f"{section}:\n", f"{section}:\n{lines}")
    acknowledge(checkout, "production")
    code, found, text = rehearse(checkout, "production", tmp_path / "out")
    assert code == 0, text
    assert (found["verdict"], found["refused"]) == ("not-rehearsed", [])
    assert "Only the account has the backups" in text
    # The old instance is protected from deletion.
    assert [each["property"] for each in found["left_behind"]] == ["DeletionProtection"]


@pytest.mark.exhaustive
def test_a_move_to_another_account_passes_the_gate(checkout: Checkout, tmp_path: Path) -> None:
    edit(checkout, "environments/development.yaml", '"111111111111"', '"999999999999"')
    acknowledge(checkout, "development")
    code, found, text = rehearse(checkout, "development", tmp_path / "out")
    assert (code, found["verdict"]) == (0, "not-rehearsed"), text
    assert "from aws://111111111111/eu-west-1 to aws://999999999999/eu-west-1" in text


@pytest.mark.exhaustive
def test_a_later_change_of_a_restored_environment_is_rehearsed(
    checkout: Checkout, tmp_path: Path
) -> None:
    def git(*arguments: str) -> None:
        command = ["git", "-C", str(checkout.root), *arguments]
        subprocess.run(command, check=True, timeout=60, env={**os.environ, **IDENTITY})

    manifest = "environments/development.yaml"
    git("checkout", "--quiet", "-b", "restored")
    edit(checkout, manifest, "database:\n", "database:\n  restore_from: before-the-mistake\n")
    git("commit", "--quiet", "--all", "--message", "Restore")
    edit(checkout, manifest, "record_age_seconds: 43200", "record_age_seconds: 36000")
    try:
        code, found, text = rehearse(checkout, "development", tmp_path / "out", base="restored")
    finally:
        git("checkout", "--quiet", "--force", "main")
    assert code == 0, text
    assert found["update"]["status"] == "UPDATE_COMPLETE"
    assert "DBSnapshotIdentifier` | `before-the-mistake` | `(unset)` |" in text


def test_a_change_that_cannot_be_deployed_is_rolled_back_and_nothing_is_lost(
    checkout: Checkout, tmp_path: Path
) -> None:
    edit(checkout, STACK, "        self._build_stores(manifest)\n", FAILURE)
    code, found, text = rehearse(checkout, "local", tmp_path / "out")
    assert code == 1, text
    assert "AWS::SSM::Parameter Never" in text
    assert found["update"]["status"] == "UPDATE_ROLLBACK_COMPLETE"
    rows = found["update"]["fed"] + found["update"]["earlier"]
    assert differences(rows) == [0] * 12
    assert "- ✅ the rollback restored the service" in text


def test_a_change_that_violates_policies_is_not_deployed(
    checkout: Checkout, tmp_path: Path
) -> None:
    edit(checkout, "policies/waivers.yaml", "rules: [CKV_CATALOG_9, ", "rules: [")
    ended = attempt(checkout, "local", tmp_path / "out")
    assert ended.returncode == 1, ended.stderr
    assert "CKV_CATALOG_9" in ended.stdout
    assert "deploy" not in ended.stderr
    assert not (tmp_path / "out").exists()


def test_a_change_that_aws_refuses_is_not_deployed(checkout: Checkout, tmp_path: Path) -> None:
    manifest = checkout.root / "environments" / "local.yaml"
    manifest.write_text(manifest.read_text() + "\nstream:\n  shards: 9\n")
    code, found, text = rehearse(checkout, "local", tmp_path / "out")
    assert code == 1, text
    assert (found["verdict"], found["first"]) == ("refused", None)
    assert found["refused"][0]["key"] == "stream.shards"
    assert "2 → 9" in text


def test_nothing_is_deployed_when_nothing_differs(checkout: Checkout, tmp_path: Path) -> None:
    code, found, text = rehearse(checkout, "local", tmp_path / "out")
    assert (code, found["verdict"], found["first"]) == (0, "no-difference", None)
    assert "no difference: nothing was rehearsed" in text
