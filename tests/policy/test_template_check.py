from __future__ import annotations

import json
from pathlib import Path

import pytest

from catalog_platform.policy.results import PolicyResult
from catalog_platform.policy.verdicts import PolicyOutcome
from support import templates

POLICY = """
from checkov.common.models.enums import CheckCategories
from catalog_platform.policy.template_check import TemplateCheck, created

class Rule(TemplateCheck):
    connected = frozenset({"AWS::SQS::QueuePolicy"})

    def __init__(self):
        super().__init__(
            name="A queue has as many topics", id="OUR_1", categories=[CheckCategories.IAM],
            supported_resources=["AWS::SQS::Queue"], guideline="add a topic",
        )

    def violations(self, resource, resources):
        if not created(resources, "AWS::SNS::Topic"):
            yield ""
        if resource.properties.get("DelaySeconds") != 1:
            yield "Properties/DelaySeconds"
        if resource.attributes.get("DeletionPolicy") != "Retain":
            yield "DeletionPolicy"

check = Rule()
"""
TOPIC = {"Type": "AWS::SNS::Topic"}
QUEUE = {
    "Type": "AWS::SQS::Queue",
    "Properties": {"DelaySeconds": 1},
    "DeletionPolicy": "Retain",
}


def results(tmp_path: Path, **resources: object) -> list[tuple[PolicyOutcome, tuple[str, ...]]]:
    return [(each.outcome, each.paths) for each in scanned(tmp_path, **resources)]


def scanned(tmp_path: Path, **resources: object) -> list[PolicyResult]:
    assembly = templates.assembly(tmp_path / "out", dev=resources)
    policies = templates.policies(tmp_path / "policies", rule_py=POLICY)
    found = templates.scan(assembly, policies)
    # The gate refuses the condition as well; the policy must not depend on that.
    assert {each.rule for each in found.problems} <= {"scan-unevaluated"}
    return [each for each in found.results if each.policy == "OUR_1"]


def test_a_policy_sees_the_other_resources_and_the_attributes(tmp_path: Path) -> None:
    assert results(tmp_path, Queue=QUEUE, Topic=TOPIC) == []


@pytest.mark.parametrize(
    ("queue", "paths"),
    [
        ({**QUEUE, "Properties": {"DelaySeconds": 2}}, ("DelaySeconds",)),
        ({**QUEUE, "DeletionPolicy": "Delete"}, ("DeletionPolicy",)),
    ],
)
def test_the_result_has_only_the_violating_paths(
    queue: object, paths: tuple[str, ...], tmp_path: Path
) -> None:
    assert results(tmp_path, Queue=queue, Topic=TOPIC) == [(PolicyOutcome.FAILED, paths)]


def test_a_violation_of_the_resource_as_a_whole_has_no_path(tmp_path: Path) -> None:
    assert results(tmp_path, Queue=QUEUE) == [(PolicyOutcome.FAILED, ())]


def test_a_violation_of_the_resource_as_a_whole_is_a_result_beside_those_with_a_path(
    tmp_path: Path,
) -> None:
    queue = {**QUEUE, "Properties": {"DelaySeconds": 2}}
    assert results(tmp_path, Queue=queue) == [
        (PolicyOutcome.FAILED, ()),
        (PolicyOutcome.FAILED, ("DelaySeconds",)),
    ]


def test_the_digest_covers_the_connected_types_that_a_policy_names(tmp_path: Path) -> None:
    def digests(**properties: object) -> set[str]:
        return {
            each.digest for each in scanned(tmp_path, Queue=QUEUE, Rules=rules_of(**properties))
        }

    def rules_of(**properties: object) -> dict[str, object]:
        properties = {"Queues": [{"Ref": "Queue"}], **properties}
        return {"Type": "AWS::SQS::QueuePolicy", "Properties": properties}

    (one,), (other,) = digests(PolicyDocument={}), digests(PolicyDocument={"Statement": []})
    assert one != other
    elsewhere = [{"Ref": "Other"}]
    assert digests(PolicyDocument={}, Queues=elsewhere) == digests(Queues=elsewhere)


def test_a_resource_with_a_condition_may_be_missing(tmp_path: Path) -> None:
    topic = {**TOPIC, "Condition": "Never"}
    assert results(tmp_path, Queue=QUEUE, Topic=topic) == [(PolicyOutcome.FAILED, ())]


def test_a_parameter_counts_as_the_template_has_it_and_not_by_its_default(tmp_path: Path) -> None:
    template = {
        "Parameters": {"Delay": {"Type": "Number", "Default": 1}},
        "Resources": {
            "Queue": {**QUEUE, "Properties": {"DelaySeconds": {"Ref": "Delay"}}},
            "Topic": TOPIC,
        },
    }
    assembly = templates.assembly(tmp_path / "out", dev=json.dumps(template))
    policies = templates.policies(tmp_path / "policies", rule_py=POLICY)
    found = templates.scan(assembly, policies).results
    assert ("DelaySeconds",) in [each.paths for each in found if each.policy == "OUR_1"]
