"""The journey of a user whose environment variables and home folder suit other tools.

`test_rehearse.py` rehearses with the same variables.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from catalog_platform.local import launcher
from catalog_platform.workspace import Toolchain, Workspace
from support import bundles, harmful_variables
from support.checkouts import Checkout

pytestmark = [pytest.mark.e2e, pytest.mark.synth]

CATALOGCTL = Path(sys.prefix) / "bin" / "catalogctl"
SEED = 7


@dataclass(frozen=True)
class User:
    """Runs `catalogctl` in a checkout, with the harmful variables and without them."""

    root: Path
    harmful: dict[str, str]
    trap: harmful_variables.Trap

    def clean(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return self._run({}, *arguments)

    def harmed(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return self._run(self.harmful, *arguments)

    def _run(
        self, variables: dict[str, str], *arguments: str | Path
    ) -> subprocess.CompletedProcess[str]:
        ended = subprocess.run(
            [CATALOGCTL, "-C", self.root, *arguments],
            # The platform's code is that of the checkout, as it is after `git clone`.
            env={**os.environ, **variables, "PYTHONPATH": str(self.root / "platform")},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[User]:
    checkout = Checkout.of_this_repository(tmp_path_factory.mktemp("harmful") / "checkout")
    bundles.share(checkout.root)
    with harmful_variables.trap() as trap:
        home = harmful_variables.write_home(tmp_path_factory.mktemp("home"), trap.address)
        values = harmful_variables.variables(home, trap.address)
        yield User(checkout.root, {**harmful_variables.random_variables(SEED), **values}, trap)
        launcher.discard(Workspace(checkout.root))
    assert trap.connections == []


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def status(ended: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """Return the status without times."""
    found: dict[str, Any] = json.loads(ended.stdout)
    for part in found["parts"]:
        del part["uptime_seconds"]
    for mapping in found["mappings"]:
        del mapping["iterator_age_seconds"]
    return found


@pytest.fixture(scope="module")
def expected(user: User, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The assembly that a clean environment leads to."""
    out = tmp_path_factory.mktemp("clean") / "cdk.out"
    user.clean("synth", "local", "--out", out)
    return contents(out)


def test_a_catalog_is_synthesised_deployed_and_verified_as_in_a_clean_environment(
    user: User, expected: dict[str, bytes]
) -> None:
    user.harmed("local", "up")
    deployed = contents(user.root / "build" / "assemblies" / "local")
    assert {name: deployed[name] for name in expected} == expected
    verified = user.harmed("verify", "local", "--updates", "500")
    assert "difference 0 ·" in verified.stdout
    found = status(user.harmed("local", "status", "--format", "json"))
    assert found["unknown"] == {}
    assert {stack["name"]: stack["status"] for stack in found["stacks"]} == {
        "CDKToolkit": "CREATE_COMPLETE",
        "catalog-local": "CREATE_COMPLETE",
    }
    assert any(count for count in found["rows"].values())
    assert found["keys"] > 0
    assert status(user.clean("local", "status", "--format", "json")) == found


def test_the_cdk_command_line_runs_the_app_with_its_output_folder_only(
    user: User, expected: dict[str, bytes], tmp_path: Path
) -> None:
    app = [sys.executable, "-m", "catalog_platform", "-q", "-C", str(user.root), "synth", "local"]
    toolchain = Toolchain.installed()
    subprocess.run(
        [
            *(toolchain.node, toolchain.cdk, "synth", "--app", shlex.join(app), "--quiet"),
            *("--output", tmp_path / "cdk.out", "--no-notices"),
            *("--context", "@aws-cdk/core:bootstrapQualifier=corp"),
        ],
        cwd=tmp_path,
        env={
            "PATH": os.environ["PATH"],
            "HOME": user.harmful["HOME"],
            "PYTHONPATH": str(user.root / "platform"),
            "CDK_DEBUG": "true",
            "CDK_VALIDATION": "false",
        },
        capture_output=True,
        check=True,
        timeout=120,
    )
    assert contents(tmp_path / "cdk.out") == expected
