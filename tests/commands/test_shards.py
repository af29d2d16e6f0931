"""The verb `shards`, as a process that loads nothing heavy."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from support.plans import PlanRepository


def test_many_environments_are_divided_without_loading_the_cdk_or_an_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = PlanRepository.with_two_shops(tmp_path / "repository", monkeypatch)
    made.edit("shop", "shards: 2", "shards: 3")
    made.edit("other", "shards: 2", "shards: 3")
    code = (
        "import sys\n"
        "from catalog_platform import cli\n"
        f"cli.main(['-C', {str(made.workspace.root)!r}, 'shards', '--largest', '1'])\n"
        "heavy = {'aws_cdk', 'jsii', 'checkov', 'boto3'} & {*sys.modules}\n"
        "sys.exit(str(heavy) if heavy else 0)\n"
    )
    finished = subprocess.run(
        [sys.executable, "-c", code], text=True, capture_output=True, timeout=60, check=False
    )
    assert (finished.returncode, finished.stderr) == (0, "")
    assert json.loads(finished.stdout) == ["1/2", "2/2"]
