"""Template values that are too large for this machine are replaced in a rehearsal."""

from __future__ import annotations

import copy
from typing import Any

from catalog_platform.local.overlay import CACHE_SECRET, MAXIMUM_CONCURRENCY, adapt

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


def test_values_too_large_for_this_machine_are_replaced_and_reported() -> None:
    before = copy.deepcopy(TEMPLATE)
    adapted, found = adapt(TEMPLATE)
    assert TEMPLATE == before
    adjusted = {(a.resource, a.property): (a.wanted, a.rehearsed) for a in found}
    assert adjusted == {
        ("Stream", "ShardCount"): ("64", str(MAXIMUM_CONCURRENCY)),
        ("Processor", "Environment.Variables.CACHE_TLS"): ("true", "false"),
        ("Processor", "Environment.Variables.CACHE_SECRET_ARN"): ("(a reference)", CACHE_SECRET),
        ("Mapping", "MaximumBatchingWindowInSeconds"): ("5", "1"),
    }
    assert all(a.reason for a in found)
    assert adapted["Resources"]["Stream"]["Properties"] == {"ShardCount": MAXIMUM_CONCURRENCY}


def test_other_values_are_unchanged() -> None:
    adapted, _ = adapt(TEMPLATE)
    processor = adapted["Resources"]["Processor"]["Properties"]
    assert processor["ReservedConcurrentExecutions"] == 4
    assert processor["Environment"]["Variables"]["LOG_LEVEL"] == "INFO"
    assert adapted["Resources"]["Topic"] == TEMPLATE["Resources"]["Topic"]


def test_a_template_that_fits_is_unchanged() -> None:
    fitting, _ = adapt(TEMPLATE)
    assert adapt(fitting) == (fitting, ())
