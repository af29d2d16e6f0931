"""Log groups."""

from __future__ import annotations

import pytest

from support.synthesis import Template

pytestmark = pytest.mark.synth


def test_every_log_group_is_kept_as_long_as_the_manifest_says(template: Template) -> None:
    days = {
        path: template.properties(path)["RetentionInDays"]
        for path in template.logical_ids
        if path.startswith("Logs/")
    }
    assert days == {
        "Logs/Flow": 90,
        "Logs/Processor": 30,
        "Logs/Reader": 30,
        "Logs/Replayer": 30,
        "Logs/Schema": 30,
    }
    assert len(template.all_of("AWS::Logs::LogGroup")) == len(days)


def test_log_groups_follow_the_manifest_when_they_leave(template: Template) -> None:
    assert template.resource("Logs/Processor")["DeletionPolicy"] == "Retain"
