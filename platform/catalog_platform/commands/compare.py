"""`catalogctl compare`: show the differences between two environments."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Iterator

from catalog_platform import report
from catalog_platform.manifest import Leaf, Manifests, comparison
from catalog_platform.manifest.comparison import Comparison, Difference, Status, format_value
from catalog_platform.plural import plural
from catalog_platform.workspace import Workspace

MAXIMUM_VALUE = 48
WORDS = {
    Status.UNDECLARED: "not declared",
    Status.DECLARED: "declared",
    Status.FOLLOWS: "caused by another difference",
    Status.NATURAL: "always different",
}


def run(
    workspace: Workspace,
    *,
    left: str,
    right: str,
    format: str,  # noqa: A002
    strict: bool,
) -> int:
    """Print all differences; with `strict`, return 1 when one of them is not declared.

    Raises `FindingsError` for an environment with errors, `UsageError` for an unknown name.
    """
    manifests = Manifests(workspace)
    compared = comparison.compare(manifests.resolve_valid(left), manifests.resolve_valid(right))
    findings = compared.findings()
    if format == "json":
        print(json.dumps(_as_json(compared), indent=2, ensure_ascii=False))
    else:
        for line in _lines(compared):
            print(line)
        if strict and findings:
            print(f"\n{report.render(findings, 'text', manifests)}", end="")
    return 1 if strict and findings else 0


def _lines(compared: Comparison) -> Iterator[str]:
    left, right = compared.left.name, compared.right.name
    yield f"{left} → {right}: {_counted(compared)}"
    grouped = itertools.groupby(compared.differences, lambda each: each.key.partition(".")[0])
    for section, differences in grouped:
        rows = [(each, _values(each)) for each in differences]
        yield f"\n{section}"
        widths = [max(len(values[column]) for _, values in rows) for column in range(3)]
        for difference, (key, before, after) in rows:
            mark = "!" if difference.status is Status.UNDECLARED else " "
            note = f"({difference.reason})" if difference.reason else ""
            yield (
                f"{mark} {key:<{widths[0]}}  {before:<{widths[1]}} → {after:<{widths[2]}}  {note}"
            ).rstrip()
    if compared.unneeded:
        keys = ", ".join(each.key for each in compared.unneeded)
        yield f"\ndeclared without a difference: {keys}"


def _values(difference: Difference) -> tuple[str, str, str]:
    _, _, rest = difference.key.partition(".")
    return rest, _short(difference.left), _short(difference.right)


def _short(leaf: Leaf | None) -> str:
    text = format_value(leaf)
    return text if len(text) <= MAXIMUM_VALUE else f"{text[: MAXIMUM_VALUE - 1]}…"


def _counted(compared: Comparison) -> str:
    counted = Counter(each.status for each in compared.differences)
    parts = [f"{counted[status]} {word}" for status, word in WORDS.items() if counted[status]]
    total = len(compared.differences)
    keys = f"{plural(total, 'key')} {'differs' if total == 1 else 'differ'}"
    return f"{keys}: {', '.join(parts)}" if parts else "no differences"


def _as_json(compared: Comparison) -> dict[str, object]:
    return {
        "left": compared.left.name,
        "right": compared.right.name,
        "differences": [
            {
                "key": each.key,
                "status": each.status.value,
                "reason": each.reason,
                "left": _side(each.left),
                "right": _side(each.right),
            }
            for each in compared.differences
        ],
        "unneeded": [{"key": each.key, "reason": each.reason} for each in compared.unneeded],
    }


def _side(leaf: Leaf | None) -> dict[str, object] | None:
    if leaf is None:
        return None
    where = leaf.location
    return {"value": leaf.value, "file": where.file, "line": where.line, "column": where.column}
