from __future__ import annotations

import pytest

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.digests import violation_digest

PROPERTIES = {
    "Delay": 1,
    "Policy": {"Target": {"Fn::GetAtt": ["Dead1234", "Arn"]}, "Key": {"Ref": "Key1234"}},
    "Name": {"Fn::Sub": "${Dead1234}-${Dead1234.Arn}-${AWS::Region}"},
    "Tags": [{"Key": "a", "Value": "b"}],
}


def resource(logical_id: str, path: str, **properties: object) -> Resource:
    return Resource(
        logical_id=logical_id,
        type="AWS::SQS::Queue",
        path=path,
        attributes={},
        properties=properties,
    )


def digest_of(*paths: str, suffix: str = "1234", **changes: object) -> str:
    text = {**PROPERTIES, **changes}
    queue = resource(f"Queue{suffix}", "Queue", **_renamed(text, suffix))
    others = [resource(f"Dead{suffix}", "Dead/Queue"), resource(f"Key{suffix}", "Key/Key")]
    return violation_digest(queue, paths, {each.logical_id: each for each in (queue, *others)})


def _renamed(node: object, suffix: str):
    if isinstance(node, dict):
        return {key: _renamed(value, suffix) for key, value in node.items()}
    if isinstance(node, list):
        return [_renamed(each, suffix) for each in node]
    return node.replace("1234", suffix) if isinstance(node, str) else node


@pytest.mark.parametrize("paths", [(), ("Policy",), ("Policy/Target", "Name"), ("Policy/Key",)])
def test_a_new_logical_id_changes_nothing(paths: tuple[str, ...]) -> None:
    assert digest_of(*paths) == digest_of(*paths, suffix="9999")


def test_only_evaluated_values_affect_the_digest() -> None:
    assert digest_of("Delay") == digest_of("Delay", Tags=[])
    assert digest_of("Delay") != digest_of("Delay", Delay=2)
    assert digest_of("Tags/0/Value") != digest_of("Tags/0/Value", Tags=[{"Value": "c"}])
    assert digest_of() != digest_of(Tags=[])


@pytest.mark.parametrize("path", ["Gone", "Delay/Below", "Tags/9", "Tags/x"])
def test_a_property_that_is_not_set_is_a_value_as_well(path: str) -> None:
    assert digest_of(path).startswith("sha256:")
    assert digest_of(path) != digest_of("Delay")


def test_another_target_of_a_reference_is_another_value() -> None:
    other = {"Target": {"Fn::GetAtt": ["Key1234", "Arn"]}, "Key": {"Ref": "Key1234"}}
    assert digest_of("Policy") != digest_of("Policy", Policy=other)


def test_there_is_no_digest_without_a_resource() -> None:
    assert violation_digest(None, ("Delay",), {}) == ""


def test_an_attribute_such_as_the_deletion_policy_counts_too() -> None:
    queues = [
        Resource(
            logical_id="Queue",
            type="AWS::SQS::Queue",
            path="Queue",
            attributes={"DeletionPolicy": value},
        )
        for value in ("Retain", "Delete")
    ]
    kept, deleted = (violation_digest(each, ["DeletionPolicy"], {}) for each in queues)
    assert kept != deleted
