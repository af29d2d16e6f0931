from __future__ import annotations

import pytest

from catalog_platform.manifest import Manifests
from catalog_platform.manifest.documentation import documentation_of
from catalog_platform.manifest.node import parse_path


@pytest.mark.parametrize(
    ("key", "accepts"),
    [
        ("database.multi_az", "true or false"),
        ("stream.shards", "whole number, 1 to 200, or null"),
        ("database.monitoring_interval_seconds", "one of: 0, 1, 5, 10, 15, 30, 60"),
        ("cache.engine", "one of: redis, valkey"),
        ("environment", "section with the keys: name, tier, account, region"),
    ],
)
def test_the_documentation_of_a_key_names_its_allowed_values(key, accepts):
    known = documentation_of(parse_path(key))
    assert known is not None
    assert known.accepts == accepts


def test_the_documentation_of_a_list_describes_its_elements():
    known = documentation_of(("network", "availability_zones"))
    assert known is not None
    assert known.accepts.startswith("list, 2 to 6; each element: text")
    assert known.example == "[eu-west-1a, eu-west-1b]"


def test_every_key_is_described(examples):
    for path in Manifests(examples).resolve("production"):
        known = documentation_of(parse_path(path))
        assert known is not None
        assert known.description, path


def test_a_key_that_no_manifest_has_is_not_documented():
    assert documentation_of(("database", "nothing")) is None
