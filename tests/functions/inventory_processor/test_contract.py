from __future__ import annotations

import json
import re
from typing import Any, get_args

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_platform.workspace import Workspace
from inventory_processor import kinesis
from inventory_processor.contract import VERSION, json_schema
from inventory_processor.events import TYPES, Reason, Valid, decode
from support.events import (
    discontinue,
    kinesis_event,
    price,
    product,
    stock_adjustment,
    stock_level,
)

MAKERS = (stock_level, stock_adjustment, price, product, discontinue)
# A link to a module of tests, and the names that follow it.
PROOF = re.compile(r"\]\((\.\./tests/[\w/.]+)\):((?: `test_\w+`,?)+)")
VALIDATOR = jsonschema.Draft202012Validator(json_schema())


def accepted(event: object) -> bool:
    return isinstance(decode(kinesis.read(kinesis_event([event]))[0]), Valid)


def test_the_committed_schema_is_the_one_of_the_types(repository: Workspace, golden: bool) -> None:
    path = repository.root / "docs" / "events.schema.json"
    text = json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
    if golden:
        path.write_text(text)
    assert path.read_text() == text


def test_every_proof_that_the_contract_s_laws_name_exists(repository: Workspace) -> None:
    text = (repository.root / "docs" / "events.md").read_text()
    laws = [line for line in text.splitlines() if PROOF.search(line)]
    assert len(laws) >= 11
    for law in laws:
        for path, names in PROOF.findall(law):
            module = (repository.root / "docs" / path).read_text()
            for name in re.findall(r"`(test_\w+)`", names):
                assert f"def {name}(" in module


def test_every_reason_for_a_refusal_is_explained(repository: Workspace) -> None:
    text = (repository.root / "docs" / "events.md").read_text()
    table = text.partition("## What is refused")[2].partition("\n## ")[0]
    explained = set(re.findall(r"^\| `([a-z0-9-]+)` \|", table, re.MULTILINE))

    assert explained == {reason for part in get_args(Reason) for reason in get_args(part) or [part]}


def test_the_schema_is_one_and_names_version_and_types() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())

    assert json_schema()["$id"].endswith(f":{VERSION}")
    assert tuple(json_schema()["discriminator"]["mapping"]) == TYPES


@pytest.mark.parametrize("make", MAKERS)
def test_what_the_processor_takes_the_schema_takes(make: Any) -> None:
    assert accepted(make())
    assert VALIDATOR.is_valid(make())


_odd = (
    st.none() | st.booleans() | st.integers(-3, 3) | st.just(10**18) | st.floats(allow_nan=False)
    | st.sampled_from(["", "EUR", "x" * 65, "a b", "\0"]) | st.just([]) | st.just({})
)  # fmt: skip


@given(st.sampled_from(MAKERS), st.data())
def test_processor_and_schema_refuse_the_same_values(make: Any, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(set(make()) - {"occurred_at"})))
    event = make(**{name: data.draw(_odd | st.just(...))})
    # To JSON Schema, 1.0 is an integer. Dates are checked by few of its implementations, and in
    # Python's a line break may follow what `$` ends.
    odd = [value for value in event.values() if isinstance(value, float) and value.is_integer()]
    if not odd:
        assert VALIDATOR.is_valid(event) == accepted(event)


@pytest.mark.parametrize("make", MAKERS)
def test_unknown_fields_are_let_through_by_both(make: Any) -> None:
    event = make(colour="green")

    assert accepted(event)
    assert VALIDATOR.is_valid(event)
