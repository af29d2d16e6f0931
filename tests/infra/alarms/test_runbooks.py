"""Every alarm has a runbook of one shape, as every restore has; their commands exist."""

from __future__ import annotations

import re
import subprocess
import textwrap
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec
import pytest
from botocore import xform_name
from botocore.session import Session, get_session

from catalog_platform import model
from support.manifests import ROOT
from support.models import a_manifest
from support.synthesis import Template

FOLDER = ROOT / "docs" / "runbooks"
# All pages with commands of the AWS command line.
PAGES = (*sorted(FOLDER.glob("*.md")), ROOT / "docs" / "recover.md")
NAMES = sorted(
    name
    for name, value in msgspec.structs.asdict(a_manifest().alarms).items()
    if isinstance(value, model.Alarm)
)
SECTIONS = (
    "Meaning",
    "Impact",
    "First checks",
    "Fix by cause",
    "Confirm recovery",
    "Escalate",
)
RESTORES = ("restore_archive", "restore_cache", "restore_database")
RESTORE_SECTIONS = (
    "When",
    "What happens",
    "Steps",
    "If it fails",
    "Confirm recovery",
    "Afterwards",
    "Escalate",
)
OTHER_PAGES = ("README", *RESTORES)
BLOCK = re.compile(r"^ *```sh\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
ASSIGNED = re.compile(
    r"^ *(?:local )?(\w+)=|^ *for (\w+) in|read -r (\w+)(?: (\w+))?", re.MULTILINE
)
# Options of every AWS command, and commands of the AWS CLI that are no API operations.
GLOBAL_OPTIONS = {"query", "output", "max-items"}
CLI_COMMANDS = {("s3", "cp")}


def runbooks() -> dict[str, Path]:
    """Return the pages of the alarms."""
    return {path.stem: path for path in FOLDER.glob("*.md") if path.stem not in OTHER_PAGES}


def commands(path: Path) -> str:
    return "\n".join(textwrap.dedent(block) for block in BLOCK.findall(path.read_text()))


def test_every_alarm_has_a_runbook_and_every_runbook_an_alarm() -> None:
    assert sorted(runbooks()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_runbook_has_all_sections_and_commands(name: str) -> None:
    text = runbooks()[name].read_text()
    assert text.startswith(f"# `{name}`\n")
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    assert tuple(parts[1::2]) == SECTIONS
    contents = dict(zip(parts[1::2], parts[2::2], strict=True))
    assert all(content.strip() for content in contents.values())
    assert len(re.findall(r"^\d\. ", contents["First checks"], re.MULTILINE)) == 3
    assert contents["First checks"].count("```sh") >= 1


@pytest.mark.parametrize("name", RESTORES)
def test_every_restore_has_all_sections(name: str) -> None:
    text = (FOLDER / f"{name}.md").read_text()
    assert text.startswith("# Restore the ")
    assert tuple(re.findall(r"^## (.+)$", text, re.MULTILINE)) == RESTORE_SECTIONS
    assert f"]({name}.md)" in (FOLDER / "README.md").read_text()


def test_the_list_of_runbooks_is_complete() -> None:
    text = (FOLDER / "README.md").read_text()
    assert sorted(re.findall(r"^\| \[`(\w+)`\]\(\1\.md\)", text, re.MULTILINE)) == NAMES


def test_the_commands_are_valid_shell() -> None:
    script = "\n".join(commands(path) for path in PAGES)
    checked = subprocess.run(
        ["bash", "-n"], input=script, capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stderr) == (0, "")


def defined(script: str) -> set[str]:
    return {name for names in ASSIGNED.findall(script) for name in names if name}


@pytest.mark.parametrize("name", [*NAMES, *RESTORES])
def test_the_commands_use_variables_that_are_set(name: str) -> None:
    script = commands(FOLDER / f"{name}.md")
    known = defined(commands(FOLDER / "README.md")) | defined(script)
    assert set(re.findall(r"\$\{?([a-z]\w*)", re.sub(r"'[^']*'", "", script))) <= known


def test_the_commands_use_existing_outputs_and_resources(maximal: Template) -> None:
    text = "\n".join(commands(path) for path in FOLDER.glob("*.md"))
    outputs = set(re.findall(r"\$\(output (\w+)\)", text))
    assert len(outputs) > 3
    assert outputs <= set(maximal.content["Outputs"])
    wanted = set(re.findall(r"\$\(resource (\S+) (\w+)\)", text))
    assert len(wanted) > 5
    for kind, prefix in wanted:
        found = [
            logical_id
            for logical_id, resource in maximal.resources.items()
            if resource["Type"] == kind and logical_id.startswith(prefix)
        ]
        assert len(found) == 1, f"{kind} {prefix}: {found}"


def calls(script: str) -> Iterator[tuple[str, str, set[str]]]:
    """Yield service, command and options of each call of the AWS command line."""
    lines = script.replace("\\\n", " ")
    # A lookahead, because calls are nested.
    for found in re.finditer(r"(?=\baws ([a-z0-9-]+) ([a-z0-9-]+)([^\n|]*))", lines):
        text = re.sub(r"\$\([^()]*\)", "", found[3])
        text = re.sub(r"'[^']*'|\"[^\"]*\"", "", text).partition(")")[0]
        yield found[1], found[2], set(re.findall(r"(?<![\w-])--([a-z][a-z-]+)", text))


@cache
def session() -> Session:
    return get_session()


@cache
def options(service: str, command: str) -> set[str]:
    """Return the options of a command of the AWS command line, from botocore's service models."""
    operations = session().get_service_model("s3" if service == "s3api" else service)
    names = {xform_name(name, "-"): name for name in operations.operation_names}
    assert command in names, f"aws {service} has no command {command}"
    shape = operations.operation_model(names[command]).input_shape
    members = shape.members if shape else {}
    flags = {f"no-{xform_name(m, '-')}" for m in members if members[m].type_name == "boolean"}
    return GLOBAL_OPTIONS | flags | {xform_name(member, "-") for member in members}


def check_calls(script: str) -> None:
    for service, command, used in calls(script):
        if (service, command) not in CLI_COMMANDS:
            assert used <= options(service, command), f"aws {service} {command}"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_the_commands_of_aws_exist_with_their_options(path: Path) -> None:
    check_calls(commands(path))


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("aws rds describe-instances", "describe-instances"),
        ("aws rds describe-db-instances --identifier x", "describe-db-instances"),
    ],
)
def test_a_wrong_command_is_detected(script: str, message: str) -> None:
    with pytest.raises(AssertionError, match=message):
        check_calls(script)
