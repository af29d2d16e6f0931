"""The dashboard body: valid JSON with references that CloudFormation resolves."""

from __future__ import annotations

import ast
import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from jinja2 import UndefinedError

import catalog_reader
from catalog_platform.infra.alarms import template as templates
from catalog_runtime.metrics import NAMESPACE
from inventory_processor.processor import COUNTS
from support.alarms import alarms_of
from support.models import a_manifest
from support.synthesis import Template, templates_of

pytestmark = pytest.mark.synth

SECTIONS = [
    *("Alarms", "Updates in", "Lag", "Errors", "Database", "Cache", "Reader", "Backups"),
    "Dead letters",
]


def body(template: Template) -> dict[str, Any]:
    """Return the dashboard body with every reference as `<logical id>`."""
    _, parts = template.properties("Alarms/Dashboard")["DashboardBody"]["Fn::Join"]
    text = "".join(part if isinstance(part, str) else f"<{_named(part)}>" for part in parts)
    found: dict[str, Any] = json.loads(text)
    return found


def _named(reference: dict[str, Any]) -> str:
    (value,) = reference.values()
    return str(value if isinstance(value, str) else value[0])


def graphs(template: Template) -> dict[str, dict[str, Any]]:
    """Return the properties of the graphs, by section and title."""
    found, section = {}, ""
    for widget in body(template)["widgets"]:
        if widget["type"] == "text":
            section = widget["properties"]["markdown"].partition("\n")[0].removeprefix("## ")
        elif widget["type"] == "metric":
            found[f"{section}: {widget['properties']['title']}"] = widget["properties"]
    return found


def test_sections_have_a_fixed_order(template: Template) -> None:
    texts = [
        widget["properties"]["markdown"]
        for widget in body(template)["widgets"]
        if widget["type"] == "text"
    ]
    assert [text.partition("\n")[0] for text in texts] == [f"## {title}" for title in SECTIONS]


def test_every_section_has_widgets_in_full_rows(template: Template, partial: Template) -> None:
    for each in (template, partial):
        check_rows(body(each)["widgets"])


