"""YAML text to nodes, with everything that YAML can do and a manifest must not do refused.

Works on the parser's events with a stack of its own: nothing is expanded, nothing recurses, and
the parser is not asked for more once a limit is reached.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

import yaml

from catalog_platform.errors import FindingsError
from catalog_platform.findings import Finding, Location
from catalog_platform.manifest import characters, scalars
from catalog_platform.manifest.node import Entry, Items, Node, Scalar, Section, dotted

MAXIMUM_DEPTH = 12
MAXIMUM_NODES = 2_000
MAXIMUM_TEXT = 4096
MAXIMUM_KEY = 64
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

SYNTAX_HINTS = {
    "mapping values are not allowed": "a text with ': ' in it needs quotes, or the line is "
    "indented too far",
    "did not find expected key": "the line is indented unlike the lines around it",
    "could not find expected ':'": "a key needs a colon and a space: `key: value`",
    "cannot start any token": "indent with spaces; quote a text that starts with @, `, % or a tab",
    "did not find expected ',' or": "a bracket or brace is not closed",
    "unexpected end of stream": "a quote is not closed",
    "did not find expected hexdecimal": "write a backslash in single quotes",
    "unknown escape character": "write a backslash in single quotes",
    "block sequence entries are not allowed": "put the list on lines of its own, below its key",
}


def parse(text: str, file: str) -> tuple[Section, tuple[Finding, ...]]:
    """The document's mapping, and its duplicate keys: the first of them counts.

    Raises `FindingsError` with everything that is wrong when nothing useful can be said about
    the rest.
    """
    builder = _Builder(file)
    try:
        for event in yaml.parse(text, Loader=LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        builder.refuse_syntax(error)
    except (yaml.YAMLError, ValueError) as error:
        builder.refuse("syntax", f"this is not YAML: {error}", Location(file))
    return builder.finish()


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come yet. `key` waits for its value."""

    location: Location
    path: tuple[str | int, ...]
    items: list[Node] | None
    entries: dict[str, Entry] = field(default_factory=dict)
    key: tuple[str, Location] | None = None
    is_key: bool = False


