"""The repository's table of severities covers each policy that can run."""

from __future__ import annotations

import difflib
import re
from pathlib import Path

import pytest

from catalog_platform.manifest.documentation import leaves
from catalog_platform.policy.isolation import isolated
from catalog_platform.policy.known_types import TYPES
from catalog_platform.policy.severities import Severities
from catalog_platform.policy.severity import PolicySeverity

POLICIES = Path(__file__).parents[2] / "policies"
TABLE = Severities(POLICIES)
OURS = {name: entry for name, entry in TABLE.policies.items() if "CATALOG" in name}


@pytest.fixture(scope="module")
def applicable() -> dict[str, str]:
    """The names of checkov's policies for the resource types of the stack, by id."""
    with isolated():
        from checkov.cloudformation.checks.resource.registry import cfn_registry
        from checkov.common.checks_infra.registry import get_graph_checks_registry

        graph = get_graph_checks_registry("cloudformation")
        graph.load_checks()
        found = [check for kind in TYPES for check in cfn_registry.get_checks(kind)]
        found += [
            check
            for check in graph.checks
            # Without types, a policy runs on every resource.
            if not check.resource_types or set(check.resource_types) & set(TYPES)
        ]
    return {check.id: check.name for check in found}


def test_each_policy_of_checkov_for_the_types_of_the_stack_is_listed(
    applicable: dict[str, str],
) -> None:
    assert len(applicable) > 50
    missing = {f"{each}: {name}" for each, name in applicable.items() if each not in TABLE.policies}
    assert missing == set(), "add these to policies/severities.yaml"


def test_no_policy_of_checkov_is_listed_that_cannot_run(applicable: dict[str, str]) -> None:
    listed = {name for name in TABLE.policies if re.match(r"CKV2?_", name)} - set(OURS)
    assert listed - set(applicable) == set(), "remove these from policies/severities.yaml"


def test_the_table_has_no_errors() -> None:
    assert TABLE.findings == []


def test_each_reason_is_in_our_words_and_each_source_is_a_document(
    applicable: dict[str, str],
) -> None:
    for name, entry in TABLE.policies.items():
        copied = difflib.SequenceMatcher(None, entry.reason, applicable.get(name, "")).ratio()
        assert copied < 0.8, (name, entry.reason)
        assert re.match(
            r"Palo Alto's policy reference|AWS Security Hub \w+\.\d+|ours: ", entry.source
        )
        assert "\n" not in entry.reason


def test_a_severity_that_is_not_the_documented_one_says_why() -> None:
    for name, entry in TABLE.policies.items():
        documented = re.match(r"[^;:]+: (\w+)", entry.source)
        if not entry.source.startswith("ours: "):
            assert documented is not None, name
            assert documented[1].lower() == entry.severity.value, name


@pytest.mark.parametrize("name", OURS)
def test_the_key_of_a_policy_of_ours_is_a_key_of_the_manifest(name: str) -> None:
    text = (POLICIES / "severities.yaml").read_text("utf-8")
    assert re.search(rf"^  {name}:\n(    (?!key:).*\n)*    key:", text, re.MULTILINE)
    assert set(OURS[name].keys) <= set(leaves())


def test_no_policy_is_below_the_threshold_of_production_and_staging_does_not_ask_for_less() -> None:
    production, staging = TABLE.threshold("production"), TABLE.threshold("staging")
    assert production is staging
    assert PolicySeverity.MEDIUM.reaches(TABLE.threshold("development"))
    below = [each for each in TABLE.policies.values() if not each.severity.reaches(production)]
    assert all(each.source.startswith("ours: only a reminder") for each in below), below
