"""Alarms on the database."""

from __future__ import annotations

import pytest

from support.synthesis import Template

pytestmark = pytest.mark.synth

EXPECTED = {
    "Cpu": ("CPUUtilization", "GreaterThanThreshold", 80),
    "Connections": ("DatabaseConnections", "GreaterThanThreshold", 80),
    "FreeStorage": ("FreeStorageSpace", "LessThanThreshold", 2**30),
    "FreeMemory": ("FreeableMemory", "LessThanThreshold", 256 * 2**20),
}


@pytest.mark.parametrize("subject", EXPECTED)
@pytest.mark.parametrize(
    ("prefix", "instance"),
    [
        ("Database", "Database/Instance"),
        ("DatabaseReplica1", "Database/Replica1"),
        ("DatabaseReplica2", "Database/Replica2"),
    ],
)
def test_every_instance_has_alarms(
    maximal: Template, prefix: str, instance: str, subject: str
) -> None:
    alarm = maximal.properties(f"Alarms/{prefix}{subject}")
    assert (alarm["MetricName"], alarm["ComparisonOperator"], alarm["Threshold"]) == EXPECTED[
        subject
    ]
    assert alarm["Dimensions"] == [{"Name": "DBInstanceIdentifier", "Value": maximal.ref(instance)}]
    assert alarm["TreatMissingData"] == "breaching"


def test_only_replicas_have_a_lag_alarm(maximal: Template) -> None:
    lagging = {path for path in maximal.logical_ids if path.endswith("Lag") and "Database" in path}
    assert lagging == {"Alarms/DatabaseReplica1Lag", "Alarms/DatabaseReplica2Lag"}
    alarm = maximal.properties("Alarms/DatabaseReplica2Lag")
    assert alarm["MetricName"] == "ReplicaLag"
    assert alarm["Dimensions"][0]["Value"] == maximal.ref("Database/Replica2")
    # Without writes, PostgreSQL's lag rises for five minutes and drops to zero.
    assert (alarm["Statistic"], alarm["Period"]) == ("Minimum", 300)
