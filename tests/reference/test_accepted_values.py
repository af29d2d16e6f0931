"""Every key has a row with what AWS accepts, and each difference has a rule or a reason."""

from __future__ import annotations

import json
from typing import Any

import pytest

from catalog_platform.commands import docs
from catalog_platform.manifest.documentation import leaves
from catalog_platform.reference import accepted_values
from catalog_platform.reference.reasons import BY_PROPERTY, REASONS
from support import aws_constraints
from support.manifests import FIXTURES, ROOT

FOLDER = ROOT / "platform" / "schema"


def measured() -> dict[str, list[dict[str, Any]]]:
    return json.loads((FOLDER / "properties.json").read_text())


def compute() -> dict[str, object]:
    names = sorted({each["property"] for listed in measured().values() for each in listed})
    found = {name: aws_constraints.constraints(name) for name in names}
    return {"sources": aws_constraints.sources(), "properties": found}


@pytest.fixture(scope="module")
def stored(golden):
    file = FOLDER / "aws_constraints.json"
    if golden:
        file.write_text(json.dumps(compute(), indent=1, sort_keys=True) + "\n")
    return json.loads(file.read_text())


def test_the_constraints_are_those_that_the_installed_packages_publish(stored):
    assert stored == compute(), "run `pytest --golden tests/reference` and review the diff"


def test_every_key_has_a_row(repository):
    page = docs.pages(repository)["docs/accepted-values.md"]
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    assert [row.split("`")[1] for row in rows] == list(leaves())


def test_each_difference_has_a_rule_or_a_reason_and_each_reason_a_difference(stored):
    properties = measured()
    resources = json.loads((FOLDER / "resources.json").read_text())
    rules = accepted_values.rules_by_key(docs.examples(FIXTURES))
    different = {
        key
        for key in leaves()
        if accepted_values.differences(
            key, properties.get(key, ()), stored["properties"], resources.get(key, ())
        )
    }
    explained = {
        key for key in leaves() if accepted_values.reasons_of(key, properties.get(key, ()))
    }
    assert different - rules.keys() - explained == set()
    assert REASONS.keys() <= different
    shown = {each["property"] for key in different for each in properties.get(key, ())}
    assert BY_PROPERTY.keys() <= shown


def test_a_range_beyond_what_aws_publishes_is_a_difference():
    name = "Kinesis::Stream.RetentionPeriodHours"
    listed = [{"property": name, "unit": 1}]
    known = {name: {"schema": {"minimum": 1, "maximum": 168}}}
    found = accepted_values.differences("stream.retention_hours", listed, known)
    assert found == ("AWS's maximum is 168",)
    known[name]["schema"]["maximum"] = 8760
    assert accepted_values.differences("stream.retention_hours", listed, known) == ()
    assert accepted_values.differences("stream.retention_hours", listed, {}) == (
        "AWS publishes no limit",
    )


def test_a_choice_that_aws_does_not_list_is_a_difference():
    name = "Kinesis::Stream.StreamModeDetails.StreamMode"
    listed = [{"property": name, "unit": 1}]
    known = {name: {"schema": {"enum": ["PROVISIONED"]}}}
    found = accepted_values.differences("stream.mode", listed, known)
    assert found == ("AWS does not list on_demand",)


def test_a_number_that_no_property_shows_needs_a_rule_or_a_reason():
    types = ["RDS::DBInstance"]
    found = accepted_values.differences("database.read_replicas", (), {}, types)
    assert found == ("no property shows the value",)
    assert accepted_values.differences("database.on_removal", (), {}, types) == ()
    assert accepted_values.differences("release.deploy_timeout_minutes", (), {}) == ()
