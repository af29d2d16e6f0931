"""A change of lifecycle rules is lost data if a rule deletes earlier, or more."""

from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.aws.refused_updates.update import ResourceUpdate, StackUpdate
from catalog_platform.plan.verdicts.bucket_lifecycle import deletes_more

Rule = dict[str, Any]
DAYS: Rule = {"ExpirationInDays": 90}
OLDER: Rule = {"NoncurrentDays": 90, "NewerNoncurrentVersions": 5}
TAG = {"Key": "a", "Value": "b"}


def update(old: list[Rule], new: list[Rule]) -> ResourceUpdate:
    """Return the update of a bucket's rules."""
    base, head = (
        {"LifecycleConfiguration": {"Rules": [{"Status": "Enabled", **each} for each in rules]}}
        for rules in (old, new)
    )
    sides = ({"Type": "AWS::S3::Bucket", "Properties": each} for each in (base, head))
    stack = StackUpdate.between(*({"Resources": {"R": each}} for each in sides))
    return ResourceUpdate(stack, "R", stack.base["R"], stack.head["R"])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ([], [DAYS]),
        ([{**DAYS, "Status": "Disabled"}], [DAYS]),
        ([DAYS], [{"ExpirationInDays": 89}]),
        ([DAYS], [{"ExpirationDate": "2030-01-01T00:00:00Z"}]),
        ([{"ExpirationDate": "2030-01-01"}], [{"ExpirationDate": "2029-12-31"}]),
        ([{**DAYS, "Prefix": "logs/"}], [DAYS]),
        ([{**DAYS, "Prefix": "logs/"}], [{**DAYS, "Prefix": "log"}]),
        ([{**DAYS, "TagFilters": [TAG]}], [DAYS]),
        ([{**DAYS, "ObjectSizeGreaterThan": 9}], [DAYS]),
        ([{**DAYS, "ObjectSizeGreaterThan": 9}], [{**DAYS, "ObjectSizeGreaterThan": 8}]),
        ([{**DAYS, "ObjectSizeLessThan": 9}], [DAYS]),
        ([{**DAYS, "ObjectSizeLessThan": 9}], [{**DAYS, "ObjectSizeLessThan": 10}]),
        (
            [{"NoncurrentVersionExpiration": OLDER}],
            [{"NoncurrentVersionExpiration": {**OLDER, "NewerNoncurrentVersions": 4}}],
        ),
        (
            [{"NoncurrentVersionExpiration": OLDER}],
            [{"NoncurrentVersionExpiration": {"NoncurrentDays": 90}}],
        ),
        ([{"NoncurrentVersionExpirationInDays": 90}], [{"NoncurrentVersionExpirationInDays": 9}]),
        ([DAYS], [{"ExpirationInDays": {"Ref": "Days"}}]),
    ],
)
def test_what_is_deleted_earlier_or_more_is_found(old: list[Rule], new: list[Rule]) -> None:
    assert deletes_more(update(old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ([DAYS], []),
        ([DAYS], [{**DAYS, "Status": "Disabled"}]),
        ([DAYS], [{"ExpirationInDays": 91}]),
        ([{**DAYS, "Id": "a"}], [{**DAYS, "Id": "b"}]),
        ([DAYS], [{**DAYS, "Prefix": "logs/"}]),
        ([{**DAYS, "Prefix": "logs/"}], [{**DAYS, "Prefix": "logs/old/"}]),
        ([DAYS], [{**DAYS, "TagFilters": [TAG]}]),
        ([DAYS], [{**DAYS, "ObjectSizeGreaterThan": 9, "ObjectSizeLessThan": 99}]),
        ([{**DAYS, "ObjectSizeGreaterThan": 9}], [{**DAYS, "ObjectSizeGreaterThan": 10}]),
        ([{**DAYS, "ObjectSizeLessThan": 9}], [{**DAYS, "ObjectSizeLessThan": 8}]),
        ([{"ExpirationDate": "2030-01-01"}], [{"ExpirationDate": "2030-01-02"}]),
        (
            [{"NoncurrentVersionExpirationInDays": 90}],
            [{"NoncurrentVersionExpiration": {"NoncurrentDays": 90}}],
        ),
        (
            [{"NoncurrentVersionExpiration": OLDER}],
            [{"NoncurrentVersionExpiration": {**OLDER, "NewerNoncurrentVersions": 6}}],
        ),
        ([{"ExpirationInDays": {"Ref": "Days"}}], [{"ExpirationInDays": {"Ref": "Days"}}]),
        ([DAYS], [{**DAYS, "Transitions": [{"TransitionInDays": 1}]}]),
    ],
)
def test_what_is_deleted_later_or_less_is_no_loss(old: list[Rule], new: list[Rule]) -> None:
    assert not deletes_more(update(old, new))
