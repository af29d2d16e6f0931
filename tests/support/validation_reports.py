"""Synthesises with cdk-nag's packs and the CDK's own validation, and reads their report.

https://docs.aws.amazon.com/cdk/v2/guide/policy-validation-synthesis.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from aws_cdk import App, Validations
from cdk_nag import (
    AwsSolutionsChecks,
    HIPAASecurityChecks,
    NIST80053R5Checks,
    PCIDSS321Checks,
    ServerlessChecks,
)

from catalog_platform.infra.app import FEATURE_FLAGS
from support.scanners import ENVIRONMENT_PREFIX, WHOLE_TEMPLATE, ScannerFinding

PACKS = (
    AwsSolutionsChecks,
    HIPAASecurityChecks,
    NIST80053R5Checks,
    PCIDSS321Checks,
    ServerlessChecks,
)
PACK_NAMES = ("AwsSolutions", "HIPAA.Security", "NIST.800.53.R5", "PCI.DSS.321", "Serverless")
CDK_VALIDATION = "CloudFormation Validate"
CONTEXT: dict[str, object] = {
    # The report is read from its file, so synthesis must not fail.
    "@aws-cdk/core:failSynthOnValidationErrors": False,
    # Warnings of constructs are findings as well.
    "@aws-cdk/core:annotationsInValidationReport": True,
    "@aws-cdk/core:validateAgainstDefaultRules": True,
}


def synthesize_with_scanners(out: Path, build: Callable[[App], object]) -> Path:
    """Synthesise the stacks that `build` adds to an app; write a validation report."""
    app = App(
        outdir=str(out),
        context=FEATURE_FLAGS | CONTEXT,
        analytics_reporting=False,
        performance_reporting=False,
        stack_traces=False,
        builtin_cloud_formation_validation=True,
    )
    Validations.of(app).add_plugins(*(pack() for pack in PACKS))
    build(app)
    app.synth()
    return out


def reported(assembly: Path) -> Iterator[ScannerFinding]:
    """Yield every finding in the report of an assembly, including suppressed ones.

    The tool is the plugin's name. Raises `ValueError` for a plugin without findings, which failed.
    """
    report = json.loads((assembly / "validation-report.json").read_text())
    for plugin in report["pluginReports"]:
        violations = plugin["violations"] + plugin.get("suppressedViolations", [])
        if not violations:
            raise ValueError(f"{plugin['pluginName']} has no findings: {plugin}")
        for violation in violations:
            yield from _findings(plugin["pluginName"], violation)


def acknowledged_in_code(assembly: Path) -> set[tuple[str, str]]:
    """Return construct path and rule of each acknowledgment in code."""
    return {
        (path, rule)
        for file in assembly.glob("*.metadata.json")
        for path, entries in json.loads(file.read_text()).items()
        for entry in entries
        if entry["type"] == "aws:cdk:acknowledged-rules"
        for rule in entry["data"]
    }


def _findings(tool: str, violation: dict[str, Any]) -> Iterator[ScannerFinding]:
    for construct in violation["violatingConstructs"]:
        stack, _, path = construct["constructPath"].partition("/")
        yield ScannerFinding(
            tool=tool,
            rule=violation["ruleName"].removeprefix(f"{tool}-"),
            environment=stack.removeprefix(ENVIRONMENT_PREFIX),
            resource=path or WHOLE_TEMPLATE,
            message=violation["description"],
        )
