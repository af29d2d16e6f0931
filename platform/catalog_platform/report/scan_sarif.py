"""Render a scan as SARIF: its results, waived ones included, and its problems.

Code scanning shows the five thousand most severe alerts, and accepts files within these limits:
https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support-for-code-scanning
It ignores `suppressions` and `baselineState`: https://github.com/github/codeql-action/issues/1230
"""

from __future__ import annotations

import gzip
import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from catalog_platform.findings import Finding, Severity, Sources, has_errors, sort_unique
from catalog_platform.policy.results import PolicyResult, ScanResult
from catalog_platform.policy.severity import PolicySeverity
from catalog_platform.policy.waiver_format import Waiver
from catalog_platform.report import base_policies
from catalog_platform.report.sarif import log, physical, rule_of

MAXIMUM_RESULTS = 25_000
MAXIMUM_BYTES = 10_000_000
MAXIMUM_LOCATIONS = 100
# Code scanning calls scores above 9.0 critical, from 7.0 high, from 4.0 medium, from 0.1 low.
SCORES = {
    PolicySeverity.CRITICAL: "9.5",
    PolicySeverity.HIGH: "8.0",
    PolicySeverity.MEDIUM: "5.5",
    PolicySeverity.LOW: "2.0",
}
INCOMPLETE = "scan-"  # of the rules that say so


@dataclass(frozen=True, slots=True)
class _Entry:
    """A result of the log; `order` puts the most important first."""

    rule: str
    order: tuple[object, ...]
    identity: tuple[str, ...]
    content: dict[str, object]