class _Builder:
    def __init__(self, file: str) -> None:
        self._file = file
        self._findings: list[Finding] = []
        self._stack: list[_Open] = []
        self._root: Node | None = None
        self._documents = 0
        self._nodes = 0

    def take(self, event: yaml.Event) -> None:
        place = self._place(event.start_mark)
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                what = "a second document starts here"
                self._stop("several-documents", what, place, "one file, one environment")
        elif isinstance(event, yaml.NodeEvent):
            self._node(event, place)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            self._close()

    def _node(self, event: yaml.NodeEvent, place: Location) -> None:
        self._nodes += 1
        if self._nodes > MAXIMUM_NODES:
            self._stop("too-large", f"more than {MAXIMUM_NODES} values", place)
        if event.anchor is not None:
            self._no_anchor(event, place)
        if (tag := getattr(event, "tag", None)) is not None:
            self.refuse("tag", f"the tag {tag} is not allowed", place, "write the bare value")
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event, place)
        elif isinstance(event, yaml.AliasEvent):
            self._put(Scalar(None, "", True, place))
        else:
            self._open(event, place)

    def _no_anchor(self, event: yaml.NodeEvent, place: Location) -> None:
        alias = isinstance(event, yaml.AliasEvent)
        written = f"the alias *{event.anchor}" if alias else f"the anchor &{event.anchor}"
        self.refuse(
            "anchor",
            f"{written} is not allowed",
            place,
            'refer to another key instead: "{{ section.key }}"',
        )

    def _open(self, event: yaml.NodeEvent, place: Location) -> None:
        if len(self._stack) == MAXIMUM_DEPTH:
            self._stop("too-deep", f"nested deeper than {MAXIMUM_DEPTH} levels", place)
        is_key = self._awaits_key()
        if is_key and self._stack[-1].location == replace(place, column=place.column - 1):
            self.refuse("key", "an expression needs quotes", place, 'write "{{ … }}"')
        elif is_key:
            self._refuse_key("a list or mapping", place)
        is_list = isinstance(event, yaml.SequenceStartEvent)
        self._stack.append(_Open(place, self._path(), [] if is_list else None, is_key=is_key))

    def _scalar(self, event: yaml.ScalarEvent, place: Location) -> None:
        text, plain = event.value, not event.style
        if self._awaits_key():
            self._key(text, plain, place)
            return
        if len(text) > MAXIMUM_TEXT:
            self.refuse("too-large", f"a text of more than {MAXIMUM_TEXT} characters", place)
        for _, name in characters.hidden(text, allowed="\t\n"):
            self.refuse("hidden-character", f"{name} cannot be seen and is not allowed", place)
            break
        self._put(Scalar(scalars.read(text) if plain else text, text, plain, place))

    def _awaits_key(self) -> bool:
        return bool(self._stack) and self._stack[-1].items is None and self._stack[-1].key is None

    def _key(self, text: str, plain: bool, place: Location) -> None:
        inside = self._stack[-1]
        if len(text) > MAXIMUM_KEY:
            inside.key = ("", place)
            self._refuse_key(f"a text of more than {MAXIMUM_KEY} characters", place)
            return
        inside.key = (text, place)
        if plain and text == "<<":
            self.refuse("anchor", "the merge key << is not allowed", place, "write the keys out")
        elif plain and not isinstance(scalars.read(text), str):
            self._refuse_key(text or "nothing", place)
        elif any(characters.hidden(text)) or not text:
            self._refuse_key(repr(text), place)
        elif text in inside.entries:
            first = inside.entries[text].location.line
            self._findings.append(
                Finding(
                    rule="duplicate-key",
                    message=f"'{text}' was already set in line {first}",
                    location=place,
                    path=dotted((*inside.path, text)),
                    hint=f"keep one of the lines {first} and {place.line}",
                )
            )

    def _refuse_key(self, what: str, place: Location) -> None:
        self.refuse("key", f"{what} cannot be a key", place, "a key is a word, such as `database`")

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
        elif inside.key is None:  # an alias where a key should be; refused above
            inside.key = ("", node.location)
        else:
            key, place = inside.key
            if isinstance(node, Section):
                node = replace(node, location=place)  # a section is where its name is
            inside.entries.setdefault(key, Entry(place, node))
            inside.key = None

    def _close(self) -> None:
        closed = self._stack.pop()
        if closed.is_key:
            self._stack[-1].key = ("", closed.location)
        elif closed.items is not None:
            self._put(Items(tuple(closed.items), closed.location))
        else:
            self._put(Section(closed.entries, closed.location))

    def _place(self, mark: Any) -> Location:
        return Location(self._file, mark.line + 1, mark.column + 1)

    def refuse_syntax(self, error: yaml.MarkedYAMLError) -> None:
        problem = error.problem or "this is not YAML"
        # What is never closed is noticed at the end of the file; it starts where it was opened.
        unclosed = "unexpected end" in problem or "did not find expected ','" in problem
        mark = (error.context_mark if unclosed else None) or error.problem_mark
        hint = next((hint for part, hint in SYNTAX_HINTS.items() if part in problem), "")
        if error.context and error.context_mark:
            problem += f" ({error.context} from line {error.context_mark.line + 1} on)"
        place = self._place(mark) if mark else Location(self._file)
        self._findings.append(Finding(rule="syntax", message=problem, location=place, hint=hint))

    def refuse(self, rule: str, message: str, place: Location, hint: str = "") -> None:
        path = dotted(tuple(step for step in self._path() if step != ""))
        self._findings.append(
            Finding(rule=rule, message=message, location=place, path=path, hint=hint)
        )

    def _stop(self, rule: str, message: str, place: Location, hint: str = "") -> NoReturn:
        self.refuse(rule, message, place, hint)
        raise FindingsError(self._findings)

    def finish(self) -> tuple[Section, tuple[Finding, ...]]:
        """The root, and what was found that leaves it usable. Raises `FindingsError` otherwise."""
        if not self._findings and not isinstance(self._root, Section):
            empty = self._root is None or getattr(self._root, "value", "") is None
            message = "the file is empty" if empty else "the file is not a mapping of sections"
            hint = "start with a section, such as `environment:`"
            self.refuse("not-a-mapping", message, Location(self._file), hint)
        usable = all(finding.rule == "duplicate-key" for finding in self._findings)
        if not usable or not isinstance(self._root, Section):
            raise FindingsError(self._findings)
        return self._root, tuple(self._findings)
