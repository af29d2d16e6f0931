"""The changed resources of an environment, and what they touch, as a diagram in Mermaid.

GitHub renders it in a comment: https://docs.github.com/en/get-started/writing-on-github
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from catalog_platform.plan.model import Change
from catalog_platform.plan.verdict import Verdict
from catalog_platform.report.markup import CONTROL

# More nodes can't be read in a comment.
MAXIMUM = 30
LABEL = 60
# Characters with a meaning in no place of a quoted label; the others are decimal entities:
# https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters
PLAIN = re.compile(r"[^A-Za-z0-9 /_.]")


def diagram(found: Sequence[Change]) -> str:
    """Return a fenced block; empty when no change touches another, or there are too many."""
    numbers = {change.logical_id: at for at, change in enumerate(found)}
    edges = [
        (numbers[via], at)
        for at, change in enumerate(found)
        for via in change.via
        if via in numbers and numbers[via] != at
    ]
    if not edges or len(found) > MAXIMUM:
        return ""
    drawn = sorted({each for edge in edges for each in edge})
    lines = ["flowchart LR"]
    lines += [f'  n{at}["{_label(found[at])}"]' for at in drawn]
    lines += [f"  n{source} --> n{target}" for source, target in edges]
    blocking = [f"n{at}" for at in drawn if Verdict(found[at].verdict).blocks]
    if blocking:
        lines += ["  classDef blocking stroke-width:3px", f"  class {','.join(blocking)} blocking"]
    return "\n".join(("```mermaid", *lines, "```", ""))


def _label(change: Change) -> str:
    name = " ".join(change.resource.split())
    shown = name if len(name) <= LABEL else f"{name[: LABEL - 1]}…"
    text = f"{change.verdict.replace('_', ' ')}: {change.action} {shown}"
    return PLAIN.sub(lambda each: f"#{ord(each[0])};", CONTROL.sub("\ufffd", text))
