"""Alarms on the cache."""

from __future__ import annotations

from typing import Any

import pytest

from support.synthesis import Template

pytestmark = pytest.mark.synth


def nodes(template: Template, alarm: str) -> list[str]:
    """What stands after the group's identifier in the names of the nodes that are watched."""
    return [
        query["MetricStat"]["Metric"]["Dimensions"][0]["Value"]["Fn::Join"][1][1]
        for query in queries(template, alarm)
        if "MetricStat" in query
    ]


def queries(template: Template, alarm: str) -> list[dict[str, Any]]:
    found = template.properties(f"Alarms/{alarm}")["Metrics"]
    assert isinstance(found, list)
    return found


def test_the_nodes_of_a_plain_group_are_numbered_through(template: Template) -> None:
    assert nodes(template, "Cache1Cpu") == ["-001", "-002"]


def test_the_nodes_of_a_cluster_are_numbered_within_their_shard(maximal: Template) -> None:
    watched = nodes(maximal, "Cache1Memory") + nodes(maximal, "Cache2Memory")
    assert watched == [
        f"-{shard:04}-{member:03}" for shard in range(1, 5) for member in range(1, 4)
    ]


def test_no_alarm_watches_more_nodes_than_cloudwatch_allows(maximal: Template) -> None:
    assert len(nodes(maximal, "Cache1Cpu")) == 10
    assert len(nodes(maximal, "Cache2Cpu")) == 2
    assert not maximal.has("Alarms/Cache3Cpu")


@pytest.mark.parametrize(
    ("subject", "expression", "threshold"),
    [
        ("Cpu", "MAX([node1, node2])", 80),
        ("Memory", "MAX([node1, node2])", 80),
        ("Evictions", "SUM([node1, node2])", 1000),
    ],
)
def test_load_is_judged_by_the_worst_node_and_losses_by_all(
    template: Template, subject: str, expression: str, threshold: int
) -> None:
    (found,) = [
        query["Expression"]
        for query in queries(template, f"Cache1{subject}")
        if "Expression" in query
    ]
    assert found == expression
    assert template.properties(f"Alarms/Cache1{subject}")["Threshold"] == threshold
