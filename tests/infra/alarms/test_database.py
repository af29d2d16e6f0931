"""Alarms on the database."""

from __future__ import annotations

import pytest

from support.synthesis import Template

pytestmark = pytest.mark.synth

EXPECTED = {
    "Cpu": ("CPUUtilization", "GreaterThanThreshold", 80),
    "Connections": ("DatabaseConnections", "GreaterThanThreshold", 80),
    "FreeStorage": ("FreeStorageSpace", "LessThanThreshold", 5 * 2**30),
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
def test_every_instance_is_watched(
    maximal: Template, prefix: str, instance: str, subject: str
) -> None:
    alarm = maximal.properties(f"Alarms/{prefix}{subject}")
    assert (alarm["MetricName"], alarm["ComparisonOperator"], alarm["Threshold"]) == EXPECTED[
        subject
    ]
    assert alarm["Dimensions"] == [{"Name": "DBInstanceIdentifier", "Value": maximal.ref(instance)}]
    assert alarm["TreatMissingData"] == "breaching"
