"""Building of nodes from the events of PyYAML's parser, with checks and limits.

The builder uses an explicit stack instead of recursion, and stops parsing when a limit is
reached.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, NoReturn

import yaml

from catalog_platform.errors import FindingsError
from catalog_platform.findings import Finding, Location
from catalog_platform.yaml_loader import characters, scalars, syntax_hints
from catalog_platform.yaml_loader.nodes import (
    Limits,
    MappingEntry,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    dotted,
    size,
)

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DEFAULT = Limits()


def parse(
    text: str, file: str, limits: Limits = DEFAULT
) -> tuple[Node | None, tuple[Finding, ...]]:
    """Return the document's root (None if empty), and findings about duplicate keys.

    Of duplicate keys, the first one counts. Raises `FindingsError` with all other findings,
    because they make the document unusable. The result is immutable, and kept for the same text:
    a command reads a few files again and again, and both versions that it compares have them.
    """
    return _parsed(text, file, limits)


@functools.lru_cache(maxsize=16)
def _parsed(text: str, file: str, limits: Limits) -> tuple[Node | None, tuple[Finding, ...]]:
    builder = _Builder(file, limits)
    try:
        for event in yaml.parse(text, Loader=LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        builder.refuse_syntax(error, end=len(text.rstrip()))
    except (yaml.YAMLError, ValueError) as error:
        builder.refuse("syntax", f"not valid YAML: {error}", Location(file))
    return builder.finish()


@dataclass(slots=True)
class _Open:
    """A list or mapping that is not closed yet. `key` is the key whose value comes next."""

    location: Location
    path: tuple[str | int, ...]
    items: list[Node] | None
    entries: dict[str, MappingEntry] = field(default_factory=dict)
    key: tuple[str, Location] | None = None
    is_key: bool = False
    anchor: str | None = None


class _Builder:
    def __init__(self, file: str, limits: Limits) -> None:
        self._file = file
        self._limits = limits
        self._anchored: dict[str, Node] = {}
        self._aliases = 0
        self._findings: list[Finding] = []
        self._stack: list[_Open] = []
        self._root: Node | None = None
        self._documents = 0
        self._nodes = 0

    def take(self, event: yaml.Event) -> None:
        location = self._location(event.start_mark)
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                what = "the file contains a second document"
                self._stop("several-documents", what, location, "write one environment per file")
        elif isinstance(event, yaml.NodeEvent):
            self._node(event, location)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            self._close()

    def _node(self, event: yaml.NodeEvent, location: Location) -> None:
        self._count(1, location)
        if event.anchor is not None and not self._limits.aliases:
            self._no_anchor(event, location)
        if (tag := getattr(event, "tag", None)) is not None:
            self.refuse("tag", f"the tag {tag} is not allowed", location, "write the bare value")
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event, location)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event, location)
        else:
            self._open(event, location)

    def _count(self, values: int, location: Location) -> None:
        self._nodes += values
        if self._nodes > self._limits.values:
            self._stop(
                "too-large", f"a file can contain at most {self._limits.values} values", location
            )

    def _alias(self, event: yaml.AliasEvent, location: Location) -> None:
        """Insert the value that the anchor names; its size counts each time."""
        self._aliases += 1
        if self._limits.aliases and self._aliases > self._limits.aliases:
            self._stop(
                "too-large", f"a file can contain at most {self._limits.aliases} aliases", location
            )
        node = self._anchored.get(event.anchor or "")
        if self._limits.aliases and (node is None or self._awaits_key()):
            self.refuse(
                "anchor", f"the alias *{event.anchor} does not refer to an earlier value", location
            )
        self._count(size(node) if node else 0, location)
        self._put(node or ScalarNode(None, "", True, location))

    def _no_anchor(self, event: yaml.NodeEvent, location: Location) -> None:
        alias = isinstance(event, yaml.AliasEvent)
        written = f"the alias *{event.anchor}" if alias else f"the anchor &{event.anchor}"
        self.refuse(
            "anchor",
            f"{written} is not allowed",
            location,
            'refer to another key instead: "{{ section.key }}"',
        )

    def _open(self, event: yaml.NodeEvent, location: Location) -> None:
        if len(self._stack) == self._limits.depth:
            self._stop(
                "too-deep",
                f"values can be nested at most {self._limits.depth} levels deep",
                location,
            )
        is_key = self._awaits_key()
        if is_key and self._stack[-1].location == replace(location, column=location.column - 1):
            self.refuse("key", "an expression must be in quotes", location, 'write "{{ … }}"')
        elif is_key:
            self._refuse_key("a list or mapping", location)
        is_list = isinstance(event, yaml.SequenceStartEvent)
        items: list[Node] | None = [] if is_list else None
        opened = _Open(location, self._path(), items, is_key=is_key, anchor=event.anchor)
        self._stack.append(opened)

    def _scalar(self, event: yaml.ScalarEvent, location: Location) -> None:
        text, plain = event.value, not event.style
        if self._awaits_key():
            self._key(text, plain, location)
            return
        if len(text) > self._limits.text:
            self.refuse(
                "too-large", f"a text can have at most {self._limits.text} characters", location
            )
        for _, name in characters.hidden_characters(text, allowed="\t\n"):
            self.refuse(
                "hidden-character", f"the invisible character {name} is not allowed", location
            )
            break
        self._anchor(
            event.anchor, ScalarNode(scalars.read(text) if plain else text, text, plain, location)
        )

    def _awaits_key(self) -> bool:
        return bool(self._stack) and self._stack[-1].items is None and self._stack[-1].key is None

    def _key(self, text: str, plain: bool, location: Location) -> None:
        inside = self._stack[-1]
        if len(text) > self._limits.key:
            inside.key = ("", location)
            self._refuse_key(f"a text of more than {self._limits.key} characters", location)
            return
        inside.key = (text, location)
        if plain and text == "<<":
            self.refuse("anchor", "the merge key << is not allowed", location, "write the keys out")
        elif plain and not isinstance(scalars.read(text), str):
            self._refuse_key(text or "an empty word", location)
        elif any(characters.hidden_characters(text)) or not text:
            self._refuse_key(repr(text), location)
        elif text in inside.entries:
            first = inside.entries[text].location.line
            hint = f"remove line {first} or line {location.line}"
            if isinstance(inside.entries[text].node, MappingNode):
                hint = f"move the keys below it to the section in line {first}"
            self._findings.append(
                Finding(
                    rule="duplicate-key",
                    message=f"'{text}' is already set in line {first}",
                    location=location,
                    path=dotted((*inside.path, text)),
                    hint=hint,
                )
            )

    def _refuse_key(self, what: str, location: Location) -> None:
        self.refuse(
            "key", f"{what} cannot be a key", location, "a key is a word, such as `database`"
        )

    def _path(self) -> tuple[str | int, ...]:
        if not self._stack:
            return ()
        inside = self._stack[-1]
        step = len(inside.items) if inside.items is not None else (inside.key or ("", None))[0]
        return (*inside.path, step)

    def _put(self, node: Node) -> None:
        if not self._stack:
            self._root = self._root or node
            return
        inside = self._stack[-1]
        if inside.items is not None:
            inside.items.append(node)
        elif inside.key is None:  # an alias as a key, refused in _alias
            inside.key = ("", node.location)
        else:
            key, location = inside.key
            if isinstance(node, MappingNode):
                # The location of a section is that of its key.
                node = replace(node, location=location)
            inside.entries.setdefault(key, MappingEntry(location, node))
            inside.key = None

    def _anchor(self, name: str | None, node: Node) -> None:
        if name is not None:
            self._anchored[name] = node
        self._put(node)

    def _close(self) -> None:
        closed = self._stack.pop()
        if closed.is_key:
            self._stack[-1].key = ("", closed.location)
        elif closed.items is not None:
            self._anchor(closed.anchor, SequenceNode(tuple(closed.items), closed.location))
        else:
            entries = MappingProxyType(closed.entries)
            self._anchor(closed.anchor, MappingNode(entries, closed.location))

    def _location(self, mark: Any) -> Location:
        return Location(self._file, mark.line + 1, mark.column + 1)

    def refuse_syntax(self, error: yaml.MarkedYAMLError, end: int) -> None:
        problem = error.problem or "not valid YAML"
        hint = syntax_hints.hint(problem)
        if error.context and error.context_mark:
            problem += f" ({error.context} that starts in line {error.context_mark.line + 1})"
        location = self._syntax_location(error, end)
        self._findings.append(Finding(rule="syntax", message=problem, location=location, hint=hint))

    def _syntax_location(self, error: yaml.MarkedYAMLError, end: int) -> Location:
        """Return the location of an error; of an unclosed bracket or quote, where it opens."""
        problem, mark = error.problem or "", error.problem_mark
        if "unexpected end" in problem or "did not find expected ','" in problem:
            mark = error.context_mark or mark
        elif "node content" in problem and mark and mark.index >= end and self._stack:
            return self._stack[-1].location
        return self._location(mark) if mark else Location(self._file)

    def refuse(self, rule: str, message: str, location: Location, hint: str = "") -> None:
        path = dotted(tuple(step for step in self._path() if step != ""))
        self._findings.append(
            Finding(rule=rule, message=message, location=location, path=path, hint=hint)
        )

    def _stop(self, rule: str, message: str, location: Location, hint: str = "") -> NoReturn:
        self.refuse(rule, message, location, hint)
        raise FindingsError(self._findings)

    def finish(self) -> tuple[Node | None, tuple[Finding, ...]]:
        """Return root and duplicate keys. Raises `FindingsError` if there are other findings."""
        if any(finding.rule != "duplicate-key" for finding in self._findings):
            raise FindingsError(self._findings)
        return self._root, tuple(self._findings)
