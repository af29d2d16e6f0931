"""Run AWS's template validation: schemas, references, known mistakes.

https://github.com/aws-cloudformation/cloudformation-validate
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable

from cloudformation_validate import (
    CelEngine,
    PseudoParameterOverrides,
    ReportStatus,
    TemplateContent,
    ValidateConfig,
)
from cloudformation_validate import Severity as Level

from catalog_platform.policy.assembly import StackTemplate
from catalog_platform.policy.severity import PolicySeverity
from catalog_platform.policy.verdicts import PolicyOutcome, ScanProblem, TemplateScan, Verdict

UNKNOWN_TYPE = "F3006"


class Validator:
    """AWS's validation engine, shared by all scans of a process."""

    def __init__(self) -> None:
        self._engine = _engine()

    @property
    def rules(self) -> frozenset[str]:
        """Return the ids of all rules."""
        return _rules()

    def scan(self, stack: StackTemplate) -> TemplateScan:
        """Return warnings and errors of the template as failed verdicts."""
        report = self._engine.validate_template(
            str(stack.template),
            ValidateConfig(
                severity_level=Level.WARN,
                pseudo_parameter_overrides=PseudoParameterOverrides(
                    account_id=stack.account or None, region=stack.region or None
                ),
            ),
        )
        result = TemplateScan()
        seen = report.metadata.resources_scanned
        if report.status is not ReportStatus.OK or seen != len(stack.resources):
            message = f"AWS's validation ended as {report.status.name} after {seen} of "
            message += f"{len(stack.resources)} resources"
            result.problems.append(
                ScanProblem(rule="scan-incomplete", message=message, file=stack.template)
            )
        for diagnostic in report.diagnostics:
            where = f" ({diagnostic.property_path})" if diagnostic.property_path else ""
            bad = diagnostic.severity in (Level.FATAL, Level.ERROR)
            result.verdicts.append(
                Verdict(
                    policy=diagnostic.rule_id,
                    message=diagnostic.message + where,
                    hint=diagnostic.suggested_fix or "",
                    logical_id=diagnostic.entity.logical_id if diagnostic.entity else "",
                    outcome=PolicyOutcome.FAILED,
                    detail=_path(diagnostic.property_path or ""),
                    severity=PolicySeverity.HIGH if bad else PolicySeverity.INFO,
                    paths=_paths(diagnostic.property_path or ""),
                )
            )
        return result

    def unknown_types(self, types: Iterable[str]) -> frozenset[str]:
        """Return the types that CloudFormation does not have.

        The engine has a list of all AWS types. A name without `::` is unknown too.
        """
        return _unknown_types(frozenset(types))


@functools.lru_cache(maxsize=8)
def _unknown_types(types: frozenset[str]) -> frozenset[str]:
    named = {f"R{number}": kind for number, kind in enumerate(sorted(types))}
    malformed = {kind for kind in named.values() if "::" not in kind}
    template = {"Resources": {name: {"Type": kind} for name, kind in named.items()}}
    report = _engine().validate_template(TemplateContent(json.dumps(template)))
    return frozenset(malformed).union(
        named[diagnostic.entity.logical_id]
        for diagnostic in report.diagnostics
        if diagnostic.rule_id == UNKNOWN_TYPE
    )


def _paths(property_path: str) -> tuple[str, ...]:
    """Return the path of a property or an attribute as the paths of a `Verdict`."""
    return (_path(property_path),) if property_path else ()


def _path(property_path: str) -> str:
    """Return the engine's `Properties.Tags[0].Key` as `Tags/0/Key`."""
    path = re.sub(r"\[(\w+)\]", r".\1", property_path)
    return path.removeprefix("Properties.").replace(".", "/")


@functools.cache
def _engine() -> CelEngine:
    """Create the engine once: that takes up to 0.5 s, a scan 0.05 s."""
    return CelEngine()


@functools.cache
def _rules() -> frozenset[str]:
    return frozenset(rule.id for rule in _engine().list_rules())
