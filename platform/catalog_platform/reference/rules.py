"""Generator of docs/rules.md, which describes each rule with an example finding."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from catalog_platform.manifest.rule_registry import chapters

HEAD = """\
# Rules

`catalogctl validate` checks manifests against these rules. Each finding names its rule and links to
it. Security policies, which check the resources to be deployed, are described in
[policies/README.md](../policies/README.md).
"""


@dataclass(frozen=True, slots=True)
class Example:
    """The findings for a manifest that violates a rule, and links to example manifests.

    `invalid` is the path of that manifest, `valid` that of a similar manifest which satisfies the
    rule, both relative to docs/; `valid` can be empty.
    """

    reported: str
    invalid: str
    valid: str = ""


def page(examples: Mapping[str, Example]) -> str:
    """Return the text of the page; the heading of each rule is its anchor."""
    parts = [HEAD]
    for name, chapter in chapters().items():
        links = " · ".join(f"[{rule}](#{rule})" for rule in chapter)
        parts.append(f"## {name}\n\n{links}\n")
        for rule, description in chapter.items():
            parts += _rule(rule, description, examples.get(rule))
    return "\n".join(parts)


def _rule(rule: str, description: str, example: Example | None) -> Iterator[str]:
    yield f"### {rule}\n\n{description}\n"
    if example is None:
        return
    links = f"[a manifest that violates the rule]({example.invalid})"
    links += f", [one that satisfies it]({example.valid})" if example.valid else ""
    yield f"```text\n{_finding(rule, example.reported)}\n```\n\nSource: {links}.\n"


def _finding(rule: str, reported: str) -> str:
    """Return the first finding of the rule, without the link to this page."""
    findings = re.split(r"\n(?=\S)", reported.strip())
    first = next((each for each in findings if f"[{rule}]" in each), findings[0])
    return "\n".join(line for line in first.splitlines() if not line.startswith("    docs: "))
