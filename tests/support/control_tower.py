"""Runs the rules of AWS Control Tower on assemblies, with cfn-guard.

Rules and engine come from the package cdklabs-cdk-validator-cfnguard. Its CDK plugin starts another
construct library and parses every template 237 times. Running the engine directly, with applicable
rules only, takes a tenth of the time.
https://docs.aws.amazon.com/cfn-guard/latest/ug/what-is-guard.html
"""

from __future__ import annotations

import json
import platform
import re
import subprocess
import tarfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import files
from pathlib import Path
from typing import Any

from support.scanners import ENVIRONMENT_PREFIX, WHOLE_TEMPLATE, ScannerFinding, construct_paths

TOOL = "Control Tower"
PACKAGE = "cdklabs-cdk-validator-cfnguard"
_RULES = "package/rules/control-tower/cfn-guard/"
_SYSTEMS = {"Linux": "ubuntu", "Darwin": "macos"}
_MACHINES = {"arm64": "aarch64"}
_PASSED, _FAILED = 0, 19


@dataclass(frozen=True)
class Guard:
    """The unpacked engine and its rules."""

    binary: Path
    rules: tuple[Path, ...]

    def applicable(self, types: Iterable[str]) -> tuple[Path, ...]:
        """Return the rules that name one of the resource types, or no type."""
        present = set(types)
        named = {rule: _types_in(rule) for rule in self.rules}
        return tuple(rule for rule, names in named.items() if not names or names & present)

    def run(self, rules: Sequence[Path], templates: Sequence[Path]) -> list[dict[str, Any]]:
        """Run the engine; return its report for each template.

        Raises `RuntimeError` when it fails, or skips a rule or a template.
        """
        command: list[str | Path] = [self.binary, "validate", "--structured"]
        command += ["--output-format", "json", "--show-summary", "none"]
        for rule in rules:
            command += ["--rules", rule]
        for template in templates:
            command += ["--data", template]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        if done.returncode not in (_PASSED, _FAILED) or done.stderr:
            raise RuntimeError(f"cfn-guard failed with {done.returncode}: {done.stderr}")
        reports: list[dict[str, Any]] = json.loads(done.stdout)
        if [report["name"] for report in reports] != [str(template) for template in templates]:
            raise RuntimeError("cfn-guard skipped a template")
        if any(len(_evaluated_rules(report)) != len(rules) for report in reports):
            raise RuntimeError("cfn-guard skipped a rule")
        return reports


@dataclass(frozen=True)
class RuleResults:
    """The findings, and the number of passed rules of each environment."""

    findings: tuple[ScannerFinding, ...]
    passed: dict[str, int]


def unpack(folder: Path) -> Guard:
    """Unpack engine and rules from the package. Raises `LookupError` on an unknown machine."""
    machine = _MACHINES.get(platform.machine(), platform.machine())
    binary = f"package/bin/{_SYSTEMS.get(platform.system())}/{machine}/cfn-guard"
    (archive,) = (file for file in files(PACKAGE) or () if file.name.endswith(".jsii.tgz"))
    with tarfile.open(str(archive.locate())) as content:
        wanted = [m for m in content if m.name == binary or m.name.startswith(_RULES)]
        # New in Python 3.11.4. Older versions unpack without it: the package's hash was verified.
        content.extraction_filter = getattr(tarfile, "data_filter", None)
        content.extractall(folder, members=wanted)
    if not (folder / binary).is_file():
        raise LookupError(f"{PACKAGE} has no engine for this machine: {binary}")
    return Guard(folder / binary, tuple(sorted((folder / _RULES).rglob("*.guard"))))


def evaluate(guard: Guard, assembly: Path, environments: Sequence[str]) -> RuleResults:
    """Evaluate every applicable rule on every environment of an assembly."""
    templates = [assembly / f"{ENVIRONMENT_PREFIX}{name}.template.json" for name in environments]
    content = [json.loads(template.read_text())["Resources"] for template in templates]
    types = {resource["Type"] for resources in content for resource in resources.values()}
    reports = guard.run(guard.applicable(types), templates)
    return RuleResults(
        findings=tuple(
            finding
            for name, report in zip(environments, reports, strict=True)
            for finding in _findings(name, report, construct_paths(assembly, name))
        ),
        passed={
            name: len(set(report["compliant"]))
            for name, report in zip(environments, reports, strict=True)
        },
    )


def _types_in(rule: Path) -> set[str]:
    return set(re.findall(r"AWS::\w+::\w+", rule.read_text()))


def _evaluated_rules(report: dict[str, Any]) -> set[str]:
    failed = {check["Rule"]["name"] for check in report["not_compliant"]}
    return failed.union(report["compliant"], report["not_applicable"])


def _findings(
    environment: str, report: dict[str, Any], paths: dict[str, str]
) -> Iterator[ScannerFinding]:
    for check in report["not_compliant"]:
        stated = re.search(r"\[(CT\.[\w.]+)\]: ([^\n]+)", _message(check))
        rule, message = stated.groups() if stated else (check["Rule"]["name"], "")
        for logical_id in sorted(set(_logical_ids(check))) or [WHOLE_TEMPLATE]:
            yield ScannerFinding(
                TOOL, rule, environment, paths.get(logical_id, logical_id), message
            )


def _message(check: object) -> str:
    """Return the custom messages of all failed checks."""
    if isinstance(check, dict):
        own = check.get("custom_message") or ""
        return own + "".join(_message(value) for value in check.values())
    return "".join(map(_message, check)) if isinstance(check, list) else ""


def _logical_ids(check: object) -> Iterator[str]:
    """Yield the logical ids of the resources of failed checks.

    A check compares `from` with `to`. One of them is a value of the template, the other a literal.
    """
    if isinstance(check, list):
        for part in check:
            yield from _logical_ids(part)
    elif isinstance(check, dict) and {"path", "value"} <= check.keys():
        root, *below = check["path"].strip("/").split("/")
        if root == "Resources" and below:
            yield below[0]
    elif isinstance(check, dict) and "from" in check:
        yield from list(_logical_ids(check["from"])) or _logical_ids(check.get("to"))
    elif isinstance(check, dict):
        for part in check.values():
            yield from _logical_ids(part)
