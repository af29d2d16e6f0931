"""Checks of the shipped manifests that hold for any valid content."""

from __future__ import annotations

import jsonschema
import pytest
import yaml

from catalog_platform.findings import has_errors
from catalog_platform.manifest import Manifests, documentation, editor
from catalog_platform.manifest.node import MappingNode
from catalog_platform.workspace import Workspace
from support.manifests import ROOT

SHIPPED = Workspace(ROOT)
FILES = sorted(path.relative_to(ROOT) for path in SHIPPED.environments.rglob("*.yaml"))
each_file = pytest.mark.parametrize("file", FILES, ids=str)


def test_every_environment_is_valid() -> None:
    assert not has_errors(Manifests(SHIPPED).check([])[1])


@each_file
def test_a_manifest_names_the_editor_s_schema(file) -> None:
    modeline, _, named = (ROOT / file).read_text().partition("\n")[0].partition("$schema=")
    assert modeline == "# yaml-language-server: "
    assert (ROOT / file.parent / named).resolve().is_file()


@each_file
def test_the_editor_schema_accepts_every_manifest_file(file) -> None:
    accepted = jsonschema.Draft202012Validator(editor.editor_schema())
    accepted.validate(yaml.safe_load((ROOT / file).read_text()))


def test_the_defaults_have_every_key_once() -> None:
    root = Manifests(SHIPPED).own_document("defaults").root
    assert isinstance(root, MappingNode)
    assert set(documentation.written_values(root)) == set(documentation.leaves())
