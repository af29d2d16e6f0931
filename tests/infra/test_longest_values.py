"""With the longest allowed values, every text of the template is within AWS's limits.

Names are composed: of the environment's name, an identifier and a suffix, for example.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from support.aws_constraints import constraints
from support.models import a_manifest
from support.synthesis import Template, templates_of

pytestmark = pytest.mark.synth

LONGEST = {
    "environment": {"name": "a" * 20, "region": "ap-northeast-1"},
    "network": {"availability_zones": ["ap-northeast-1a", "ap-northeast-1c"]},
    "database": {
        "identifier": "i" * 50,
        "name": "d" * 63,
        "username": "u" * 16,
        "application_username": "r" * 63,
        "read_replicas": 5,
    },
    "alarms": {
        "runbook_base_url": f"https://example.com/{'r' * 280}",
        "subscriptions": [
            {
                "protocol": "email",
                "endpoint": f"{'e' * 64}@{'d' * 63}.{'d' * 63}.example.com",
                "severities": ["critical", "warning"],
            }
        ],
    },
    "tags": dict.fromkeys(("owner", "cost_center", "data_classification"), "t" * 128),
}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    folder = tmp_path_factory.mktemp("longest")
    (found,) = templates_of(folder, a_manifest(**LONGEST))  # type: ignore[arg-type]
    return found


def texts(node: Any, path: str) -> Iterator[tuple[str, str]]:
    """Yield property and value of each literal text, without intrinsic functions."""
    if isinstance(node, dict):
        for key, inner in node.items():
            if not key.startswith("Fn::") and key != "Ref":
                yield from texts(inner, f"{path}.{key}")
    elif isinstance(node, list):
        for inner in node:
            yield from texts(inner, f"{path}.*")
    elif isinstance(node, str):
        yield path, node


def faults(name: str, text: str) -> Iterator[str]:
    """Yield the constraints that a text of a property violates."""
    for source in ("schema", "api"):
        known = constraints(name).get(source, {})
        low, high = known.get("minLength", 0), known.get("maxLength", len(text))
        if not low <= len(text) <= high:
            yield f"{name}: {len(text)} characters, allowed are {low} to {high}"
        # Patterns of an API can be for parts of a text, and Python has no \\p{L}.
        pattern = known.get("pattern", "")
        if source == "schema" and "\\p" not in pattern and not re.search(pattern, text):
            yield f"{name}: {text} does not match {pattern}"


def test_every_text_has_an_allowed_length_and_form(template: Template) -> None:
    found = {
        (name, text)
        for resource in template.resources.values()
        for name, text in texts(
            resource.get("Properties", {}), resource["Type"].removeprefix("AWS::")
        )
    }
    assert [fault for name, text in sorted(found) for fault in faults(name, text)] == []
    assert sum("schema" in constraints(name) for name, _ in found) > 30


def test_a_longer_text_is_reported() -> None:
    assert list(faults("Kinesis::Stream.Tags.*.Value", "t" * 256))
    assert list(faults("Kinesis::Stream.Tags.*.Value", "t" * 255)) == []
