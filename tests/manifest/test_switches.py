from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.manifest import switches
from support.manifests import DEFAULTS, a_repository, findings_of, with_lines

MODE = {"enum": ["compatible", "disabled", "enabled"]}


@pytest.mark.parametrize(
    ("value", "schema", "word"),
    [
        (True, MODE, "enabled"),
        (False, MODE, "disabled"),
        (True, {"enum": ["off", "preferred", "required"]}, "required"),
        (False, {"enum": ["off", "governance"]}, "off"),
    ],
)
def test_a_switch_is_translated_into_a_choice(value: bool, schema: Any, word: str) -> None:
    assert switches.advice(value, schema) == f"write {word}"


@pytest.mark.parametrize(
    ("value", "schema"), [("yes", MODE), (1, MODE), (True, {"enum": ["redis"]}), (True, {})]
)
def test_anything_else_is_not_translated(value: Any, schema: Any) -> None:
    assert switches.advice(value, schema) == ""


@pytest.mark.parametrize("defaults", ["disabled", "\"{{ 'disabled' }}\""])
def test_a_boolean_in_a_manifest_is_answered_with_the_choice(tmp_path: Any, defaults: str) -> None:
    text = DEFAULTS.replace("\n  cluster_mode: disabled ", f"\n  cluster_mode: {defaults} ")
    sample = with_lines("cache: {cluster_mode: true}\n")
    (found,) = findings_of(a_repository(tmp_path / "r", defaults=text, sample=sample))
    assert found.path == "cache.cluster_mode"
    assert found.hint == (
        "write enabled; it accepts: one of: compatible, disabled, enabled"
        if defaults == "disabled"
        else "write enabled"  # the message lists the choices
    )
