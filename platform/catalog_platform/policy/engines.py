"""Run both engines on templates: checkov with our policies, and AWS's template validation."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from catalog_platform.policy.assembly import StackTemplate
from catalog_platform.policy.isolation import isolated
from catalog_platform.policy.lazy_imports import lazy_imports
from catalog_platform.policy.skips import skip_comments, unused_skips
from catalog_platform.policy.unevaluated import unevaluated
from catalog_platform.policy.verdicts import ScanProblem, TemplateScan


@dataclass(frozen=True, slots=True)
class EngineRun:
    """What the engines found: scans by environment, and problems of no single template.

    `rules` are the ids of all policies. `policies` are those that `severities.yaml` must list if
    they run; AWS's validation has severities of its own.
    """

    scans: dict[str, list[TemplateScan]]
    problems: list[ScanProblem]
    rules: frozenset[str]
    policies: frozenset[str]


class Engines(Protocol):
    """Scans the stacks of an assembly with the policies of a folder."""

    def __call__(self, assembly: Path, stacks: Sequence[StackTemplate], checks: Path) -> EngineRun:
        """Return what the engines found; see `EngineRun`."""
        ...


def load() -> None:
    """Import the engines, which takes most of a second, and prepare AWS's validation.

    Call it within `isolated()`.
    """
    with lazy_imports():
        from catalog_platform.policy import checkov_engine, registration, validator  # noqa: F401

        validator.Validator()


def run(assembly: Path, stacks: Sequence[StackTemplate], checks: Path) -> EngineRun:
    """Run the engines in this process."""
    with isolated() as logged, ThreadPoolExecutor(1) as executor:
        load()
        from catalog_platform.policy import checkov_engine, registration
        from catalog_platform.policy.validator import Validator

        validator = Validator()
        scans: dict[str, list[TemplateScan]] = {}
        with registration.registered(checks) as (policies, problems, ids):
            unknown = validator.unknown_types(kind for each in policies for kind in each.types)
            for policy in policies:
                problems += [
                    ScanProblem(
                        rule="scan-policy",
                        message=f"CloudFormation has no resource type {kind}",
                        file=policy.file,
                    )
                    for kind in sorted(policy.types & unknown)
                ]
            # AWS's engine is native code: it runs beside checkov.
            validated = [executor.submit(validator.scan, stack) for stack in stacks]
            for stack, validation in zip(stacks, validated, strict=True):
                if scans and not gc.isenabled():
                    gc.collect()  # what the scan before has left
                checked = checkov_engine.scan(stack, policies)
                checked.problems += unused_skips(stack, checked.verdicts)
                checked.problems += [*skip_comments(stack), *unevaluated(stack)]
                scans[stack.environment] = [checked, validation.result()]
        problems += [
            ScanProblem(rule="scan-log", message=f"checkov logged: {line}")
            for line in dict.fromkeys(logged)
        ]
        return EngineRun(scans, problems, ids | validator.rules, ids)
