from __future__ import annotations

from dataclasses import replace

import pytest

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.digests import has_path, violation_digest

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


def test_an_element_keeps_its_digest_when_another_one_is_added_before_it() -> None:
    one, other = {"Key": "a", "Value": "b"}, {"Key": "c", "Value": "d"}
    first = digest_of("Tags/0", Tags=[one])
    assert first == digest_of("Tags/1", Tags=[other, one])
    assert first != digest_of("Tags/0", Tags=[other, one])


def test_an_attribute_is_a_value_as_well() -> None:
    def digest(**attributes: str) -> str:
        queue = resource("Queue1234", "Queue")
        return violation_digest(replace(queue, attributes=attributes), ["DeletionPolicy"], {})

    assert digest(DeletionPolicy="Delete") != digest(DeletionPolicy="Retain")
    assert digest(DeletionPolicy="Delete") == digest(DeletionPolicy="Delete", Metadata="x")


def test_a_path_is_set_or_not() -> None:
    queue = replace(resource("Q", "Q", **PROPERTIES), attributes={"DeletionPolicy": "Delete"})
    assert has_path(queue, "Tags/0/Key")
    assert has_path(queue, "DeletionPolicy")
    assert not has_path(queue, "Tags/1")
    assert not has_path(queue, "UpdateReplacePolicy")


def test_a_connected_resource_is_part_of_the_digest() -> None:
    def digest(statement: str, *, refers: bool = True, kind: str = "AWS::SQS::QueuePolicy") -> str:
        queue = resource("Queue1234", "Queue", Delay=1)
        queues = [{"Ref": "Queue1234" if refers else "Other1234"}]
        policy = replace(
            resource("Policy1234", "Queue/Policy", Queues=queues, Statement=statement), type=kind
        )
        both = {each.logical_id: each for each in (queue, policy)}
        return violation_digest(queue, ["Delay"], both, {"AWS::SQS::QueuePolicy"})

    assert digest("a") != digest("b")
    assert digest("a", refers=False) == digest("b", refers=False)
    assert digest("a", kind="AWS::SNS::TopicPolicy") == digest("b", refers=False)


def test_without_a_path_the_digest_has_the_resource_and_the_connected_ones() -> None:
    def digest(delay: int, statement: str) -> str:
        queue = resource("Queue1234", "Queue", Delay=delay)
        policy = resource(
            "Policy1234", "Policy", Queues=[{"Ref": "Queue1234"}], Statement=statement
        )
        both = {"Queue1234": queue, "Policy1234": replace(policy, type="AWS::SQS::QueuePolicy")}
        return violation_digest(queue, [], both, {"AWS::SQS::QueuePolicy"})

    assert len({digest(1, "a"), digest(2, "a"), digest(1, "b")}) == 3


def test_a_dependency_counts_by_its_construct_path() -> None:
    def digest(role: str) -> str:
        queue = replace(resource("Q", "Q"), attributes={"DependsOn": [role]})
        others = [resource("Role1234", "Role"), resource("Role9999", "Role")]
        return violation_digest(queue, ["DependsOn"], {each.logical_id: each for each in others})

    assert digest("Role1234") == digest("Role9999")
    assert digest("Role1234") != digest("Elsewhere")
