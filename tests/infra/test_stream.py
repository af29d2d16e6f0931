"""The stream."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from catalog_platform.aws.refused_updates import refused_updates
from catalog_platform.aws.refused_updates.update import StackUpdate
from support.models import a_manifest
from support.synthesis import Template, templates_of

pytestmark = pytest.mark.synth


def test_a_provisioned_stream_has_the_shards_of_the_manifest(template: Template) -> None:
    stream = template.properties("Stream/Stream")
    assert stream["ShardCount"] == 2
    assert stream["StreamModeDetails"] == {"StreamMode": "PROVISIONED"}
    assert stream["RetentionPeriodHours"] == 168


def test_an_on_demand_stream_has_no_shard_count(minimal: Template) -> None:
    stream = minimal.properties("Stream/Stream")
    assert "ShardCount" not in stream
    assert stream["StreamModeDetails"] == {"StreamMode": "ON_DEMAND"}


def test_removal_follows_the_manifest(template: Template, minimal: Template) -> None:
    assert template.resource("Stream/Stream")["DeletionPolicy"] == "RetainExceptOnCreate"
    assert minimal.resource("Stream/Stream")["DeletionPolicy"] == "Delete"


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"shards": 4}, []),
        ({"shards": 1}, []),
        ({"shards": 5}, ["stream.shards"]),
        ({"retention_hours": 200}, []),
        ({"retention_hours": 48}, []),
        ({"mode": "on_demand", "shards": None}, []),
    ],
)
def test_an_edit_changes_the_deployed_stream_within_the_limits_of_kinesis(
    template: Template, tmp_path: Path, changes: dict[str, Any], refused: list[str]
) -> None:
    (head,) = templates_of(tmp_path, a_manifest(stream=changes))
    assert [each.key for each in refused_updates(template.content, head.content)] == refused
    stream = template.logical_ids["Stream/Stream"]
    assert stream not in StackUpdate.between(template.content, head.content).replaced
