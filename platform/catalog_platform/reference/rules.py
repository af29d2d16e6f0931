"""docs/rules.md: every rule, with a finding that a manifest which breaks it gets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from catalog_platform.manifest.rulebook import chapters

HEAD = """\
# Rules

What `catalogctl validate` holds manifests against. Each finding names its rule and links to it.
Policies, which hold what is deployed against rules of security, are in
[policies/README.md](../policies/README.md).
"""


@dataclass(frozen=True, slots=True)
class Example:
    """What is reported for a manifest that breaks a rule, and the files to look at.

    `invalid` is that manifest, `valid` one just beside it, both relative to docs/; `valid` may be
    empty.
    """

    reported: str
    invalid: str
    valid: str = ""


def page(examples: Mapping[str, Example]) -> str:
    """The whole page; a heading for each rule is its anchor."""
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
    links = f"[a manifest that breaks it]({example.invalid})"
    links += f", [one that just doesn't]({example.valid})" if example.valid else ""
    yield f"```text\n{_finding(rule, example.reported)}\n```\n\nFrom {links}.\n"


def _finding(rule: str, reported: str) -> str:
    """The first finding of the rule, without the link to the page that it stands on."""
    findings = re.split(r"\n(?=\S)", reported.strip())
    first = next((each for each in findings if f"[{rule}]" in each), findings[0])
    return "\n".join(line for line in first.splitlines() if not line.startswith("    docs: "))
