"""The stream."""

from __future__ import annotations

import pytest

from support.synthesis import Template

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
