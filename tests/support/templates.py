"""Writes small cloud assemblies like those of the CDK, and scans them."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import yaml

from catalog_platform.findings import Location
from catalog_platform.policy import gate
from catalog_platform.policy.results import ScanResult
from support.manifests import ROOT

TODAY = datetime.date(2030, 6, 1)
VALID = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "x"}}
QUEUE: dict[str, Any] = {
    "Type": "AWS::SQS::Queue",
    "Properties": {"KmsMasterKeyId": "alias/aws/sqs"},
}
PYTHON_POLICY = """
from checkov.cloudformation.checks.resource.base_resource_check import BaseResourceCheck
from checkov.common.models.enums import CheckCategories, CheckResult

class Rule(BaseResourceCheck):
    def __init__(self):
        super().__init__(
            name="No queue", id="{id}", categories=[CheckCategories.IAM],
            supported_resources=["{kind}"], guideline="use a stream",
        )

    def scan_resource_conf(self, conf):
        {body}

check = Rule()
"""
YAML_POLICY = """
metadata: {{id: {id}, name: Queues are large, category: IAM}}
definition:
  cond_type: attribute
  resource_types: [{kind}]
  attribute: {attribute}
  operator: {operator}
  value: {value}
"""


def placed(
    resource: Mapping[str, Any],
    path: str,
    metadata: Mapping[str, Any] | None = None,
    *,
    environment: str = "dev",
) -> dict[str, Any]:
    """Return the resource with metadata that places it at a construct path."""
    path = f"catalog-{environment}/{path}"
    return {**resource, "Metadata": {**(metadata or {}), "aws:cdk:path": path}}


def assembly(folder: Path, **stacks: Mapping[str, Any] | str) -> Path:
    """Write an assembly with a stack per environment, from resources or a template's text."""
    folder.mkdir(parents=True, exist_ok=True)
    artifacts = {}
    for environment, content in stacks.items():
        file = f"catalog-{environment}.template.json"
        text = content if isinstance(content, str) else json.dumps({"Resources": content}, indent=1)
        (folder / file).write_text(text)
        artifacts[f"catalog-{environment}"] = {
            "type": "aws:cloudformation:stack",
            "environment": "aws://111111111111/eu-west-1",
            "properties": {"templateFile": file},
        }
    (folder / "manifest.json").write_text(json.dumps({"version": "48.0.0", "artifacts": artifacts}))
    return folder


def severities(**policies: str) -> str:
    """Return a table of severities: the given ones, and the repository's for checkov's policies."""
    shipped = yaml.safe_load((ROOT / "policies" / "severities.yaml").read_text("utf-8"))
    listed = {
        name: entry
        for name, entry in shipped["policies"].items()
        if not name.startswith("CKV_CATALOG_")
    }
    for name, severity in policies.items():
        listed[name] = {"severity": severity, "reason": "a test", "source": "a test"}
    return yaml.safe_dump({"thresholds": shipped["thresholds"], "policies": listed})


_severities = severities


def policies(
    folder: Path, *, waivers: str = "", severities: str | None = None, **checks: str
) -> Path:
    """Write a folder of policies; keyword `name_py` or `name_yaml` is the content of a check.

    Unless a table of severities is given, the policies of the checks are high.
    """
    (folder / "checks").mkdir(parents=True, exist_ok=True)
    (folder / "checks" / "__init__.py").write_text("")
    for name, content in checks.items():
        stem, _, suffix = name.rpartition("_")
        (folder / "checks" / f"{stem}.{suffix}").write_text(content)
    if waivers:
        (folder / "waivers.yaml").write_text(waivers)
    if severities is None:
        ours = re.findall(r"OUR_\d+", " ".join(checks.values()))
        severities = _severities(**dict.fromkeys(ours, "high"))
    (folder / "severities.yaml").write_text(severities)
    return folder


def python_policy(
    id: str = "OUR_1",  # noqa: A002 - the policy's
    kind: str = "AWS::SQS::Queue",
    body: str = "return CheckResult.FAILED",
) -> str:
    """Return a policy in Python; `body` is the body of its check of `conf`."""
    return PYTHON_POLICY.format(id=id, kind=kind, body=body)


def yaml_policy(**changes: str) -> str:
    """Return a policy in YAML for one attribute."""
    fields = {"id": "OUR_2", "kind": "AWS::SQS::Queue", "attribute": "DelaySeconds"}
    return YAML_POLICY.format(**{**fields, "operator": "greater_than", "value": "5", **changes})


def locate(environment: str, section: str) -> Location:
    """Return a fake location: its line is the length of the section's name."""
    return Location(f"environments/{environment}.yaml", len(section) or 1)


def scan(assembly: Path, policies: Path, *environments: str, **options: Any) -> ScanResult:
    """Scan on a fixed day; the default environment is `dev`. See `samples`."""
    names = environments or ("dev",)
    options = {"today": TODAY, "samples": samples(assembly, names), **options}
    return gate.scan(assembly, names, policies, locate, **options)


def samples(assembly: Path, names: Collection[str]) -> set[str]:
    """Return the stacks that need not be complete: those without a network."""
    files = {name: assembly / f"catalog-{name}.template.json" for name in names}
    return {
        name
        for name, file in files.items()
        if file.is_file() and 'AWS::EC2::VPC"' not in file.read_text("utf-8", "replace")
    }


def rules(result: ScanResult) -> set[str]:
    """Return the rules of all findings."""
    return {finding.rule for finding in result.findings}
