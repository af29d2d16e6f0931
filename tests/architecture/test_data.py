"""The shipped manifests are data: editing them touches no test and no golden file."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from catalog_platform.manifest.documentation import leaves
from support.checkouts import copy_repository
from support.edits import KEPT, add_environment, edit_everything, remove_environment
from support.manifests import ROOT

TESTS = ROOT / "tests"
# Tests that discover the shipped environments and hold for any valid content.
DISCOVERING = {
    "architecture/test_data.py",
    "conftest.py",
    "e2e/test_demo.py",
    "e2e/test_language_server.py",
    "environments/test_manifests.py",
    "environments/test_policies.py",
    "environments/test_stores.py",
    "environments/test_workflows.py",
    "support/checkouts.py",
    "support/waivers.py",
}
SHIPPED = re.compile(
    r"repository\.environment|(ROOT|repository\.root|parents\[\d\]) / \"environments\""
    r"|Workspace\((\w+\.)?ROOT\)|manifests?\.\w+\(repository|copy_repository\("
    r"|\"environments\", \"functions\""
)
UNIT = ("-m", "not e2e and not synth")


def test_only_tests_that_discover_the_shipped_manifests_read_them() -> None:
    readers = {
        str(path.relative_to(TESTS))
        for path in TESTS.rglob("*.py")
        if SHIPPED.search(path.read_text(encoding="utf-8"))
    }
    assert readers - DISCOVERING == set()


def edited_repository(root: Path) -> None:
    copy_repository(root)
    changed = edit_everything(root)
    assert set(leaves()) - changed == KEPT
    removed = remove_environment(root)
    add_environment(root, "added")
    assert {"added.yaml"} == {
        path.name
        for path in (root / "environments").glob("*.yaml")
        if not (ROOT / "environments" / path.name).exists()
    }
    assert not (root / "environments" / f"{removed}.yaml").exists()
    for command in (["init", "--quiet"], ["add", "--all"]):
        subprocess.run(["git", *command], cwd=root, check=True, timeout=60)
    (root / "node_modules").symlink_to(ROOT / "node_modules")


def run_tests(root: Path, *arguments: str, seconds: int) -> None:
    # Several runs with one folder for their temporary files remove those of each other.
    temporary = f"--basetemp={root}-temporary"
    finished = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", temporary, *arguments],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root / "platform")},
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout[-10_000:] + finished.stderr
    assert " passed" in finished.stdout


def test_tests_of_the_shipped_manifests_pass_with_any_valid_values(tmp_path: Path) -> None:
    edited_repository(tmp_path)
    readers = [f"tests/{name}" for name in sorted(DISCOVERING) if "/test_" in name]
    readers.remove("tests/architecture/test_data.py")
    others = ["tests/workflows/test_order.py", "tests/workflows/test_hardening.py"]
    run_tests(tmp_path, *UNIT, *readers, *others, "tests/commands/test_docs.py", seconds=120)


@pytest.mark.e2e
@pytest.mark.exhaustive
def test_the_unit_tests_pass_with_any_valid_manifests(tmp_path: Path) -> None:
    edited_repository(tmp_path)
    # Other valid values can violate a policy, which the scan reports; so policies are excluded.
    left_out = ["environments/test_policies.py", "architecture/test_data.py"]
    ignored = [f"--ignore=tests/{name}" for name in left_out]
    run_tests(tmp_path, "-m", "not e2e and not exhaustive", *ignored, seconds=2400)
