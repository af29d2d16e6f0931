"""The alarm on failed uses of the KMS key."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog_platform.errors import PlatformError
from support.models import a_manifest
from support.synthesis import Template, templates_of

pytestmark = pytest.mark.synth


def pattern(template: Template) -> str:
    """Return the filter's pattern with the key's id as `KEY`."""
    _, parts = template.properties("Alarms/KeyErrorsFilter")["FilterPattern"]["Fn::Join"]
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


def test_the_alarm_uses_the_metric_of_the_filter(template: Template) -> None:
    (counted,) = template.properties("Alarms/KeyErrorsFilter")["MetricTransformations"]
    alarm = template.properties("Alarms/KeyErrors")
    assert (alarm["Namespace"], alarm["MetricName"]) == (
        counted["MetricNamespace"],
        counted["MetricName"],
    )
    # Catalogs in the same account must not trigger each other's alarms.
    assert counted["MetricNamespace"] == "ProductCatalog/catalog-sample"


@pytest.mark.parametrize("key", ["trail", "management_events"])
def test_the_alarm_requires_a_trail_of_management_events(tmp_path: Path, key: str) -> None:
    with pytest.raises(PlatformError, match=rf"alarms\.key_errors .* audit\.{key}.* is false"):
        templates_of(tmp_path / "on", a_manifest(audit={key: False}))
    off = {"key_errors": {"above_count": 5, "severity": "off"}}
    (found,) = templates_of(tmp_path / "off", a_manifest(audit={key: False}, alarms=off))
    assert not found.has("Alarms/KeyErrorsFilter")
