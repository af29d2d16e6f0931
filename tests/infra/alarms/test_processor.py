"""Alarms on the processor and on its metrics."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog_platform.infra.alarms.processor import NAMESPACE
from catalog_platform.workspace import Workspace
from support.alarms import measured
from support.models import a_manifest
from support.synthesis import Template, templates_of

pytestmark = pytest.mark.synth

SHARES = {
    "ProcessorErrors": "Sum Errors, Sum Invocations",
    "BatchFailures": "SampleCount BatchFailures, Sum BatchFailures",
    "CacheFailures": "SampleCount CacheFailures, Sum CacheFailures",
    "MalformedRecords": "Sum EventsMalformed, Sum EventsReceived",
}


@pytest.mark.parametrize("name", SHARES)
def test_failures_are_a_percentage_of_attempts(template: Template, name: str) -> None:
    assert (
        measured(template.properties(f"Alarms/{name}")) == f"100 * part / whole of {SHARES[name]}"
    )


@pytest.mark.parametrize(
    ("name", "metric"), [("ProcessorThrottles", "Throttles"), ("ProcessorDuration", "Duration")]
)
def test_the_function_has_alarms(template: Template, name: str, metric: str) -> None:
    alarm = template.properties(f"Alarms/{name}")
    assert alarm["MetricName"] == metric
    assert alarm["Dimensions"] == [
        {"Name": "FunctionName", "Value": template.ref("Processor/Function")}
    ]


def test_duration_threshold_follows_the_timeout(tmp_path: Path) -> None:
    (found,) = templates_of(tmp_path, a_manifest(processor={"timeout_seconds": 100}))
    assert found.properties("Alarms/ProcessorDuration")["Threshold"] == 80_000


def test_alarms_use_the_metrics_that_the_function_emits(
    template: Template, repository: Workspace
) -> None:
    functions = repository.functions
    packages = (
        functions / "inventory_processor" / "src" / "inventory_processor",
        functions / "runtime" / "src" / "catalog_runtime",
    )
    written = "".join(path.read_text() for each in packages for path in each.glob("*.py"))
    assert f'NAMESPACE = "{NAMESPACE}"' in written
    for name in ("BatchFailures", "CacheFailures", "MalformedRecords"):
        for query in template.properties(f"Alarms/{name}")["Metrics"]:
            if "MetricStat" in query:
                metric = query["MetricStat"]["Metric"]
                assert metric["Dimensions"] == [{"Name": "Environment", "Value": "sample"}]
                assert metric["Namespace"] == NAMESPACE
                assert f'"{metric["MetricName"]}"' in written
