"""Loading of YAML files as plain data, with the line numbers of mappings."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Any

from catalog_platform.errors import FindingsError
from catalog_platform.yaml_loader.builder import parse
from catalog_platform.yaml_loader.nodes import Limits, MappingNode, Node, ScalarNode, SequenceNode

DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LIMITS = Limits(depth=30, values=50_000, text=16_384, key=256)
MAXIMUM_CHARACTERS = 1024 * 1024


class YamlError(Exception):
    """The file is not valid YAML for `load`; `line` is 1-based."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


class LocatedDict(dict[str, Any]):
    """A mapping with the line on which it starts, and the lines of its keys."""

    line: int = 1
    key_lines: dict[str, int]


def load(file: Path, *, dates: bool = False, limits: Limits = LIMITS) -> Any:
    """Return the content of a YAML file; every mapping in it is a `LocatedDict`.

    `dates` reads an unquoted `2030-12-31` as a date, which YAML 1.2's core schema does not have.
    Raises `YamlError` for unreadable files, invalid syntax, duplicate keys, keys that are not text,
    aliases, tags, and files that exceed `limits`.
    """
    try:
        with file.open(encoding="utf-8") as opened:
            text = opened.read(MAXIMUM_CHARACTERS + 1)
    except OSError as error:
        raise YamlError(f"cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise YamlError(f"is not UTF-8: {error.reason}") from error
    return loads(text, file.name, dates=dates, limits=limits)


def loads(text: str, name: str, *, dates: bool = False, limits: Limits = LIMITS) -> Any:
    """Return the content of a YAML text, as `load` does for a file. Raises `YamlError`.

    `name` says in messages where the text is from.
    """
    if len(text) > MAXIMUM_CHARACTERS:
        raise YamlError(f"has more than {MAXIMUM_CHARACTERS} characters")
    try:
        root, findings = parse(text, name, limits)
    except FindingsError as error:
        findings = error.findings
    for finding in findings:
        raise YamlError(finding.message, finding.location.line)
    return None if root is None else _data(root, dates)


def _data(node: Node, dates: bool) -> Any:
    match node:
        case SequenceNode(items):
            return [_data(item, dates) for item in items]
        case MappingNode(entries):
            result = LocatedDict((key, _data(each.node, dates)) for key, each in entries.items())
            result.line = node.location.line
            result.key_lines = {key: each.location.line for key, each in entries.items()}
            return result
        case ScalarNode(value, text, is_plain):
            return _date(text) if dates and is_plain and DATE.fullmatch(text) else value
    raise AssertionError("a node is a scalar, a sequence or a mapping")


def _date(text: str) -> datetime.date | str:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return text
