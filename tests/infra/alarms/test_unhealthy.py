"""The composite alarm of all critical alarms."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from catalog_platform.errors import PlatformError
from support.alarms import alarms_of
from support.models import COMPLETE, a_manifest
from support.synthesis import Template, templates_of

pytestmark = pytest.mark.synth


def children(template: Template) -> set[str]:
    """Return the logical ids in the composite alarm's rule, which contains only OR."""
    _, parts = template.properties("Alarms/CatalogUnhealthy")["AlarmRule"]["Fn::Join"]
    rule = "".join(part if isinstance(part, str) else part["Ref"] for part in parts)
    terms = rule.split(" OR ")
    assert all(re.fullmatch(r'ALARM\("\w+"\)', term) for term in terms), rule
    return {term[7:-2] for term in terms}


def test_it_fires_when_any_critical_alarm_fires(maximal: Template) -> None:
    critical = {
        maximal.logical_ids[f"Alarms/{alarm.id}"]
        for alarm in alarms_of(maximal)
        if alarm.severity == "critical"
    }
    assert len(critical) > 5
    assert children(maximal) == critical


def test_it_notifies_on_alarm_and_ok_with_a_runbook_link(template: Template) -> None:
    alarm = template.properties("Alarms/CatalogUnhealthy")
    assert alarm["AlarmActions"] == alarm["OKActions"] == [template.ref("Alarms/Topic")]
    assert alarm["AlarmDescription"].startswith("[critical] ")
    assert alarm["AlarmDescription"].endswith("https://example.com/runbooks/catalog_unhealthy.md")


@pytest.mark.parametrize(("severity", "topic"), [("warning", "Alarms/WarningTopic"), ("off", None)])
def test_severity_follows_the_manifest(tmp_path: Path, severity: str, topic: str | None) -> None:
    (found,) = templates_of(
        tmp_path, a_manifest(alarms={"catalog_unhealthy": {"severity": severity}})
    )
    assert found.has("Alarms/CatalogUnhealthy") is (topic is not None)
    if topic is not None:
        alarm = found.properties("Alarms/CatalogUnhealthy")
        assert alarm["AlarmActions"] == [found.ref(topic)]


def test_too_many_critical_alarms_raise_an_error(tmp_path: Path) -> None:
    names = [name for name in COMPLETE["alarms"] if name.startswith("cache_")]
    critical = {
        name: COMPLETE["alarms"][name] | {"severity": "critical"}
        for name in names
        if name != "cache_failures"
    }
    manifest = a_manifest(
        cache={"cluster_mode": "enabled", "shards": 40, "replicas_per_shard": 5}, alarms=critical
    )
    with pytest.raises(PlatformError, match=r"alarms are critical; .* combines at most 100"):
        templates_of(tmp_path, manifest)
