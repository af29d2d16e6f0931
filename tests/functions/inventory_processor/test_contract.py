from __future__ import annotations

import json
import re
from typing import Any, get_args

import jsonschema
import pytest

from catalog_platform.workspace import Workspace
from inventory_processor import kinesis
from inventory_processor.contract import VERSION, json_schema
from inventory_processor.events import TYPES, Valid, decode
from inventory_processor.refusals import EXPLANATIONS, Reason
from support import contract_page
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


def test_the_tables_of_the_page_are_those_of_the_types(repository: Workspace, golden: bool) -> None:
    path = repository.root / "docs" / "events.md"
    text = contract_page.written(path.read_text())
    if golden:
        path.write_text(text)
    assert path.read_text() == text


def test_every_reason_for_a_refusal_is_explained() -> None:
    assert set(EXPLANATIONS) == set(get_args(Reason))


def test_the_schema_is_one_and_names_version_and_types() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())

    assert json_schema()["$id"].endswith(f":{VERSION}")
    assert tuple(json_schema()["discriminator"]["mapping"]) == TYPES


@pytest.mark.parametrize("make", MAKERS)
def test_what_the_processor_takes_the_schema_takes(make: Any) -> None:
    assert accepted(make())
    assert VALIDATOR.is_valid(make())


@pytest.mark.parametrize("make", MAKERS)
def test_unknown_fields_are_let_through_by_both(make: Any) -> None:
    event = make(colour="green")

    assert accepted(event)
    assert VALIDATOR.is_valid(event)
