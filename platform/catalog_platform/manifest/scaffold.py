"""Generate a new manifest from an existing one, with comments and unused addresses."""

from __future__ import annotations

import ipaddress
import json
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from catalog_platform.errors import PlatformError
from catalog_platform.manifest import documentation
from catalog_platform.manifest.dump import scalar
from catalog_platform.manifest.node import (
    MappingNode,
    Node,
    Path,
    ScalarNode,
    SequenceNode,
    dotted,
    find,
)
from catalog_platform.manifest.reader import Document
from catalog_platform.manifest.resolved import Resolved

MODELINE = "# yaml-language-server: $schema=../platform/schema/manifest.schema.json\n"
WIDTH = 100
MAXIMUM_CANDIDATES = 4096
# https://www.rfc-editor.org/rfc/rfc1918#section-3
PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
IDENTITY = {("environment", "name"), ("environment", "account"), ("network", "cidr")}
# Which instance the source's database is, and which backup it was created from.
OF_THE_SOURCE = (
    ("database", "identifier"),
    ("database", "restore_from"),
    ("database", "restore_time"),
)
NAMED = "tier-follows-the-name"  # the rule whose exceptions depend on the source's name


@dataclass(frozen=True, slots=True)
class NewEnvironment:
    """Name, account and addresses of the new environment."""

    name: str
    account: str
    cidr: str


def free_block(like: str, taken: Iterable[str]) -> str:
    """Return the next private block after `like`, of the same size, that overlaps none of `taken`.

    Raises `PlatformError` if every private block of that size is taken.
    """
    own = ipaddress.IPv4Network(like)
    used = [ipaddress.IPv4Network(each) for each in taken]
    ranges = [ipaddress.IPv4Network(each) for each in PRIVATE]
    ranges.sort(key=lambda private: not own.subnet_of(private))
    candidates = (
        block
        for private in ranges
        if private.prefixlen <= own.prefixlen
        for block in _sized(private, own)
    )
    for block in candidates:
        if not any(block.overlaps(each) for each in used):
            return str(block)
    raise PlatformError(
        f"no private /{own.prefixlen} block is free", hint="use smaller blocks for new environments"
    )


def is_block(text: str) -> bool:
    """Return whether a text is an IPv4 CIDR block."""
    try:
        ipaddress.IPv4Network(text)
    except ValueError:
        return False
    return True


def _sized(
    private: ipaddress.IPv4Network, own: ipaddress.IPv4Network
) -> list[ipaddress.IPv4Network]:
    """Return blocks of the size of `own`, starting at `own` if it is in this range."""
    size = own.num_addresses
    count = private.num_addresses // size
    inside = own.subnet_of(private)
    start = (int(own.network_address) - int(private.network_address)) // size if inside else 0
    numbers = ((start + step) % count for step in range(min(count, MAXIMUM_CANDIDATES)))
    first = int(private.network_address)
    return [ipaddress.IPv4Network((first + n * size, own.prefixlen)) for n in numbers]


def left_out(own: Document) -> tuple[str, ...]:
    """Return the keys of a source's own file that a new environment doesn't get."""
    assert own.root is not None  # noqa: S101 - its environment is valid
    return tuple(dotted(path) for path in OF_THE_SOURCE if find(own.root, path))


def scaffold(plan: NewEnvironment, source: Resolved, own: Document) -> str:
    """Return the new manifest: its identity, then the contents of the source's own file.

    Divergences and `OF_THE_SOURCE` are left out: they are about the source itself.
    """
    assert own.root is not None  # noqa: S101 - its environment is valid
    tier = find(source.root, ("environment", "tier"))
    lines = [
        f"# Copied from {source.name}: keep only what this environment needs to override.",
        "",
        *_directives(own),
        "environment:",
        f"  name: {plan.name}",
        f"  tier: {tier.value if isinstance(tier, ScalarNode) else ''}",
        f'  account: "{plan.account}"',
        *_keys(own.root, ("environment",), {*IDENTITY, ("environment", "tier")}),
        "",
        "network:",
        *_comment(("network", "cidr"), 1),
        f"  cidr: {plan.cidr}",
        *_keys(own.root, ("network",), IDENTITY),
    ]
    for name, entry in own.root.entries.items():
        if name not in ("environment", "network") and isinstance(entry.node, MappingNode):
            keys = list(_keys(own.root, (name,), set(OF_THE_SOURCE)))
            lines += ["", f"{name}:" if keys else f"{name}: {{}}", *keys]
    return MODELINE + "\n".join(lines) + "\n"


def _directives(own: Document) -> Iterator[str]:
    for name in ("extends", "merge", "exceptions"):
        written = find(own.directives.section, (name,))
        if name == "exceptions" and isinstance(written, SequenceNode):
            about_name = [each.rule == NAMED for each in own.directives.values.exceptions]
            pairs = zip(written.items, about_name, strict=True)
            items = tuple(item for item, is_left_out in pairs if not is_left_out)
            written = replace(written, items=items) if items else None
        if written is not None:
            yield from _node(f"{name}:", written, 1)
            yield ""


def _keys(root: MappingNode, path: Path, skipped: set[tuple[str, str]]) -> Iterator[str]:
    section = find(root, path)
    for key, entry in section.entries.items() if isinstance(section, MappingNode) else ():
        if (*path, key) not in skipped:
            yield from _comment((*path, key), len(path))
            yield from _node(f"{'  ' * len(path)}{key}:", entry.node, len(path) + 1)


def _comment(path: Path, depth: int) -> list[str]:
    known = documentation.documentation_of(path)
    indent = f"{'  ' * depth}# "
    return textwrap.wrap(
        known.description if known else "",
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
    )


def _node(head: str, node: Node, depth: int) -> Iterator[str]:
    indent = "  " * depth
    match node:
        case ScalarNode(text=text, plain=is_plain):
            yield f"{head} {_word(text) if is_plain else json.dumps(text, ensure_ascii=False)}"
        case SequenceNode(items) if all(isinstance(item, ScalarNode) for item in items):
            words = [
                _word(item.text) if item.plain else scalar(item.text)
                for item in items
                if isinstance(item, ScalarNode)
            ]
            yield f"{head} [{', '.join(words)}]"
        case SequenceNode(items):
            yield head
            for item in items:
                first, *others = _node("", item, depth + 1)
                yield from (f"{indent}- {first.strip() or others.pop(0).strip()}", *others)
        case MappingNode(entries) if head and not entries:
            yield f"{head} {{}}"
        case MappingNode(entries):
            if head:
                yield head
            for key, entry in entries.items():
                yield from _node(f"{indent}{scalar(key)}:", entry.node, depth + 1)


def _word(text: str) -> str:
    return text or "null"
