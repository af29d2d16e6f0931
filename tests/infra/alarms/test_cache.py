"""Alarms on the cache."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.models import a_manifest
from support.synthesis import Template, templates_of

pytestmark = pytest.mark.synth


def nodes(template: Template, alarm: str) -> list[str]:
    """Return the suffixes of the node identifiers that alarms use."""
    return [
        query["MetricStat"]["Metric"]["Dimensions"][0]["Value"]["Fn::Join"][1][1]
        for query in queries(template, alarm)
        if "MetricStat" in query
    ]


def queries(template: Template, alarm: str) -> list[dict[str, Any]]:
    found = template.properties(f"Alarms/{alarm}")["Metrics"]
    assert isinstance(found, list)
    return found


def test_nodes_without_cluster_mode_are_numbered(template: Template) -> None:
    assert nodes(template, "Cache1Cpu") == ["-001", "-002"]


def test_nodes_in_cluster_mode_are_numbered_per_shard(maximal: Template) -> None:
    watched = nodes(maximal, "Cache1Memory") + nodes(maximal, "Cache2Memory")
    assert watched == [
        f"-{shard:04}-{member:03}" for shard in range(1, 5) for member in range(1, 4)
    ]


def test_alarms_combine_whole_shards_within_the_limit(
    maximal: Template,
) -> None:
    assert len(nodes(maximal, "Cache1Cpu")) == 9
    assert len(nodes(maximal, "Cache2Cpu")) == 3
    assert not maximal.has("Alarms/Cache3Cpu")


def test_without_replicas_there_is_no_lag_alarm(template: Template, tmp_path: Path) -> None:
    (alone,) = templates_of(tmp_path, a_manifest(cache={"replicas_per_shard": 0}))
    assert template.has("Alarms/Cache1ReplicationLag")
    assert not alone.has("Alarms/Cache1ReplicationLag")
    assert nodes(alone, "Cache1Cpu") == ["-001"]


@pytest.mark.parametrize(
    ("subject", "expression", "missing"),
    [
        ("Cpu", "MAX([node1, node2])", "breaching"),
        ("Memory", "MAX([node1, node2])", "breaching"),
        ("Evictions", "SUM([node1, node2])", "notBreaching"),
        ("ReplicationLag", "MAX([node1, node2])", "breaching"),
    ],
)
def test_load_uses_the_maximum_and_evictions_the_sum(
    template: Template, subject: str, expression: str, missing: str
) -> None:
    (found,) = [
        query["Expression"]
        for query in queries(template, f"Cache1{subject}")
        if "Expression" in query
    ]
    assert found == expression
    assert template.properties(f"Alarms/Cache1{subject}")["TreatMissingData"] == missing
