from __future__ import annotations

from typing import Any

import msgspec
import pytest

from catalog_platform.model import section
from catalog_platform.model.section import Section


class Sample(Section, frozen=True, kw_only=True):
    """A section with one key."""

    days: int


def test_a_section_has_all_of_its_keys_no_other_and_does_not_change() -> None:
    assert msgspec.convert({"days": 1}, Sample).days == 1
    for wrong in ({}, {"days": 1, "day": 2}, {"days": "1"}):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(wrong, Sample)
    with pytest.raises(AttributeError):
        Sample(days=1).days = 2  # type: ignore[misc]


@pytest.mark.parametrize(
    ("form", "valid", "invalid"),
    [
        (
            section.DailyWindow,
            ["00:00-23:59", "23:30-00:30"],
            ["24:00-01:00", "3:00-4:00", "03:00"],
        ),
        (section.DailyTime, ["00:00", "23:59"], ["24:00", "12:60", "1:00"]),
        (
            section.WeeklyWindow,
            ["mon:04:30-mon:05:30", "sun:23:30-mon:00:30"],
            ["04:30-05:30", "Mon:04:30-mon:05:30", "mon:04:30"],
        ),
        (section.ZoneName, ["eu-west-1a", "us-gov-east-1b"], ["eu-west-1", "eu-west-1A"]),
        (section.CidrBlock, ["10.0.0.0/16", "10.0.0.0/28"], ["10.0.0.0/15", "10.0.0.0", "x"]),
        (section.LogRetention, [1, 3653], [2, 0]),
    ],
    ids=["window", "time", "week", "zone", "block", "retention"],
)
def test_a_form_accepts_what_aws_accepts(form: Any, valid: list[Any], invalid: list[Any]) -> None:
    for value in valid:
        assert msgspec.convert(value, form) == value
    for value in invalid:
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(value, form)