def render(result: ScanResult, sources: Sources) -> str:
    """Return one log with one run, of as many results as code scanning accepts.

    A result keeps its fingerprint when lines move and when another key decides it. With a base,
    each result has a state; `absent` are those that are fixed. A notification has the number of
    results that are left out, the least severe ones.
    """
    entries = sorted(_entries(result, sources), key=lambda each: each.order)
    kept = entries[:MAXIMUM_RESULTS]
    while True:
        text = _log(result, sources, kept, len(entries) - len(kept))
        size = _packed(text)
        if size <= MAXIMUM_BYTES or not kept:
            return text
        kept = kept[: len(kept) * MAXIMUM_BYTES // size * 9 // 10]


def _packed(text: str) -> int:
    content = text.encode()
    return len(content) if len(content) <= MAXIMUM_BYTES else len(gzip.compress(content))


def _log(result: ScanResult, sources: Sources, entries: Sequence[_Entry], left_out: int) -> str:
    rules = _rules(result, entries, sources)
    numbers = {str(rule["id"]): number for number, rule in enumerate(rules)}
    seen: Counter[tuple[str, ...]] = Counter()
    results = []
    for each in entries:
        seen[each.identity] += 1
        digest = hashlib.sha256("\0".join(each.identity).encode()).hexdigest()
        fingerprint = f"{digest}:{seen[each.identity]}"
        # Code scanning compares the first one only.
        prints = {"primaryLocationLineHash": fingerprint, "result/v1": fingerprint}
        results.append(
            {
                "ruleId": each.rule,
                "ruleIndex": numbers[each.rule],
                **each.content,
                "partialFingerprints": prints,
            }
        )
    notifications = []
    if result.base is not None and result.base.policies:
        text = base_policies.sentence(result.base.reference)
        notifications.append(_notification("policies-from-base", "note", text))
    if left_out:
        text = f"{left_out:,} of {left_out + len(entries):,} results are left out, the least severe"
        text += f" ones: code scanning accepts {MAXIMUM_RESULTS:,} results and"
        text += f" {MAXIMUM_BYTES // 1_000_000} MB"
        notifications.append(_notification("results-left-out", "warning", text))
    invocation: dict[str, object] = {"executionSuccessful": _is_complete(result)}
    if notifications:
        invocation["toolExecutionNotifications"] = notifications
    return log(rules, results, invocation)


def _is_complete(result: ScanResult) -> bool:
    """Return whether all was scanned; also if nothing was to be scanned, as without a change."""
    if any(each.rule.startswith(INCOMPLETE) for each in result.problems):
        return False
    return bool(result.environments) or not has_errors(result.problems)


def _notification(name: str, level: str, text: str) -> dict[str, object]:
    return {"descriptor": {"id": name}, "level": level, "message": {"text": text}}


def _entries(result: ScanResult, sources: Sources) -> Iterable[_Entry]:
    compared = result.base is not None
    for problem in sort_unique(result.problems):
        yield _of_problem(problem, sources, compared=compared)
    for each in result.results:
        yield _of_result(each, (each.status or "new") if compared else "", sources)
    for each in result.fixed if compared else ():
        yield _of_result(each, "absent", sources)


def _of_result(result: PolicyResult, state: str, sources: Sources) -> _Entry:
    finding = replace(result, waiver=None).finding
    assert finding is not None  # noqa: S101 - only waived results have none
    subject = f"{result.resource}[{result.detail}]" if result.detail else result.resource
    text = f"{subject}: {finding.message}"
    text += f"\nDecided by: {result.key}" if result.key else ""
    text += f"\nHint: {finding.hint}" if finding.hint else ""
    name = {"fullyQualifiedName": f"{result.environment}/{result.resource}", "kind": "resource"}
    facts = {
        "environment": result.environment,
        "resource": result.resource,
        "logicalId": result.logical_id,
        "type": result.type,
        "section": result.section,
        "key": result.key,
        "severity": result.severity.value,
        "digest": result.digest,
    }
    content: dict[str, object] = {
        "level": finding.severity.value,
        "message": {"text": text},
        "locations": [
            {"physicalLocation": physical(result.location, sources), "logicalLocations": [name]}
        ],
        "relatedLocations": _related(result, sources),
        "suppressions": [_suppression(result.waiver)] if result.waiver else [],
        "properties": {key: value for key, value in facts.items() if value},
    }
    if state:
        content["baselineState"] = state
    order = (
        result.waiver is not None or state == "absent",
        result.severity.rank,
        state == "unchanged",
        finding.sort_key,
        result.environment,
        result.identity,
    )
    return _Entry(_rule_id(result), order, (_rule_id(result), *result.identity), content)


def _rule_id(result: PolicyResult) -> str:
    finding = replace(result, waiver=None).finding
    return finding.rule if finding else result.policy


def _related(result: PolicyResult, sources: Sources) -> list[object]:
    places = [(each.location, f"caused by {each.key or 'the code'}") for each in result.causes]
    if result.source is not None:
        places.insert(0, (result.source, "makes the construct"))
    return [
        {"id": number, "physicalLocation": physical(place, sources), "message": {"text": text}}
        for number, (place, text) in enumerate(places[:MAXIMUM_LOCATIONS], start=1)
    ]


def _suppression(waiver: Waiver) -> dict[str, str]:
    text = f"{waiver.reason} (waiver {waiver.id}, owner {waiver.owner}, until {waiver.expires})"
    return {"kind": "external", "status": "accepted", "justification": text}


def _of_problem(problem: Finding, sources: Sources, *, compared: bool) -> _Entry:
    text = f"{problem.path}: {problem.message}" if problem.path else problem.message
    text += f"\nHint: {problem.hint}" if problem.hint else ""
    content: dict[str, object] = {
        "level": problem.severity.value,
        "message": {"text": text},
        "locations": [{"physicalLocation": physical(problem.location, sources)}],
        "suppressions": [],
        "properties": {"environment": problem.environment, "path": problem.path},
    }
    if compared:
        is_note = problem.severity is Severity.NOTE
        content["baselineState"] = "unchanged" if is_note else "new"
    # Before results: without it, they may be incomplete.
    rank = -1 if problem.severity is Severity.ERROR else len(SCORES)
    order = (False, rank, False, problem.sort_key, problem.environment, ())
    identity = (problem.rule, problem.location.file, problem.path, problem.message)
    return _Entry(problem.rule, order, identity, content)


def _rules(
    result: ScanResult, entries: Sequence[_Entry], sources: Sources
) -> list[dict[str, object]]:
    worst: dict[str, PolicyResult] = {}
    for each in (*result.results, *result.fixed):
        known = worst.get(_rule_id(each), each)
        worst[_rule_id(each)] = min(known, each, key=lambda one: one.severity.rank)
    used = sorted({each.rule for each in entries})
    return [
        _rule(worst[rule], rule_of(rule, sources)) if rule in worst else rule_of(rule, sources)
        for rule in used
    ]


def _rule(result: PolicyResult, described: dict[str, object]) -> dict[str, object]:
    described["name"] = str(described["id"]).replace("-", "")
    described["shortDescription"] = {"text": result.message}
    link = result.hint.rpartition(" ")[2]
    if link.startswith("https://"):
        described["helpUri"] = link
        described["help"] = {"text": f"See {link}", "markdown": f"See <{link}>."}
    elif "help" not in described:
        text = "The policies are described in policies/README.md"
        described["help"] = {"text": text, "markdown": f"{text}."}
    properties: dict[str, object] = {"tags": ["security"], "severity": result.severity.value}
    if result.severity in SCORES:
        properties["security-severity"] = SCORES[result.severity]
    described["properties"] = properties
    return described
