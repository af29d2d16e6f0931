"""The table of resource types, and its copy in the documentation."""

from __future__ import annotations

import json

from catalog_platform.workspace import Workspace
from embedded_aws.resource_types import TYPES, table
from support.goldens import added_resources

BEGIN = "<!-- table: embedded_aws.resource_types -->\n"
END = "<!-- end of table -->"


def test_the_documentation_contains_the_table(repository: Workspace, golden: bool) -> None:
    page = repository.root / "docs" / "embedded-aws.md"
    before, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    shown, end, after = rest.partition(END)
    assert begin
    assert end
    if golden:
        page.write_text(before + begin + table() + end + after, encoding="utf-8")
    else:
        assert shown == table(), "rewrite it with: pytest --golden tests/embedded_aws"


def test_every_type_that_an_environment_uses_is_listed(repository: Workspace) -> None:
    folder = repository.root / "tests" / "golden"
    (largest,) = folder.glob("*.json")
    resources = [*json.loads(largest.read_text("utf-8"))["Resources"].values()]
    for path in folder.glob("*.txt"):
        resources += added_resources(path.read_text("utf-8"))
    used = {resource["Type"] for resource in resources}
    assert "AWS::Lambda::Url" in used
    assert used - TYPES.keys() == set()


def test_every_type_that_is_not_real_has_a_note() -> None:
    assert [
        name for name, found in TYPES.items() if found.fidelity != "real" and not found.note
    ] == []


def test_the_list_is_in_alphabetical_order() -> None:
    assert list(TYPES) == sorted(TYPES)
