"""The alarm on failed uses of the KMS key, and on calls that make it unusable."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog_platform.errors import PlatformError
from support.models import a_manifest
from support.synthesis import Template, templates_of

pytestmark = pytest.mark.synth

DISABLED = "Alarms/KeyDisabledFilter"
FILTERS = ("Alarms/KeyErrorsFilter", DISABLED)


def pattern(template: Template, path: str = "Alarms/KeyErrorsFilter") -> str:
    """Return a filter's pattern with the key's id as `KEY`."""
    _, parts = template.properties(path)["FilterPattern"]["Fn::Join"]
    key = template.ref("Encryption/Key")
    return "".join("KEY" if part == key else part for part in parts)


def test_failed_uses_of_the_key_are_counted_in_the_trail(template: Template) -> None:
    found = template.properties("Alarms/KeyErrorsFilter")
    assert found["LogGroupName"] == template.ref("Logs/Trail")
    assert pattern(template) == (
        '{ ($.eventSource = "kms.amazonaws.com") && ($.errorCode = "*") && '
        '(($.errorMessage = "*KEY*") || ($.requestParameters.keyId = "*KEY*") || '
        '($.resources[0].ARN = "*KEY*") || ($.errorCode = "Throttling*")) }'
    )


def test_calls_that_make_the_key_unusable_are_counted_in_the_trail(template: Template) -> None:
    found = template.properties(DISABLED)
    assert found["LogGroupName"] == template.ref("Logs/Trail")
    assert pattern(template, DISABLED) == (
        '{ ($.eventSource = "kms.amazonaws.com") && '
        '(($.eventName = "DisableKey") || ($.eventName = "ScheduleKeyDeletion")) && '
        '(($.errorMessage = "*KEY*") || ($.requestParameters.keyId = "*KEY*") || '
        '($.resources[0].ARN = "*KEY*")) }'
    )


@pytest.mark.parametrize("threshold", [0, 5, 10**9])
def test_one_call_that_disables_the_key_fires_the_alarm(tmp_path: Path, threshold: int) -> None:
    alarms = {"key_errors": {"above_count": threshold, "severity": "critical"}}
    (found,) = templates_of(tmp_path, a_manifest(alarms=alarms))
    alarm = found.properties("Alarms/KeyErrors")
    (expression,) = (each["Expression"] for each in alarm["Metrics"] if "Expression" in each)
    value = {
        (failed, disabled): eval(expression, {"failed": failed, "disabled": disabled})
        for failed in (0, threshold)
        for disabled in (0, 1)
    }
    assert {case for case, sum_ in value.items() if sum_ > alarm["Threshold"]} == {
        case for case in value if case[1]
    }


def test_the_alarm_uses_the_metrics_of_the_filters(template: Template) -> None:
    filters = [template.properties(path)["MetricTransformations"] for path in FILTERS]
    counted = [(each["MetricNamespace"], each["MetricName"]) for (each,) in filters]
    assert [each["DefaultValue"] for (each,) in filters] == [0, 0]
    used = [
        each["MetricStat"]["Metric"]
        for each in template.properties("Alarms/KeyErrors")["Metrics"]
        if "MetricStat" in each
    ]
    assert [(each["Namespace"], each["MetricName"]) for each in used] == counted
    # Catalogs in the same account must not trigger each other's alarms.
    assert counted == [
        ("ProductCatalog/catalog-sample", name) for name in ("KeyErrors", "KeyDisabled")
    ]


@pytest.mark.parametrize("key", ["trail", "management_events"])
def test_the_alarm_requires_a_trail_of_management_events(tmp_path: Path, key: str) -> None:
    with pytest.raises(PlatformError, match=rf"alarms\.key_errors .* audit\.{key}.* is false"):
        templates_of(tmp_path / "on", a_manifest(audit={key: False}))
    off = {"key_errors": {"above_count": 5, "severity": "off"}}
    (found,) = templates_of(tmp_path / "off", a_manifest(audit={key: False}, alarms=off))
    assert not found.has("Alarms/KeyErrorsFilter")
