"""The demo in a fresh clone of the repository."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalog_platform.aws.session import Session
from catalog_platform.local import launcher, state
from catalog_platform.workspace import Workspace
from support.limits import COMMAND_SECONDS

pytestmark = pytest.mark.e2e

CATALOGCTL = Path(sys.prefix) / "bin" / "catalogctl"
# Other processes of a test run may be writing it.
BYTECODE = shutil.ignore_patterns("__pycache__")
PARTS = ("environments", "functions", "policies")


@pytest.fixture(scope="module")
def clone(repository: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Clone the tracked files; installed tools are shared."""
    root = tmp_path_factory.mktemp("clone")
    for part in PARTS:
        shutil.copytree(repository.root / part, root / part, ignore=BYTECODE)
    workspace = Workspace(root)
    yield workspace
    launcher.discard(workspace)


@pytest.fixture
def editable(clone: Workspace, examples: Workspace) -> Workspace:
    """A clone with the environments of the test suite, whose text is known."""
    shutil.rmtree(clone.environments)
    shutil.copytree(examples.environments, clone.environments)
    return clone


def catalogctl(workspace: Workspace, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [CATALOGCTL, "-C", workspace.root, *arguments],
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS,
        check=False,
    )


def shards_of(workspace: Workspace) -> int:
    running = state.read(workspace)
    assert running is not None
    kinesis = Session(running.region, running.aws_environment()).client("kinesis")
    (stream,) = kinesis.list_streams()["StreamNames"]
    summary = kinesis.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"]
    return int(summary["OpenShardCount"])


def test_the_demo_accounts_for_every_update_and_leaves_nothing_running(clone: Workspace) -> None:
    ended = catalogctl(clone, "demo", "--updates", "2000", "--malformed", "10")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "2,000 updates sent" in ended.stdout
    assert "difference 0 ·" in ended.stdout
    steps = "validate synthesise scan start bootstrap deploy send verify stop"
    for step in steps.split():
        assert f"✓ {step}" in ended.stderr
    assert state.recorded(clone) is None


def test_an_edited_manifest_reaches_the_running_catalog(editable: Workspace) -> None:
    clone = editable
    assert catalogctl(clone, "local", "up").returncode == 0
    before = shards_of(clone)
    manifest = clone.environments / "local.yaml"
    manifest.write_text(manifest.read_text() + f"\nstream:\n  shards: {before + 1}\n")
    ended = catalogctl(clone, "local", "up", "--format", "json")
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["running"]
    assert shards_of(clone) == before + 1
    verified = catalogctl(clone, "verify", "local", "--updates", "1000")
    assert "difference 0 ·" in verified.stdout, verified.stdout + verified.stderr
    assert catalogctl(clone, "local", "down").returncode == 0


def test_a_policy_violation_stops_the_demo_before_anything_starts(
    editable: Workspace,
) -> None:
    clone = editable
    waivers = clone.policies / "waivers.yaml"
    kept = waivers.read_text()
    waivers.write_text("waivers: []\n")
    try:
        ended = catalogctl(clone, "local", "up")
    finally:
        waivers.write_text(kept)
    assert ended.returncode == 1
    assert "environments/local.yaml:" in ended.stdout
    assert "[CKV_CATALOG_9]" in ended.stdout
    assert state.recorded(clone) is None


@pytest.mark.parametrize(
    "step",
    [
        pytest.param("scan local", marks=pytest.mark.exhaustive),
        "deploy catalog-local",  # servers run, and a program works on them
        pytest.param("verify that", marks=pytest.mark.exhaustive),
    ],
)
def test_an_interrupted_demo_reports_it_once_and_leaves_nothing_running(
    clone: Workspace, tmp_path: Path, step: str
) -> None:
    log = tmp_path / "log"
    with log.open("w") as output:
        demo = subprocess.Popen(
            [CATALOGCTL, "-C", clone.root, "demo", "--updates", "20000"],
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            # Tests that run in the background may ignore SIGINT.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        while f"… {step}" not in log.read_text():
            assert demo.poll() is None, log.read_text()
            time.sleep(0.02)
        os.killpg(demo.pid, signal.SIGINT)
        assert demo.wait(60) == 130
    lines = log.read_text().splitlines()
    assert lines[-1] == "catalogctl: interrupted"
    assert not any("Traceback" in line for line in lines)
    assert state.recorded(clone) is None
