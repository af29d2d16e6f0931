"""What each key changes in a template, recorded for docs/environments.md and accepted-values.md."""

from __future__ import annotations

import json

import pytest

from catalog_platform.manifest import Manifests
from catalog_platform.manifest.documentation import leaves
from catalog_platform.policy.anchors.deciding_keys import deciding_keys
from support.deciding_keys import IDENTITIES, decided
from support.variants import Variants, synthesise_variants


@pytest.fixture(scope="module")
def variants(examples, tmp_path_factory) -> Variants:
    base = Manifests(examples).load("production")
    return synthesise_variants(tmp_path_factory.mktemp("variants"), base)


def compare(file, content, golden) -> None:
    text = json.dumps(content, indent=1, sort_keys=True) + "\n"
    if golden:
        file.write_text(text)
    assert text == file.read_text(), "run `make golden`"


@pytest.mark.exhaustive
@pytest.mark.synth
def test_the_resources_that_each_key_changes_are_recorded(repository, variants, golden):
    file = repository.root / "platform" / "schema" / "resources.json"
    compare(file, variants.resources_by_key(), golden)


@pytest.mark.exhaustive
@pytest.mark.synth
def test_the_properties_that_show_each_value_are_recorded(repository, variants, golden):
    file = repository.root / "platform" / "schema" / "properties.json"
    compare(file, variants.properties_by_key(), golden)


@pytest.mark.exhaustive
@pytest.mark.synth
def test_what_each_key_changes_is_in_the_table_of_deciding_keys(variants):
    def by_path(resources):
        return {variants.paths[name]: resource for name, resource in resources.items()}

    for key in variants.after.keys() - IDENTITIES:
        found = decided(by_path(variants.before), by_path(variants.after[key]), key)
        for construct, properties in found.items():
            for name in properties:
                assert key in deciding_keys().of(construct, [name]), (
                    f"{construct} {name}: pytest --golden tests/policy/anchors"
                )


@pytest.mark.parametrize("name", ["resources", "properties"])
def test_every_key_is_measured(repository, name):
    file = repository.root / "platform" / "schema" / f"{name}.json"
    assert set(json.loads(file.read_text())) | {"environment.name"} == set(leaves())
