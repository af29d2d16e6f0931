from __future__ import annotations

import re

import pytest

from catalog_platform.manifest.documentation import keys
from catalog_platform.reference import environments


@pytest.fixture(scope="module")
def page() -> str:
    resources = {
        "stream.shards": ["AWS::Kinesis::Stream"],
        "tags.owner": [f"AWS::X::T{n}" for n in range(7)],
    }
    return environments.page({"stream.shards": "2", "cache.engine": '"valkey"'}, resources)


def row(page: str, section: str, key: str) -> list[str]:
    part = page.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    (line,) = re.findall(rf"^\| `{key}` \|.*$", part, re.MULTILINE)
    return [cell.strip() for cell in line.strip("|").split(" | ")]


def test_every_key_is_on_the_page_with_its_meaning(page: str) -> None:
    for key in keys():
        section, _, name = key.partition(".")
        part = page[page.index(f"\n## {section}\n") :]
        assert not name or f"| `{name}` | " in part, key


def test_a_row_has_the_accepted_values_the_default_and_the_resources(page: str) -> None:
    _, accepted, default, _, changes = row(page, "stream", "shards")
    assert accepted == "whole number, 1 to 200, or null"
    assert default == "`2`"
    assert changes == "AWS::Kinesis::Stream"


def test_a_key_without_a_default_is_set_by_each_environment(page: str) -> None:
    assert row(page, "network", "cidr")[2] == "set by each environment"
    assert row(page, "release", "monthly_limit_usd")[2] == "`null`"


def test_many_resource_types_are_counted(page: str) -> None:
    assert row(page, "tags", "owner")[4] == "7 resource types"
    assert row(page, "cache", "engine")[4] == ""


def test_directives_are_described(page: str) -> None:
    for name in ("extends", "merge", "divergences"):
        assert f"| `{name}` | " in page.partition("## Directives")[2]
