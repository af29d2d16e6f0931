"""The one door to YAML here: plain data, no surprises, and the line of every mapping."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml


class StrictYamlError(Exception):
    """The file is not the plain YAML that is expected; `line` is where, 1-based."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


class Lined(dict[str, Any]):
    """A mapping that knows the line it starts on, and the lines of its keys."""

    line: int = 1
    key_lines: dict[str, int]


class _Loader(yaml.SafeLoader):
    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise StrictYamlError("aliases are not allowed", mark.line + 1)
        return super().compose_node(parent, index)

    def lined(self, node: yaml.MappingNode) -> Any:
        result = Lined()
        result.line = node.start_mark.line + 1
        result.key_lines = {}
        yield result
        for key_node, value_node in node.value:
            key = self.construct_object(key_node, deep=True)
            line = key_node.start_mark.line + 1
            if not isinstance(key, str):
                raise StrictYamlError(f"the key {key!r} is not text", line)
            if key in result:
                first = result.key_lines[key]
                raise StrictYamlError(f"the key {key!r} is already on line {first}", line)
            result[key] = self.construct_object(value_node, deep=True)
            result.key_lines[key] = line


_Loader.add_constructor("tag:yaml.org,2002:map", _Loader.lined)


def load(file: Path) -> Any:
    """The content of a YAML file; every mapping in it is a `Lined`.

    Raises `StrictYamlError` for unreadable files, wrong syntax, duplicate keys, keys that are not
    text, aliases and tags.
    """
    try:
        return yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - safe
    except OSError as error:
        raise StrictYamlError(f"cannot be read: {error.strerror or error}") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise StrictYamlError(error.problem or str(error), line) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise StrictYamlError(f"is not YAML: {error}") from error
