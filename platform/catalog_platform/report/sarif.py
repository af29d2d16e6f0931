"""Render findings as SARIF, for code scanning.

SARIF 2.1.0: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html, in the subset that
GitHub shows: https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from urllib.parse import quote

from catalog_platform import __version__
from catalog_platform.findings import Finding, Sources, sort_unique

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
    run = {
        "tool": {
            "driver": {
                "name": "catalogctl",
                "version": __version__,
                "rules": [_rule(rule, sources) for rule in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(rule: str, sources: Sources) -> dict[str, object]:
    described: dict[str, object] = {"id": rule, "shortDescription": {"text": rule}}
    page = sources.rule_link(rule)
    if page:
        described["help"] = {
            "text": f"See {page}",
            "markdown": f"See [{page}]({quote(page, safe='/#')}).",
        }
    return described


def _identity(finding: Finding) -> str:
    parts = (finding.rule, finding.location.file, finding.path, finding.message)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _result(
    finding: Finding, rule_index: int, fingerprint: str, sources: Sources
) -> dict[str, object]:
    where = finding.location
    text = f"{finding.path}: {finding.message}" if finding.path else finding.message
    if finding.hint:
        text += f"\nHint: {finding.hint}"
    region: dict[str, object] = {"startLine": where.line, "startColumn": where.column}
    excerpt = sources.excerpt(where)
    if excerpt:
        region["snippet"] = {"text": excerpt.line}
    return {
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": finding.severity.value,
        "message": {"text": text},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(where.file)},
                    "region": region,
                }
            }
        ],
        "partialFingerprints": {"finding/v1": fingerprint},
        "properties": {"environment": finding.environment, "path": finding.path},
    }
