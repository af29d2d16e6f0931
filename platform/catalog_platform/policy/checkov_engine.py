"""Runs checkov over one template, and notices what checkov would let pass unseen.

Importing this module imports checkov (2 s): do so within `isolated()`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from checkov.cloudformation.checks.resource.registry import cfn_registry
from checkov.cloudformation.runner import Runner
from checkov.common.models.enums import CheckResult
from checkov.common.output.report import Report
from checkov.runner_filter import RunnerFilter

from catalog_platform.policy.assembly import Resource, Stack
from catalog_platform.policy.registration import Policy
from catalog_platform.policy.verdicts import Outcome, Problem, TemplateScan, Verdict

OUTCOMES = {
    Outcome.PASSED: "passed_checks",
    Outcome.FAILED: "failed_checks",
    Outcome.SKIPPED: "skipped_checks",
}


class _Witness(Runner):  # type: ignore[misc]
    """checkov's runner, and a record of which policies ran on which resources."""

    def __init__(self, resources: Mapping[str, Resource]) -> None:
        super().__init__()
        self._resources = resources
        self._complete: dict[str, dict[str, Any]] = {}
        self.visited: set[str] = set()
        self.raised: list[tuple[str, str, BaseException]] = []
        self.silent: list[str] = []

    def check_definitions(self, root_folder: Any, runner_filter: Any, report: Any) -> None:
        """Policies for single resources; one that raises is kept instead of logged."""
        cfn_registry.run_check = self._run_check
        try:
            super().check_definitions(root_folder, runner_filter, report)
        finally:
            del cfn_registry.run_check

    def run_graph_checks_results(
        self, runner_filter: Any, report_type: str, graph: Any = None
    ) -> Any:
        """Policies over the graph run in threads; one that raises is missing afterwards."""
        results = super().run_graph_checks_results(runner_filter, report_type, graph)
        ran = {check.id for check in results}
        self.silent = [check.id for check in self.graph_registry.checks if check.id not in ran]
        return results

    def _run_check(
        self, check: Any, configuration: Any, name: str, kind: str, file: str, skip: Any
    ) -> Any:
        self.visited.add(name)
        if name not in self._complete:
            # checkov hands on type, properties and metadata; DeletionPolicy and the like are lost.
            declared = self._resources[name].attributes if name in self._resources else {}
            self._complete[name] = {**declared, **_without_path(configuration)}
        try:
            return check.run(
                scanned_file=file,
                entity_configuration=self._complete[name],
                entity_name=name,
                entity_type=kind,
                skip_info=skip,
            )
        except Exception as error:  # whatever a policy does wrong must not hide its verdict
            self.raised.append((check.id, name, error))
            return {"result": CheckResult.UNKNOWN, "evaluated_keys": []}


def scan(stack: Stack, policies: Sequence[Policy]) -> TemplateScan:
    """What checkov's policies and ours say about a template, and what they did not look at."""
    runner = _Witness(stack.resources)
    report = runner.run(
        root_folder=None,
        files=[str(stack.template)],
        runner_filter=RunnerFilter(framework=["cloudformation"], show_progress_bar=False),
    )
    verdicts = [
        Verdict(
            policy=record.check_id,
            message=record.check_name,
            hint=record.guideline or "",
            logical_id=record.resource.rpartition(".")[2],
            outcome=outcome,
            paths=_paths(record.check_result.get("evaluated_keys") or ()),
        )
        for outcome, records in OUTCOMES.items()
        for record in getattr(report, records)
    ]
    problems = [
        *_unseen(stack, report, runner),
        *_failed_policies(runner),
        *_undecided(stack.resources, policies, verdicts, runner),
    ]
    # A connection that nothing satisfies is reported from both of its ends.
    return TemplateScan(list(dict.fromkeys(verdicts)), problems)


def _paths(evaluated: Iterable[Any]) -> tuple[str, ...]:
    """checkov's `Properties/Tags/[0]/Key` without `Properties` and brackets."""
    keys = [key for key in evaluated if isinstance(key, str)]
    parts = [re.split(r"[/.]", key.removeprefix("Properties/")) for key in keys]
    return tuple("/".join(part.strip("[]") for part in each) for each in parts)


def _without_path(node: Any) -> Any:
    """What the template says, without the template's own path that checkov adds to each mapping.

    A path can look like a secret: then a verdict would depend on where the assembly lies.
    """
    if isinstance(node, dict):
        return {key: _without_path(each) for key, each in node.items() if key != "__file__"}
    return [_without_path(each) for each in node] if isinstance(node, list) else node


def _unseen(stack: Stack, report: Report, runner: _Witness) -> Iterator[Problem]:
    for file in report.parsing_errors:
        message = "checkov cannot parse the template"
        yield Problem(rule="scan-incomplete", message=message, file=Path(file))
    visited = runner.visited | {each.resource.rpartition(".")[2] for each in report.extra_resources}
    if len(report.resources) != len(stack.resources) or visited != set(stack.resources):
        missed = sorted(set(stack.resources) ^ visited)
        yield Problem(
            rule="scan-incomplete",
            message=f"checkov saw {len(visited)} of {len(stack.resources)} resources"
            f" ({len(report.resources)} in its graph); in doubt: {', '.join(missed) or 'none'}",
            file=stack.template,
        )


def _failed_policies(runner: _Witness) -> Iterator[Problem]:
    for policy, logical_id, error in runner.raised:
        yield Problem(
            rule="scan-policy",
            message=f"the policy {policy} raised {error!r}",
            logical_id=logical_id,
        )
    for policy in runner.silent:
        yield Problem(rule="scan-policy", message=f"the policy {policy} ran without a result")


def _undecided(
    resources: Mapping[str, Resource],
    policies: Sequence[Policy],
    verdicts: Sequence[Verdict],
    runner: _Witness,
) -> Iterator[Problem]:
    """A policy of ours owes a verdict on each resource of its types."""
    settled = {(verdict.policy, verdict.logical_id) for verdict in verdicts}
    settled |= {(policy, logical_id) for policy, logical_id, _ in runner.raised}
    for policy in policies:
        for resource in resources.values():
            if resource.type in policy.types and (policy.id, resource.logical_id) not in settled:
                yield Problem(
                    rule="scan-policy",
                    message=f"the policy {policy.id} gave no verdict",
                    logical_id=resource.logical_id,
                )
