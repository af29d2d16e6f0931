"""The types of resources that each key changes, recorded for docs/environments.md."""

from __future__ import annotations

import json

import pytest

from catalog_platform.manifest import Manifests
from catalog_platform.manifest.documentation import leaves
from support.variants import resources_by_key

pytestmark = pytest.mark.synth


def test_the_resources_that_each_key_changes_are_recorded(repository, examples, tmp_path, golden):
    file = repository.root / "platform" / "schema" / "resources.json"
    touched = resources_by_key(tmp_path, Manifests(examples).load("production"))
    text = json.dumps(touched, indent=1, sort_keys=True) + "\n"
    if golden:
        file.write_text(text)
    assert text == file.read_text(), "run `make golden`"


def test_every_key_is_measured(repository):
    file = repository.root / "platform" / "schema" / "resources.json"
    assert set(json.loads(file.read_text())) == set(leaves())