@pytest.fixture(scope="module")
def partial(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """The template without what has a section or a graph of its own."""
    manifest = a_manifest(
        database={"secret_rotation_days": None},
        reader={"enabled": False},
        backup={"enabled": False},
    )
    return templates_of(tmp_path_factory.mktemp("partial"), manifest)[0]


def test_what_is_off_has_no_section(partial: Template) -> None:
    text = json.dumps(body(partial))
    assert "## Reader" not in text
    assert "## Backups" not in text
    assert "Password rotation" not in text
    assert "AvailabilityPercentage" in text


def check_rows(widgets: list[dict[str, Any]]) -> None:
    for before, after in pairwise(widgets):
        assert not before["type"] == after["type"] == "text"
    width = 0
    for widget in widgets:
        if widget["width"] == 24:
            assert width == 0, widget
        width = (width + widget["width"]) % 24
    assert width == 0


def test_every_alarm_is_shown_critical_first(maximal: Template) -> None:
    (widget,) = [w for w in body(maximal)["widgets"] if w["type"] == "alarm"]
    shown = [entry[1:-1] for entry in widget["properties"]["alarms"]]
    severities = {
        maximal.logical_ids[f"Alarms/{alarm.id}"]: alarm.severity for alarm in alarms_of(maximal)
    }
    assert shown[0] == maximal.logical_ids["Alarms/CatalogUnhealthy"]
    assert set(shown[1:]) == set(severities)
    found = [severities[logical_id] for logical_id in shown[1:]]
    assert found == sorted(found)


def test_annotations_equal_the_thresholds(maximal: Template) -> None:
    thresholds = {alarm.name: alarm.properties["Threshold"] for alarm in alarms_of(maximal)}
    drawn = {
        line["label"]: line["value"]
        for graph in graphs(maximal).values()
        for line in graph.get("annotations", {}).get("horizontal", [])
    }
    assert len(drawn) >= 14
    for name, value in drawn.items():
        assert value == thresholds[name], name


def test_disabled_alarms_have_no_annotation(tmp_path: Path) -> None:
    (found,) = templates_of(tmp_path, a_manifest(alarms={"minimum_severity": "off"}))
    assert not any("annotations" in graph for graph in graphs(found).values())
    assert not [w for w in body(found)["widgets"] if w["type"] == "alarm"]


def test_every_instance_and_node_has_a_metric(maximal: Template) -> None:
    shown = graphs(maximal)
    load = shown["Database: CPU utilization, percent"]["metrics"]
    assert [line[4]["label"] for line in load] == ["primary", "replica 1", "replica 2"]
    assert load[1][3] == f"<{maximal.logical_ids['Database/Replica1']}>"
    assert len(shown["Cache: Memory utilization, percent"]["metrics"]) == 12


def test_the_metrics_of_the_alarms_are_on_the_dashboard(maximal: Template) -> None:
    text = json.dumps(body(maximal))
    for alarm in alarms_of(maximal):
        # Failed uses of the key have no graph: the metric is nearly always zero.
        if alarm.name == "key_errors":
            continue
        held = alarm.properties
        names = {held["MetricName"]} if "MetricName" in held else set()
        names |= {
            query["MetricStat"]["Metric"]["MetricName"]
            for query in held.get("Metrics", [])
            if "MetricStat" in query
        }
        assert all(f'"{name}"' in text for name in names), alarm.id


def test_generated_names_are_cloudformation_references(template: Template) -> None:
    _, parts = template.properties("Alarms/Dashboard")["DashboardBody"]["Fn::Join"]
    referred = {_named(part) for part in parts if isinstance(part, dict)}
    for path in (
        "Processor/Function",
        "Processor/Mapping",
        "Database/Instance",
        "Cache/Group",
        "DeadLetters/Queue",
        "Logs/Processor",
    ):
        assert template.logical_ids[path] in referred, path
    assert not any(re.search(r"Token\[|\{\{", part) for part in parts if isinstance(part, str))


def test_its_name_contains_stack_and_region(template: Template) -> None:
    found = template.properties("Alarms/Dashboard")
    assert found["DashboardName"] == "catalog-sample-eu-west-1"


def test_the_manifest_disables_it(minimal: Template) -> None:
    assert minimal.all_of("AWS::CloudWatch::Dashboard") == {}


def test_invalid_json_and_missing_variables_raise_errors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(templates, "FOLDER", tmp_path)
    (tmp_path / "bad.j2").write_text('{"a": {{ a }} "b": 1}')
    with pytest.raises(json.JSONDecodeError):
        templates.render("bad.j2", {"a": 1})
    (tmp_path / "more.j2").write_text('{"a": {{ a | tojson }}}')
    with pytest.raises(TypeError, match="StrictUndefined"):
        templates.render("more.j2", {})
    with pytest.raises(UndefinedError, match="'a' is undefined"):
        templates.render("bad.j2", {})
    assert templates.render("more.j2", {"a": 'say "so"'}) == '{"a":"say \\"so\\""}'


def emitted() -> set[str]:
    """Return the names of the metrics that the functions emit."""
    reader = Path(catalog_reader.__file__).parent
    names = {
        node.value
        for file in reader.glob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return {*COUNTS, *(name for name in names if re.fullmatch(r"Reader[A-Z][A-Za-z]+", name))}


def custom(value: Any) -> set[str]:
    """Return the names of the functions' metrics in a widget or an alarm."""
    if isinstance(value, list) and value[:1] == [NAMESPACE]:
        return {value[1]}
    if isinstance(value, list):
        return {name for part in value for name in custom(part)}
    if not isinstance(value, dict):
        return set()
    own = {value["MetricName"]} if value.get("Namespace") == NAMESPACE else set()
    return own | {name for part in value.values() for name in custom(part)}


def test_every_metric_that_is_drawn_or_alarmed_is_emitted_by_a_function(
    template: Template,
) -> None:
    drawn, alarmed = custom(body(template)), custom(template.all_of("AWS::CloudWatch::Alarm"))
    assert {"EventsReceived", "EventsMalformed", "RowsChanged"} <= drawn
    assert {"EventsReceived", "BatchFailures"} <= alarmed
    assert drawn | alarmed <= emitted()
