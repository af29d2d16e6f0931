from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from catalog_platform.manifest import Manifests, checks
from catalog_platform.manifest.checks.rule import RuleViolation
from catalog_platform.manifest.schema import manifest_schema
from catalog_platform.model import Manifest
from support.hostile_values import REFUSED, filled, values
from support.manifests import DEFAULTS, VALID, a_repository, findings_of, with_lines


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


@pytest.mark.parametrize("text", REFUSED, ids=ascii)
def test_every_rule_has_a_verdict_on_a_text_that_parsers_refuse(text: str, tmp_path: Path) -> None:
    tree = Manifests(a_repository(tmp_path / "r", sample=VALID)).resolve("sample").tree
    manifest = msgspec.convert(filled(tree, manifest_schema(), text), Manifest)
    assert all(isinstance(each, RuleViolation) for rule in checks.RULES for each in rule(manifest))


@settings(deadline=None, max_examples=30, suppress_health_check=list(HealthCheck))
@given(values(manifest_schema()))
def test_every_rule_has_a_verdict_on_all_that_the_schema_accepts(tree: object) -> None:
    manifest = msgspec.convert(tree, Manifest)
    assert all(isinstance(each, RuleViolation) for rule in checks.RULES for each in rule(manifest))
