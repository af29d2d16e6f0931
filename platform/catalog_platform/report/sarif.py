"""Render findings as SARIF, for code scanning.

SARIF 2.1.0: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html, in the subset that
GitHub shows: https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from catalog_platform import __version__
from catalog_platform.findings import Finding, Location, Sources, sort_unique

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def render(findings: Iterable[Finding], sources: Sources) -> str:
    """Return one SARIF log with one run; file paths are relative to the repository.

    The fingerprint contains neither line nor column, so a finding remains the same alert when
    lines are added above it.
    """
    shown = sort_unique(findings)
    rules = sorted({finding.rule for finding in shown})
    seen: Counter[str] = Counter()
    results = []
    for finding in shown:
        identity = _identity(finding)
        seen[identity] += 1
        fingerprint = f"{identity}:{seen[identity]}"
        results.append(_result(finding, rules.index(finding.rule), fingerprint, sources))
    return log([rule_of(rule, sources) for rule in rules], results)


def log(
    rules: Sequence[object], results: Sequence[object], invocation: object | None = None
) -> str:
    """Return the log of one run; `invocation` is what the tool says about itself."""
    driver = {"name": "catalogctl", "version": __version__, "rules": rules}
    run: dict[str, object] = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints"}
    if invocation is not None:
        run["invocations"] = [invocation]
    run["results"] = results
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def rule_of(rule: str, sources: Sources) -> dict[str, object]:
    """Return the description of a rule, with the link to its documentation."""
    described: dict[str, object] = {"id": rule, "shortDescription": {"text": rule}}
    page = sources.rule_link(rule)
    if page:
        described["help"] = {
            "text": f"See {page}",
            "markdown": f"See [{page}]({quote(page, safe='/#')}).",
        }
    return described


def physical(location: Location, sources: Sources) -> dict[str, object]:
    """Return a location in a file, with the text of its line if it is known."""
    region: dict[str, object] = {"startLine": location.line, "startColumn": location.column}
    excerpt = sources.excerpt(location)
    if excerpt:
        region["snippet"] = {"text": excerpt.line}
    uri = quote(location.file, errors="surrogateescape")  # a file name can have any bytes
    return {"artifactLocation": {"uri": uri}, "region": region}


def _identity(finding: Finding) -> str:
    parts = (finding.rule, finding.location.file, finding.path, finding.message)
    return hashlib.sha256("\0".join(parts).encode(errors="surrogateescape")).hexdigest()


def _result(
    finding: Finding, rule_index: int, fingerprint: str, sources: Sources
) -> dict[str, object]:
    text = f"{finding.path}: {finding.message}" if finding.path else finding.message
    if finding.hint:
        text += f"\nHint: {finding.hint}"
    return {
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": finding.severity.value,
        "message": {"text": text},
        "locations": [{"physicalLocation": physical(finding.location, sources)}],
        "partialFingerprints": {"finding/v1": fingerprint},
        "properties": {"environment": finding.environment, "path": finding.path},
    }
