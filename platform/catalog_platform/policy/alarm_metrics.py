"""Read what an alarm evaluates: a metric, or an expression of metrics.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from catalog_platform.policy.template_values import at, is_false, items

_ID = r"[a-z]\w*"
_WORD = re.compile(rf"\b{_ID}")
# Its result is all metrics of the alarm.
_EVERY = "METRICS("
_NUMBER = r"\d+(?:\.\d+)?"
_METRIC = rf"(?:{_ID}|FILL\({_ID},0\))"
# Without spaces: 100 * MAX([errors, FILL(responses, 0)]) / calls.
_FORM = re.compile(
    rf"(?:({_NUMBER})\*)?(?:{_METRIC}|(MAX|MIN|SUM)\(\[{_METRIC}(?:,{_METRIC})*\]\))"
    rf"(?:/({_ID}|{_NUMBER}))?"
)
# Likewise: errors + 1001 * disabled.
_TERM = rf"(?:({_NUMBER})\*)?{_METRIC}"
_ADDITION = re.compile(rf"{_TERM}(?:\+{_TERM})+")


@dataclass(frozen=True, slots=True)
class AlarmMetric:
    """A metric of an alarm; `content` has its name, namespace and dimensions.

    `statistic_path` is the path of the statistic, which has another name in a list of metrics.
    """

    content: Mapping[str, Any]
    period: Any
    statistic: Any
    statistic_path: str

    @property
    def name(self) -> str:
        """Return the name of the metric."""
        return str(self.content.get("MetricName"))


@dataclass(frozen=True, slots=True)
class AlarmQuery:
    """What an alarm compares with its threshold: a metric, or an expression of `metrics`.

    The metric by which an expression divides is none of `metrics`. `combination` is `MAX`, `MIN` or
    `SUM` if the expression has that of metrics. `factor` is the number by which it multiplies a
    metric, the smallest one of an addition, and 0 for an expression of another form. `is_share` is
    whether it also divides the metric by another one; then it is at most `factor`.
    """

    path: str
    metrics: tuple[AlarmMetric, ...]
    expression: str = ""
    combination: str = ""
    factor: float = 1
    is_share: bool = False


def alarm_queries(alarm: Mapping[str, Any]) -> Iterator[AlarmQuery]:
    """Yield what an alarm with these properties evaluates: what returns data, which is one query.

    Metrics that no such query uses are in none.
    """
    if "MetricName" in alarm:
        path = "Properties/Statistic"
        metric = AlarmMetric(alarm, alarm.get("Period"), alarm.get("Statistic"), path)
        yield AlarmQuery("Properties", (metric,))
    queries = {
        str(query.get("Id")): (f"Properties/Metrics/[{index}]", query)
        for index, query in enumerate(items(alarm.get("Metrics")))
        if isinstance(query, Mapping)
    }
    for name, (path, query) in queries.items():
        if is_false(query.get("ReturnData")):
            continue
        metrics = tuple(_metrics(name, queries))
        if "Expression" in query:
            known = {each for each, (_, content) in queries.items() if "MetricStat" in content}
            yield _of_expression(str(query["Expression"]), path, metrics, known)
        else:
            yield AlarmQuery(path, metrics)


def _of_expression(
    expression: str, path: str, metrics: tuple[AlarmMetric, ...], known: set[str]
) -> AlarmQuery:
    """Return the query of an expression; `known` are the ids of metrics, not of expressions."""
    text = re.sub(r"\s+", "", expression)
    if not known.issuperset(_WORD.findall(text)):
        return AlarmQuery(path, metrics, expression, factor=0)
    if _ADDITION.fullmatch(text):
        factors = (float(each[1] or 1) for each in re.finditer(_TERM, text))
        return AlarmQuery(path, metrics, expression, "SUM", min(factors))
    found = _FORM.fullmatch(text)
    if found is None:
        return AlarmQuery(path, metrics, expression, factor=0)
    divisor = found[3] or "1"
    is_share = divisor in known
    by = 1 if is_share else float(divisor)
    return AlarmQuery(
        path=path,
        metrics=metrics,
        expression=expression,
        combination=found[2] or "",
        factor=float(found[1] or 1) / by if by else 0,
        is_share=is_share,
    )


def _metrics(
    name: str, queries: Mapping[str, tuple[str, Mapping[str, Any]]]
) -> Iterator[AlarmMetric]:
    """Yield the metrics that a query evaluates, also those of expressions that it uses.

    Metrics by which an expression divides do not count.
    """
    waiting, seen = [name], {name}
    while waiting:
        path, query = queries[waiting.pop()]
        stat = query.get("MetricStat")
        if isinstance(stat, Mapping):
            metric = at(stat, "Metric")
            yield AlarmMetric(
                content=metric if isinstance(metric, Mapping) else {},
                period=stat.get("Period"),
                statistic=stat.get("Stat"),
                statistic_path=f"{path}/MetricStat/Stat",
            )
        expression = str(query.get("Expression") or "").partition("/")[0]
        named = queries.keys() if _EVERY in expression else {*_WORD.findall(expression)}
        used = named & queries.keys() - seen
        seen |= used
        waiting += sorted(used)
