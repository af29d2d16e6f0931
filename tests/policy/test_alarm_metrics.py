from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.policy.alarm_metrics import AlarmQuery, alarm_queries


def stat(name: str, **changes: Any) -> dict[str, Any]:
    """Return the query of a metric, whose id is its name in lower case."""
    metric = {"MetricName": name, "Namespace": "N"}
    return {
        "Id": name.lower(),
        "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"},
        "ReturnData": False,
        **changes,
    }


def queried(expression: str) -> AlarmQuery:
    metrics = [{"Id": "e", "Expression": expression}, stat("Errors"), stat("Calls")]
    nested = {"Id": "tiny", "Expression": "0.001 * errors", "ReturnData": False}
    (found,) = alarm_queries({"Metrics": [*metrics, nested]})
    return found


def test_a_metric_is_the_alarm_s_own_or_the_one_that_returns_data() -> None:
    (own,) = alarm_queries({"MetricName": "Errors", "Period": 300, "Statistic": "Sum"})
    (metric,) = own.metrics
    assert (own.path, own.factor, metric.name, metric.period) == ("Properties", 1, "Errors", 300)
    assert metric.statistic_path == "Properties/Statistic"
    (listed,) = alarm_queries({"Metrics": [stat("Calls"), stat("Errors", ReturnData=True)]})
    (metric,) = listed.metrics
    assert (listed.path, metric.name, metric.period) == ("Properties/Metrics/[1]", "Errors", 60)
    assert (metric.statistic, metric.statistic_path) == (
        "Sum",
        "Properties/Metrics/[1]/MetricStat/Stat",
    )


@pytest.mark.parametrize(
    ("expression", "factor", "is_share", "combination"),
    [
        ("errors", 1, False, ""),
        ("100 * errors", 100, False, ""),
        ("0.5*errors", 0.5, False, ""),
        ("100 * errors / calls", 100, True, ""),
        ("errors / calls", 1, True, ""),
        ("100 * errors / 10", 10, False, ""),
        ("100 * errors / 0", 0, False, ""),
        ("MAX([errors, calls])", 1, False, "MAX"),
        ("SUM([errors])", 1, False, "SUM"),
        ("100 * MAX([FILL(errors, 0), FILL(calls, 0)]) / calls", 100, True, "MAX"),
        ("FILL(errors, 0)", 1, False, ""),
        ("FILL(errors, 1000000)", 0, False, ""),
        ("errors + 1001 * calls", 1, False, "SUM"),
        ("0.5 * errors + 2 * FILL(calls, 0)", 0.5, False, "SUM"),
        ("errors + 5", 0, False, ""),
        ("errors + tiny", 0, False, ""),
        ("errors + calls / 10", 0, False, ""),
        ("AVG([errors, calls])", 0, False, ""),
        ("errors - 1000000", 0, False, ""),
        ("IF(errors > 1000000, 1, 0)", 0, False, ""),
        ("100 * errors / tiny", 0, False, ""),
        ("tiny", 0, False, ""),
    ],
)
def test_an_expression_has_a_known_form_or_the_factor_0(
    expression: str, factor: float, is_share: bool, combination: str
) -> None:
    found = queried(expression)
    assert found.expression == expression
    assert (found.factor, found.is_share, found.combination) == (factor, is_share, combination)


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("calls", {"Calls"}),
        ("100 * errors / calls", {"Errors"}),
        ("100 * calls / errors", {"Calls"}),
        ("tiny", {"Errors"}),
        ("SUM(METRICS())", {"Errors", "Calls"}),
    ],
)
def test_only_metrics_that_the_expression_uses_are_evaluated(
    expression: str, names: set[str]
) -> None:
    assert {each.name for each in queried(expression).metrics} == names


@pytest.mark.parametrize("metrics", [None, [], ["x"], [{"Id": "a", "MetricStat": {"Metric": 1}}]])
def test_what_is_no_metric_has_no_name(metrics: Any) -> None:
    found = [each.name for query in alarm_queries({"Metrics": metrics}) for each in query.metrics]
    assert set(found) <= {"None"}
