"""The alarm on the reader."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.models import a_manifest
from support.synthesis import Template, templates_of

pytestmark = pytest.mark.synth


def metrics(template: Template) -> tuple[str, set[str]]:
    """Return the alarm's expression and the metrics that it uses."""
    found: list[dict[str, Any]] = template.properties("Alarms/ReaderErrors")["Metrics"]
    stats = [each["MetricStat"]["Metric"] for each in found if "MetricStat" in each]
    for metric in stats:
        assert metric["Dimensions"] == [
            {"Name": "FunctionName", "Value": template.ref("Reader/Function")}
        ]
    (expression,) = (each["Expression"] for each in found if "Expression" in each)
    return expression, {metric["MetricName"] for metric in stats}


def test_errors_and_refusals_over_the_url_count_once(template: Template) -> None:
    assert metrics(template) == (
        "100 * MAX([FILL(errors, 0), FILL(responses, 0)]) / invocations",
        {"Errors", "Invocations", "Url5xxCount"},
    )


def test_without_a_url_only_errors_count(tmp_path: Path, minimal: Template) -> None:
    (found,) = templates_of(tmp_path, a_manifest(reader={"function_url": False}))
    assert metrics(found) == ("100 * errors / invocations", {"Errors", "Invocations"})
    assert not minimal.has("Alarms/ReaderErrors")
