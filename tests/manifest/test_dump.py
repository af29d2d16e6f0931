from __future__ import annotations

import yaml
from hypothesis import given
from hypothesis import strategies as st

from catalog_platform.manifest import Manifests, dump
from catalog_platform.manifest.node import plain
from catalog_platform.manifest.parse import parse

printable = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=12)
values = st.one_of(printable, st.integers(-(10**17), 10**17), st.booleans(), st.none())


@given(values)
def test_a_value_reads_back_in_this_parser_and_in_yaml_1_1(value):
    text = f"key: {dump.scalar(value)}\n"
    assert plain(parse(text, "f.yaml")[0]) == {"key": value}
    assert yaml.safe_load(text) == {"key": value}


def test_words_with_a_special_meaning_in_yaml_1_1_are_quoted():
    for word in ("off", "No", "y", "null", "true", "1.10", "014", "12:30", "", "~"):
        assert dump.scalar(word).startswith('"')


def test_a_rendered_environment_reads_back_with_and_without_origins(examples):
    for name in examples.environment_names():
        resolved = Manifests(examples).resolve(name)
        for origins in (False, True):
            text = dump.to_yaml(resolved, origins=origins)
            assert plain(parse(text, "f.yaml")[0]) == resolved.tree
            assert yaml.safe_load(text) == resolved.tree
