"""Where a laptop cannot follow a template, and only there, something else is rehearsed."""

from __future__ import annotations

import copy
from typing import Any

from catalog_platform.local.overlay import CACHE_SECRET, LANES, sized_down

TEMPLATE: dict[str, Any] = {
    "Resources": {
        "Stream": {"Type": "AWS::Kinesis::Stream", "Properties": {"ShardCount": 64}},
        "Processor": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "ReservedConcurrentExecutions": 4,
                "Environment": {
                    "Variables": {
                        "CACHE_TLS": "true",
                        "CACHE_SECRET_ARN": {"Ref": "Token"},
                        "LOG_LEVEL": "INFO",
                    }
                },
            },
        },
        "Mapping": {
            "Type": "AWS::Lambda::EventSourceMapping",
            "Properties": {"MaximumBatchingWindowInSeconds": 5, "BatchSize": 100},
        },
        "Topic": {"Type": "AWS::SNS::Topic"},
    }
}


def test_what_a_laptop_cannot_follow_is_replaced_and_told() -> None:
    before = copy.deepcopy(TEMPLATE)
    sized, found = sized_down(TEMPLATE)
    assert TEMPLATE == before
    told = {(a.resource, a.property): (a.wanted, a.rehearsed) for a in found}
    assert told == {
        ("Stream", "ShardCount"): ("64", str(LANES)),
        ("Processor", "Environment.Variables.CACHE_TLS"): ("true", "false"),
        ("Processor", "Environment.Variables.CACHE_SECRET_ARN"): ("(a reference)", CACHE_SECRET),
        ("Mapping", "MaximumBatchingWindowInSeconds"): ("5", "1"),
    }
    assert all(a.reason for a in found)
    assert sized["Resources"]["Stream"]["Properties"] == {"ShardCount": LANES}


def test_everything_else_is_rehearsed_as_it_stands() -> None:
    sized, _ = sized_down(TEMPLATE)
    processor = sized["Resources"]["Processor"]["Properties"]
    assert processor["ReservedConcurrentExecutions"] == 4
    assert processor["Environment"]["Variables"]["LOG_LEVEL"] == "INFO"
    assert sized["Resources"]["Topic"] == TEMPLATE["Resources"]["Topic"]


def test_a_template_that_fits_is_left_alone() -> None:
    fitting, _ = sized_down(TEMPLATE)
    assert sized_down(fitting) == (fitting, ())
