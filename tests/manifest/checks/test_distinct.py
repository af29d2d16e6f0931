"""Every list of the model has a rule against equal elements."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest

from catalog_platform.manifest.checks import RULES
from catalog_platform.manifest.node import parse_path
from catalog_platform.manifest.schema import dereferenced, manifest_schema
from catalog_platform.model import Manifest
from support.models import COMPLETE, a_manifest


def lists(path: str = "", schema: dict | None = None) -> Iterator[str]:
    """Yield the path of every list, with `[0]` for the first element of an outer list."""
    schema = dereferenced(manifest_schema() if schema is None else schema)
    for key, inner in schema.get("properties", {}).items():
        yield from lists(f"{path}.{key}".lstrip("."), inner)
    if "items" in schema:
        yield path
        yield from lists(f"{path}[0]", schema["items"])


LISTS = tuple(lists())
# Lists that are empty in the manifests of the tests.
CLIENTS = {"client_security_groups": ["sg-0123456789abcdef0"]}


def with_repeated_element(path: str) -> Manifest:
    tree = msgspec.to_builtins(a_manifest(database=CLIENTS, cache=CLIENTS))
    inner = tree
    *outer, last = parse_path(path)
    for step in outer:
        inner = inner[step]
    inner[last] = [*inner[last][:1], *inner[last][:1]]
    return msgspec.convert(tree, Manifest)


def test_the_model_has_lists() -> None:
    assert {"network.availability_zones", "alarms.subscriptions[0].severities"} <= set(LISTS)
    assert COMPLETE["alarms"]["subscriptions"]


@pytest.mark.parametrize("path", LISTS)
def test_an_element_that_is_listed_twice_is_refused(path: str) -> None:
    manifest = with_repeated_element(path)
    found = [problem for rule in RULES for problem in rule(manifest)]
    assert any(problem.path.startswith(f"{path}[1]") for problem in found)
