"""docs/rules/: a page per rule, with a manifest that breaks it and what is then said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from catalog_platform.manifest.reference.table import table
from catalog_platform.manifest.rulebook import FOLDER, chapters

HEAD = """\
# Rules

What `catalogctl validate` holds manifests against. Each finding names its rule and links to its
page. Policies, which hold what is deployed against rules of security, are in
[policies/README.md](../../policies/README.md).
"""


@dataclass(frozen=True, slots=True)
class Example:
    """A manifest that breaks a rule, what is said about it, and one just beside that does not."""

    manifest: str
    told: str
    sound: str = ""


def pages(examples: Mapping[str, Example]) -> dict[str, str]:
    """The pages and their index, by path."""
    made = {f"{FOLDER}/README.md": _index()}
    for name, chapter in chapters().items():
        for rule, told in chapter.items():
            made[f"{FOLDER}/{rule}.md"] = _page(rule, name, told, examples.get(rule))
    return made


def _index() -> str:
    parts = [HEAD]
    for name, chapter in chapters().items():
        rows = [(f"[{rule}]({rule}.md)", _summary(told)) for rule, told in chapter.items()]
        parts.append(f"## {name}\n\n{table(('rule', 'asks that'), rows)}")
    return "\n".join(parts)


def _summary(told: str) -> str:
    return told.partition("\n\n")[0]


def _page(rule: str, chapter: str, told: str, example: Example | None) -> str:
    text = f"# {rule}\n\n{told}\n\n[All rules](README.md), chapter {chapter}.\n"
    if example:
        text += f"\n## A manifest that breaks it\n\n```yaml\n{example.manifest.strip()}\n```\n"
        text += f"\n```text\n{example.told.strip()}\n```\n"
    if example and example.sound:
        text += f"\n## Just beside\n\n```yaml\n{example.sound.strip()}\n```\n"
    return text
