"""Run checkov on one template, and detect resources and policies that checkov skips.

Importing this module imports checkov: do so with `engines.load`.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from checkov.cloudformation.checks.resource.registry import cfn_registry
from checkov.cloudformation.runner import Runner
from checkov.common.graph.checks_infra.base_check import BaseGraphCheck
from checkov.common.models.enums import CheckResult
from checkov.common.output.record import Record
from checkov.common.output.report import Report
from checkov.runner_filter import RunnerFilter

from catalog_platform.policy import checkov_graph
from catalog_platform.policy.assembly import Resource, StackTemplate
from catalog_platform.policy.graph_paths import evaluated
from catalog_platform.policy.registration import Policy
from catalog_platform.policy.template_check import CheckedResource
from catalog_platform.policy.verdicts import PolicyOutcome, ScanProblem, TemplateScan, Verdict

# These return no verdict for a resource without the property: a role without inline policies, a
# replica, which has the engine of its source. AWS's validation reports a required one.
WITHOUT_VERDICT = {
    "CKV_AWS_60": "AssumeRolePolicyDocument",
    "CKV_AWS_61": "AssumeRolePolicyDocument",
    "CKV_AWS_62": "Policies",
    "CKV_AWS_63": "Policies",
    "CKV_AWS_161": "Engine",
}
DECISIONS = (CheckResult.PASSED, CheckResult.FAILED, CheckResult.SKIPPED)
OUTCOMES = {
    PolicyOutcome.PASSED: "passed_checks",
    PolicyOutcome.FAILED: "failed_checks",
    PolicyOutcome.SKIPPED: "skipped_checks",
}


class RecordingRunner(Runner):  # type: ignore[misc]
    """checkov's runner; also records which policies ran on which resources."""

    def __init__(
        self, resources: Mapping[str, Resource], ours: Container[str] = frozenset()
    ) -> None:
        """Run on `resources`; `ours` are the ids of our policies in Python."""
        super().__init__()
        self.graph_manager = checkov_graph.GraphManager(db_connector=self.db_connector)
        self._resources = resources
        self._ours = ours
        self._complete: dict[str, dict[str, Any]] = {}
        self.visited: set[str] = set()
        self.ran: set[tuple[str, str]] = set()
        self.raised: list[tuple[str, str, BaseException]] = []
        self.undecided: set[tuple[str, str]] = set()
        self.without_result: list[str] = []

    def check_definitions(self, root_folder: Any, runner_filter: Any, report: Any) -> None:
        """Run policies for single resources; record exceptions, which checkov only logs."""
        cfn_registry.run_check = self._run_check
        try:
            super().check_definitions(root_folder, runner_filter, report)
        finally:
            del cfn_registry.run_check

    def run_graph_checks_results(
        self, runner_filter: Any, report_type: str, graph: Any = None
    ) -> Any:
        """Run policies on the graph; record those without a result, because they raised."""
        results = super().run_graph_checks_results(runner_filter, report_type, graph)
        ran = {check.id for check in results}
        self.without_result = [
            check.id for check in self.graph_registry.checks if check.id not in ran
        ]
        return results

    def _run_check(
        self, check: Any, configuration: Any, name: str, kind: str, file: str, skip: Any
    ) -> Any:
        self.visited.add(name)
        self.ran.add((check.id, name))
        if name not in self._complete:
            # checkov passes only type, properties and metadata: add DeletionPolicy and the like.
            declared = self._resources[name].attributes if name in self._resources else {}
            content = {**declared, **_without_path(configuration)}
            self._complete[name] = CheckedResource(content, name, self._resources)
        if check.id in self._ours:
            # checkov keeps one instance of a policy: these would be of the resource before.
            check.evaluated_keys = []
        try:
            decided = check.run(
                scanned_file=file,
                entity_configuration=self._complete[name],
                entity_name=name,
                entity_type=kind,
                skip_info=skip,
            )
        except (Exception, SystemExit) as error:  # a policy can raise anything; it is no pass
            self.raised.append((check.id, name, error))
            return {"result": CheckResult.UNKNOWN, "evaluated_keys": []}
        if decided["result"] not in DECISIONS:
            self.undecided.add((check.id, name))
        return decided


def scan(stack: StackTemplate, policies: Sequence[Policy]) -> TemplateScan:
    """Return the verdicts of checkov's and our policies on a template, and what they skipped."""
    ours = {policy.id: policy.connected for policy in policies if policy.file.suffix == ".py"}
    expected = {
        (check.id, resource.logical_id)
        for resource in stack.resources.values()
        for check in cfn_registry.get_checks(resource.type)
    }
    runner = RecordingRunner(stack.resources, ours)
    with checkov_graph.without_copies():
        report = runner.run(
            root_folder=None,
            files=[str(stack.template)],
            runner_filter=RunnerFilter(framework=["cloudformation"], show_progress_bar=False),
        )
    graph = {check.id: check for check in runner.graph_registry.checks}
    verdicts = [
        verdict
        for outcome, records in OUTCOMES.items()
        for record in getattr(report, records)
        for verdict in _verdicts(record, outcome, stack.resources, ours, graph)
    ]
    problems = [
        *_nothing_decided(stack, verdicts),
        *_skipped_resources(stack, report, runner),
        *_failed_policies(runner),
        *_missing_verdicts(stack.resources, policies, verdicts, runner),
        *_unapplied_policies(stack, expected - runner.ran, policies, runner),
    ]
    # checkov reports an unsatisfied connection from both of its ends, in an order that differs from
    # process to process.
    unique = dict.fromkeys(sorted(verdicts, key=lambda v: (v.policy, v.logical_id, v.paths)))
    return TemplateScan(list(unique), problems)


