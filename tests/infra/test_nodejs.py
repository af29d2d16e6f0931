"""Node.js comes from a Python package and prints nothing at exit."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from catalog_platform.manifest import Manifests
from catalog_platform.workspace import Workspace
from support import harmful_variables
from support.synthesis import assembly_of

pytestmark = pytest.mark.synth


def test_node_and_cdk_are_not_needed_on_the_path(tmp_path: Path) -> None:
    assert shutil.which("node", path=str(tmp_path)) is None
    finished = subprocess.run(
        [sys.executable, "-c", "import catalog_platform.infra.app"],
        env=os.environ | {"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (finished.returncode, finished.stderr) == (0, "")


def test_the_cdk_may_be_imported_before() -> None:
    script = "import aws_cdk; import catalog_platform.infra.app; aws_cdk.Duration.minutes(5)"
    finished = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert (finished.returncode, finished.stderr) == (0, b"")


def test_the_caller_s_variables_do_not_change_the_assembly(
    tmp_path: Path, examples: Workspace
) -> None:
    manifest = Manifests(examples).load("development")
    clean = assembly_of(tmp_path / "clean", [manifest])
    script = (
        "import sys; from pathlib import Path\n"
        "from catalog_platform.manifest import Manifests\n"
        "from catalog_platform.workspace import Workspace\n"
        "from support.synthesis import assembly_of\n"
        "manifest = Manifests(Workspace(Path(sys.argv[1]))).load('development')\n"
        "assembly_of(Path(sys.argv[2]), [manifest])\n"
    )
    home = harmful_variables.write_home(tmp_path / "home", "192.0.2.1:1")
    harmful = harmful_variables.variables(home, "192.0.2.1:1")
    subprocess.run(
        [sys.executable, "-c", script, examples.root, tmp_path / "harmed"],
        env={
            **os.environ,
            **harmful_variables.random_variables(2),
            **harmful,
            "PYTHONPATH": str(Path(__file__).parents[1]),
        },
        check=True,
    )
    assert contents(tmp_path / "harmed" / "assembly") == contents(clean)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_node_process_that_ends_first_prints_nothing() -> None:
    """A keyboard interrupt also reaches Node.js, since it goes to the whole process group."""
    script = (
        "import os, signal, catalog_platform.infra.app\n"
        "signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "os.killpg(0, signal.SIGINT)\n"
        "import time; time.sleep(1)\n"
    )
    finished = subprocess.run(
        [sys.executable, "-c", script],
        start_new_session=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (finished.returncode, finished.stderr) == (0, "")
