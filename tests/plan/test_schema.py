"""The published schema of a plan."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import msgspec
import pytest

from catalog_platform.plan import schema
from catalog_platform.plan.model import Because, Change, EnvironmentPlan, Property
from support.plan_models import change, environment, full_plan, plan
from support.plan_schema import assert_published

VALIDATOR = jsonschema.Draft202012Validator(json.loads(schema.text()))


def document() -> Any:
    return json.loads(msgspec.json.encode(plan(environment("a", change("A")))))


def test_it_is_a_valid_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(schema.text()))


def test_a_plan_with_every_optional_key_and_one_without_any_are_valid() -> None:
    assert_published(plan())
    assert_published(plan(environment("a", change("A"))))
    assert_published(full_plan())


def test_a_value_may_be_null_which_is_not_the_same_as_absent() -> None:
    changed = Property(path="A", old=None, verdict="safe", requires="update")
    found = plan(environment("a", change("A", properties=[changed])))
    assert_published(found)
    (row,) = json.loads(msgspec.json.encode(found))["environments"][0]["changes"]
    assert row["properties"] == [
        {"path": "A", "old": None, "verdict": "safe", "requires": "update"}
    ]


def _optional(kind: type) -> list[str]:
    return [each.encode_name for each in msgspec.structs.fields(kind) if not each.required]


@pytest.mark.parametrize("key", sorted({*_optional(EnvironmentPlan)} - {"old", "new"}))
def test_an_absent_key_of_an_environment_can_not_be_null(key: str) -> None:
    found = document()
    found["environments"][0][key] = None
    assert not VALIDATOR.is_valid(found)


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        (kind, key)
        for kind in (Change, Property, Because)
        for key in _optional(kind)
        if key not in ("old", "new")
    ],
)
def test_an_absent_key_of_a_change_can_not_be_null(kind: type, key: str) -> None:
    found = document()
    row = found["environments"][0]["changes"][0]
    place = {"Property": row["properties"][0], "Because": row["because"][0]}
    place.get(kind.__name__, row)[key] = None
    assert not VALIDATOR.is_valid(found)


@pytest.mark.parametrize(
    ("key", "value"),
    [("schema_version", 2), ("schema_version", None), ("environments", {}), ("base", {})],
)
def test_another_document_is_refused(key: str, value: object) -> None:
    assert not VALIDATOR.is_valid({**document(), key: value})


def test_an_unknown_verdict_is_refused() -> None:
    found = document()
    found["environments"][0]["changes"][0]["verdict"] = "fine"
    assert not VALIDATOR.is_valid(found)
