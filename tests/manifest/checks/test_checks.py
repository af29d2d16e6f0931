from __future__ import annotations

from pathlib import Path

import pytest

from support.manifests import DEFAULTS, a_repository, findings_of, with_lines


@pytest.mark.parametrize(
    ("own", "line"),
    [
        ("cache:\n  cluster_mode: disabled\n  shards: 2\n", 9),
        # The environment sets only the other key of the rule.
        ("cache:\n  cluster_mode: disabled\n", 8),
    ],
)
def test_a_finding_is_at_a_key_that_the_environment_sets(
    own: str, line: int, tmp_path: Path
) -> None:
    defaults = DEFAULTS.replace("\n  shards: 1\n", "\n  shards: 2\n")
    workspace = a_repository(tmp_path / "r", defaults=defaults, sample=with_lines(own))
    (found,) = findings_of(workspace, "sample")
    assert (found.rule, found.path) == ("several-shards-need-cluster-mode", "cache.shards")
    assert (found.location.file, found.location.line) == ("environments/sample.yaml", line)
