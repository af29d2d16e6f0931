"""The created alarms match the manifest, and every alarm has a runbook."""

from __future__ import annotations

import re
import subprocess
import textwrap
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
SECTIONS = (
    "What it means",
    "What users notice",
    "Look first",
    "Likely causes",
    "What to do",
    "It is over when",
)


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


def runbooks(repository: Workspace) -> dict[str, Path]:
    folder = repository.root / "docs" / "runbooks"
    return {path.stem: path for path in folder.glob("*.md") if path.stem != "README"}


def test_every_alarm_has_a_runbook_and_every_runbook_an_alarm(repository: Workspace) -> None:
    assert sorted(runbooks(repository)) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_runbook_has_all_sections_and_commands(repository: Workspace, name: str) -> None:
    text = runbooks(repository)[name].read_text()
    assert text.startswith(f"# `{name}`\n")
    assert tuple(re.findall(r"^## (.+)$", text, re.MULTILINE)) == SECTIONS
    checks = text.partition("## Look first\n")[2].partition("\n## ")[0]
    assert len(re.findall(r"^\d\. ", checks, re.MULTILINE)) == 3
    assert checks.count("```sh") >= 1


def test_the_list_of_runbooks_is_complete(repository: Workspace) -> None:
    text = (repository.root / "docs" / "runbooks" / "README.md").read_text()
    assert sorted(re.findall(r"^\| \[`(\w+)`\]\(\1\.md\)", text, re.MULTILINE)) == NAMES


def test_links_between_runbooks_are_valid(repository: Workspace) -> None:
    for path in (repository.root / "docs" / "runbooks").glob("*.md"):
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text()):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_the_default_link_is_a_path_in_the_repository(
    repository: Workspace, examples: Workspace
) -> None:
    base = Manifests(examples).load("production").alarms.runbook_base_url
    assert (repository.root / base / "iterator_age.md").is_file()


def commands(repository: Workspace) -> str:
    folder = repository.root / "docs" / "runbooks"
    blocks = [
        textwrap.dedent(block)
        for path in sorted(folder.glob("*.md"))
        for block in re.findall(
            r"^ *```sh\n(.*?)^ *```$", path.read_text(), re.DOTALL | re.MULTILINE
        )
    ]
    return "\n".join(blocks)


def test_the_commands_are_valid_shell(repository: Workspace) -> None:
    checked = subprocess.run(
        ["bash", "-n"], input=commands(repository), capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stderr) == (0, "")


def test_the_commands_use_existing_outputs_and_resources(
    repository: Workspace, maximal: Template
) -> None:
    text = commands(repository)
    outputs = set(re.findall(r"\$\(out (\w+)\)", text))
    assert len(outputs) > 3
    assert outputs <= set(maximal.content["Outputs"])
    wanted = set(re.findall(r"\$\(ids (\S+) (\w+)\)", text))
    assert len(wanted) > 5
    for kind, prefix in wanted:
        found = [
            logical_id
            for logical_id, resource in maximal.resources.items()
            if resource["Type"] == kind and logical_id.startswith(prefix)
        ]
        assert len(found) == 1, f"{kind} {prefix}: {found}"
