"""The created alarms match the manifest and link to their runbooks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from catalog_platform import model
from catalog_platform.manifest import Manifests
from catalog_platform.workspace import Workspace
from support.alarms import alarms_of
from support.models import COMPLETE, a_manifest
from support.synthesis import Template, templates_of

pytestmark = pytest.mark.synth

MEBIBYTE, GIBIBYTE = 2**20, 2**30
# Factors from the manifest's unit to the metric's. The sample's timeout is 60 seconds.
SCALES = {
    "iterator_age": 1000,
    "processor_duration": 600,
    "database_free_storage": GIBIBYTE,
    "database_free_memory": MEBIBYTE,
}
NAMES = sorted(
    name
    for name, value in msgspec.structs.asdict(a_manifest().alarms).items()
    if isinstance(value, model.Alarm)
)
WITH_THRESHOLD = [name for name in NAMES if name != "catalog_unhealthy"]


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """The template with a different threshold and severity for every alarm."""
    (found,) = templates_of(
        tmp_path_factory.mktemp("changed"),
        a_manifest(
            database={"read_replicas": 1},
            alarms={name: _changed(COMPLETE["alarms"][name]) for name in WITH_THRESHOLD},
        ),
    )
    return found


def _changed(alarm: dict[str, Any]) -> dict[str, Any]:
    (key,) = set(alarm) - {"severity"}
    other = {"critical": "warning", "warning": "critical"}[alarm["severity"]]
    return {key: alarm[key] + 7, "severity": other}


def test_exactly_the_alarms_of_the_manifest_are_created(maximal: Template) -> None:
    assert {alarm.name for alarm in alarms_of(maximal)} == set(WITH_THRESHOLD)


@pytest.mark.parametrize("name", WITH_THRESHOLD)
def test_threshold_and_severity_follow_the_manifest(changed: Template, name: str) -> None:
    wanted = _changed(COMPLETE["alarms"][name])
    severity = wanted.pop("severity")
    ((direction, threshold),) = wanted.items()
    operator = "LessThanThreshold" if direction.startswith("below") else "GreaterThanThreshold"
    found = [alarm for alarm in alarms_of(changed) if alarm.name == name]
    assert found
    for alarm in found:
        assert alarm.properties["Threshold"] == threshold * SCALES.get(name, 1)
        assert alarm.properties["ComparisonOperator"] == operator
        assert alarm.severity == severity


def test_off_removes_only_that_alarm(tmp_path: Path) -> None:
    manifests = [
        a_manifest(
            environment={"name": name.replace("_", "-")[:20].strip("-")},
            database={"read_replicas": 1},
            alarms={name: COMPLETE["alarms"][name] | {"severity": "off"}},
        )
        for name in WITH_THRESHOLD
    ]
    for name, found in zip(WITH_THRESHOLD, templates_of(tmp_path, *manifests), strict=True):
        created = {alarm.name for alarm in alarms_of(found)}
        assert created == set(WITH_THRESHOLD) - {name}


def test_minimum_severity_omits_alarms(tmp_path: Path) -> None:
    critical, none = templates_of(
        tmp_path,
        a_manifest(environment={"name": "critical"}, alarms={"minimum_severity": "critical"}),
        a_manifest(environment={"name": "none"}, alarms={"minimum_severity": "off"}),
    )
    assert {alarm.severity for alarm in alarms_of(critical)} == {"critical"}
    assert alarms_of(none) == ()
    assert none.all_of("AWS::CloudWatch::CompositeAlarm") == {}
    assert none.all_of("AWS::Logs::MetricFilter") == {}


def test_descriptions_fit_and_link_to_the_runbook(maximal: Template) -> None:
    for alarm in alarms_of(maximal):
        text = alarm.properties["AlarmDescription"]
        assert text.endswith(f" Runbook: https://example.com/runbooks/{alarm.name}.md")
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
        assert len(text) <= 1024, alarm.id


def test_descriptions_fit_with_the_longest_link(tmp_path: Path) -> None:
    url = "https://example.com/" + "x" * 280
    (found,) = templates_of(
        tmp_path, a_manifest(database={"read_replicas": 1}, alarms={"runbook_base_url": url})
    )
    assert max(len(alarm.properties["AlarmDescription"]) for alarm in alarms_of(found)) <= 1024


def test_the_default_link_ends_with_a_path_in_the_repository(
    repository: Workspace, examples: Workspace
) -> None:
    base = Manifests(examples).load("production").alarms.runbook_base_url
    server, _, path = base.partition("/blob/main/")
    assert server.startswith("https://")
    assert (repository.root / path / "iterator_age.md").is_file()