def _verdicts(
    record: Record,
    outcome: PolicyOutcome,
    resources: Mapping[str, Resource],
    ours: Mapping[str, frozenset[str]],
    graph: Mapping[str, BaseGraphCheck],
) -> Iterator[Verdict]:
    """Yield the verdict of a record; one per violation if `ours` has the policy.

    `ours` has the connected types of each policy by its id.
    """
    logical_id = record.resource.rpartition(".")[2]
    # checkov separates steps by dots as well; the names of parameters and metrics have them.
    separators = "/" if record.check_id in ours else "/."
    paths = _paths(record.check_result.get("evaluated_keys") or (), separators)
    connected = ours.get(record.check_id, frozenset())
    if record.check_id in graph and logical_id in resources:
        paths, connected = evaluated(graph[record.check_id], resources[logical_id])
    verdict = Verdict(
        policy=record.check_id,
        message=record.check_name,
        hint=record.guideline or "",
        logical_id=logical_id,
        outcome=outcome,
        paths=tuple(filter(None, paths)),
        connected=connected,
    )
    if record.check_id in ours and outcome is PolicyOutcome.FAILED and paths:
        for path in dict.fromkeys(paths):
            # An empty path is a violation of the resource as a whole.
            yield replace(verdict, detail=path, paths=(path,) if path else ())
    else:
        yield verdict


def _paths(evaluated: Iterable[Any], separators: str = "/.") -> tuple[str, ...]:
    """Return checkov's `Properties/Tags/[0]/Key` without `Properties` and brackets."""
    keys = [key.removeprefix("Properties/") for key in evaluated if isinstance(key, str)]
    parts = [re.split(f"[{separators}]", key) for key in keys]
    return tuple("/".join(part.strip("[]") for part in each) for each in parts)


def _without_path(node: Any) -> Any:
    """Return a value without the template's file path, which checkov adds to each mapping.

    A path can look like a secret, so a verdict would depend on the folder of the assembly.
    """
    if isinstance(node, dict):
        return {key: _without_path(each) for key, each in node.items() if key != "__file__"}
    return [_without_path(each) for each in node] if isinstance(node, list) else node


def _nothing_decided(stack: StackTemplate, verdicts: Sequence[Verdict]) -> Iterator[ScanProblem]:
    if not verdicts:
        message = "no policy applies to any resource of the template"
        yield ScanProblem(rule="scan-incomplete", message=message, file=stack.template)


def _skipped_resources(
    stack: StackTemplate, report: Report, runner: RecordingRunner
) -> Iterator[ScanProblem]:
    for file in report.parsing_errors:
        message = "checkov cannot parse the template"
        yield ScanProblem(rule="scan-incomplete", message=message, file=Path(file))
    visited = runner.visited | {each.resource.rpartition(".")[2] for each in report.extra_resources}
    if len(report.resources) != len(stack.resources) or visited != set(stack.resources):
        missed = sorted(set(stack.resources) ^ visited)
        yield ScanProblem(
            rule="scan-incomplete",
            message=f"checkov saw {len(visited)} of {len(stack.resources)} resources"
            f" ({len(report.resources)} in its graph); not scanned: {', '.join(missed) or 'none'}",
            file=stack.template,
        )


def _failed_policies(runner: RecordingRunner) -> Iterator[ScanProblem]:
    for policy, logical_id, error in runner.raised:
        yield ScanProblem(
            rule="scan-policy",
            message=f"the policy {policy} raised {error!r}",
            logical_id=logical_id,
        )
    for policy in runner.without_result:
        yield ScanProblem(rule="scan-policy", message=f"the policy {policy} returned no result")


def _missing_verdicts(
    resources: Mapping[str, Resource],
    policies: Sequence[Policy],
    verdicts: Sequence[Verdict],
    runner: RecordingRunner,
) -> Iterator[ScanProblem]:
    """Yield a problem for each resource on which one of our policies has no verdict."""
    decided = {(verdict.policy, verdict.logical_id) for verdict in verdicts}
    decided |= {(policy, logical_id) for policy, logical_id, _ in runner.raised}
    for policy in policies:
        for resource in resources.values():
            if resource.type in policy.types and (policy.id, resource.logical_id) not in decided:
                yield ScanProblem(
                    rule="scan-policy",
                    message=f"the policy {policy.id} returned no verdict",
                    logical_id=resource.logical_id,
                )


def _unapplied_policies(
    stack: StackTemplate,
    not_run: set[tuple[str, str]],
    policies: Sequence[Policy],
    runner: RecordingRunner,
) -> Iterator[ScanProblem]:
    """Yield a problem for each policy of checkov that did not run, or decided nothing."""
    ours = {policy.id for policy in policies}
    for policy, logical_id in sorted(not_run):
        if logical_id in runner.visited:  # otherwise the whole resource was skipped
            yield ScanProblem(
                rule="scan-policy",
                message=f"the policy {policy} did not run",
                logical_id=logical_id,
            )
    for policy, logical_id in sorted(runner.undecided):
        properties = stack.resources[logical_id].properties
        if policy not in ours and WITHOUT_VERDICT.get(policy) in (None, *properties):
            yield ScanProblem(
                rule="scan-policy",
                message=f"the policy {policy} cannot decide",
                hint="write the property that it evaluates in the form that its guideline shows",
                logical_id=logical_id,
            )
