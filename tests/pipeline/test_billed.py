"""Which environments AWS bills."""

from __future__ import annotations

from pathlib import Path

from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.billed import is_billed
from support.manifests import VALID, a_repository


def test_only_a_readable_environment_with_the_target_aws_is_billed(tmp_path: Path) -> None:
    workspace = a_repository(
        tmp_path, sample=VALID, here=f"{VALID}release: {{target: embedded}}\n", broken="a: ["
    )
    manifests = Manifests(workspace)
    names = ("sample", "here", "broken", "missing")
    assert [is_billed(manifests, name) for name in names] == [True, False, False, False]
