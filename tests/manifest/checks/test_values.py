"""Values that AWS or PostgreSQL refuse are reported; values at the limit are not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from catalog_platform.findings import Finding, Severity
from support.manifests import VALID, a_repository, findings_of

FOLDER = Path(__file__).parent
WRONG = yaml.safe_load((FOLDER / "wrong_values.yaml").read_text())
RIGHT = yaml.safe_load((FOLDER / "right_values.yaml").read_text())


def shown(values: dict[str, Any]) -> str:
    return ",".join(f"{key}={value}" for key, value in values.items())


def manifest_with(values: dict[str, Any]) -> str:
    tree = yaml.safe_load(VALID)
    for key, value in values.items():
        section = tree
        *outer, last = key.split(".")
        for step in outer:
            section = section.setdefault(step, {})
        section[last] = value
    return yaml.safe_dump(tree)


def findings_for(root: Path, text: str) -> tuple[Finding, ...]:
    return findings_of(a_repository(root / "r", sample=text), "sample")


def written_at(node: yaml.Node, path: str = "") -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield the path of every key and value with a line and column, as PyYAML has them."""
    if isinstance(node, yaml.MappingNode):
        for key, inner in node.value:
            name = f"{path}.{key.value}".removeprefix(".")
            yield name, position(key)
            yield from written_at(inner, name)
        return
    yield path, position(node)
    for index, inner in enumerate(node.value if isinstance(node, yaml.SequenceNode) else ()):
        yield from written_at(inner, f"{path}[{index}]")
        yield f"{path}[{index}]", position(inner)


def position(node: yaml.Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


@pytest.mark.parametrize("case", WRONG, ids=lambda case: shown(case["values"]))
def test_a_wrong_value_is_reported_at_its_line(case, tmp_path):
    text = manifest_with(case["values"])
    found = findings_for(tmp_path, text)
    summary = {
        f"{each.path} [{each.rule}]"
        + ("" if each.severity is Severity.ERROR else f" {each.severity.value}")
        for each in found
    }
    assert summary == set(case["findings"])
    assert all(each.hint for each in found)
    own = [each for each in found if each.location.file == "environments/sample.yaml"]
    assert own
    places: dict[str, set[tuple[int, int]]] = {}
    root = yaml.compose(text)
    assert root is not None
    for path, place in written_at(root):
        places.setdefault(path, set()).add(place)
    for each in own:
        # A key that only the defaults set is reported at the one of this file that it depends on.
        expected = places.get(each.path) or set().union(*(places[key] for key in case["values"]))
        assert (each.location.line, each.location.column) in expected


@pytest.mark.parametrize("values", RIGHT, ids=shown)
def test_a_value_at_the_limit_has_no_error(values, tmp_path):
    found = findings_for(tmp_path, manifest_with(values))
    errors = [each for each in found if each.severity is Severity.ERROR]
    assert errors == []


def test_there_are_enough_examples():
    assert len(WRONG) >= 100
    assert len(RIGHT) >= 20
