"""Every rule has an invalid manifest with its exact findings, and a valid one at its limit."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog_platform.manifest import rule_registry
from catalog_platform.manifest.rule_registry import chapters
from support.manifests import FIXTURES, a_repository, findings_of, report_text

VALID = sorted((FIXTURES / "valid").glob("*.yaml"))
INVALID = sorted((FIXTURES / "invalid").glob("*.yaml"))
EVERY_RULE = set(chapters()["Consistency"])


def a_neighbourhood(root: Path, fixture: Path):
    neighbour = (FIXTURES / "neighbour.yaml").read_text()
    return a_repository(root, neighbour=neighbour, sample=fixture.read_bytes())


@pytest.mark.parametrize("fixture", VALID, ids=lambda path: path.stem)
def test_a_valid_manifest_has_no_findings(fixture, tmp_path):
    assert findings_of(a_neighbourhood(tmp_path / "repository", fixture)) == ()


@pytest.mark.parametrize("fixture", INVALID, ids=lambda path: path.stem)
def test_an_invalid_manifest_has_exactly_these_findings(fixture, tmp_path, golden):
    text = report_text(a_neighbourhood(tmp_path / "repository", fixture), "sample")
    expected = fixture.with_suffix(".txt")
    if golden:
        expected.write_text(text)
    assert text == expected.read_text()


@pytest.mark.parametrize("fixture", INVALID, ids=lambda path: path.stem)
def test_an_invalid_manifest_breaks_the_rule_it_is_named_after(fixture, tmp_path):
    found = findings_of(a_neighbourhood(tmp_path / "repository", fixture), "sample")
    assert fixture.stem in {finding.rule for finding in found}


def test_every_rule_has_a_valid_and_an_invalid_example():
    assert EVERY_RULE <= {path.stem for path in INVALID}
    assert EVERY_RULE == {path.stem for path in VALID}


def test_a_finding_links_to_the_anchor_of_its_rule():
    assert rule_registry.rule_link("out-of-range") == "docs/rules.md#out-of-range"
    assert rule_registry.rule_link("CKV_AWS_18") == ""
