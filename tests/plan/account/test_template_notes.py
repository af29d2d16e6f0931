from __future__ import annotations

from typing import Any

import msgspec

from catalog_platform.plan.account.template_notes import (
    ADDED,
    from_deployed,
    template_notes,
    with_deployed,
)
from catalog_platform.plan.environment import resource_changes
from catalog_platform.plan.stack import Stack
from support.plan_models import KEY


def stack(shards: int, **more: Any) -> Stack:
    stream = {"Type": "AWS::Kinesis::Stream", "Properties": {"ShardCount": shards}}
    return Stack(
        template={"Resources": {"Stream": stream, **more}},
        account="333333333333",
        region="eu-west-1",
        is_protected=False,
        paths={"Stream": "Stream/Stream"},
    )


TOPIC = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "für alle"}}
RETURNED = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "f?r alle"}}


def test_what_differs_from_the_base_is_told_per_value_and_resource() -> None:
    value, resource = sorted(
        template_notes(stack(2), stack(3, Topic=RETURNED)), key=lambda each: each.logical_id
    )
    assert (value.resource, value.property, value.expected, value.actual) == (
        "Stream/Stream",
        "ShardCount",
        2,
        3,
    )
    assert "has this resource (AWS::SNS::Topic)" in resource.message
    assert {value.verdict, resource.verdict} == {"safe"}


def test_text_that_cloudformation_returns_with_question_marks_is_the_same() -> None:
    base, deployed = stack(2, Topic=TOPIC), stack(2, Topic=RETURNED)
    assert [*template_notes(base, deployed)] == []
    assert from_deployed(deployed, base) == []


def test_a_change_that_only_the_deployed_template_makes_is_added() -> None:
    (added,) = with_deployed([], from_deployed(stack(8), stack(2)))
    assert added.logical_id == "Stream"
    assert added.account == [ADDED]
    assert added.explanation.startswith(ADDED)


def test_the_worse_change_counts_and_keeps_its_cause() -> None:
    (row,) = resource_changes(stack(2), stack(3))
    row = msgspec.structs.replace(row, because=[KEY], group="stream.shards")
    (worse,) = with_deployed([row], from_deployed(stack(8), stack(3)))
    assert (worse.verdict, worse.because, worse.group) == ("rejected", [KEY], "stream.shards")
    assert [each.old for each in worse.properties] == [8]


def test_a_change_that_is_as_bad_or_already_deployed_stays() -> None:
    rows = resource_changes(stack(2), stack(3))
    assert with_deployed(rows, from_deployed(stack(3), stack(3))) == rows
    assert with_deployed(rows, rows) == rows
