"""The published schema of a scan."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import msgspec
import pytest

from catalog_platform.policy import scan_schema
from catalog_platform.policy.results import ScanResult
from catalog_platform.policy.scan_model import Result, Scan
from catalog_platform.report import scan_json
from support.manifests import ROOT, SOURCES
from support.scans import TODAY, full_scan

SCHEMA = json.loads(scan_schema.text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def document() -> Any:
    return json.loads(scan_json.render(full_scan(), SOURCES, TODAY))


def test_it_is_a_valid_schema_and_committed() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    committed = (ROOT / "docs" / "scan.schema.json").read_text()
    assert scan_schema.text() == committed, "run `make golden`"


def test_a_full_scan_and_an_empty_one_are_valid_and_print_no_other_key() -> None:
    strict = json.loads(scan_schema.text())
    for each in strict["$defs"].values():
        each["additionalProperties"] = False
    for found in (full_scan(), ScanResult()):
        text = scan_json.render(found, SOURCES, TODAY)
        errors = jsonschema.Draft202012Validator(strict).iter_errors(json.loads(text))
        assert [each.message for each in errors] == []


@pytest.mark.parametrize(
    ("key", "value"),
    [("schema_version", 2), ("schema_version", None), ("results", {}), ("base", None)],
)
def test_another_document_is_refused(key: str, value: object) -> None:
    assert not VALIDATOR.is_valid({**document(), key: value})


def _optional(kind: type) -> list[str]:
    return [each.encode_name for each in msgspec.structs.fields(kind) if not each.required]


@pytest.mark.parametrize("key", _optional(Result))
def test_an_absent_key_of_a_result_can_not_be_null(key: str) -> None:
    found = document()
    found["results"][0][key] = None
    assert not VALIDATOR.is_valid(found)


def test_what_is_always_printed_is_required() -> None:
    assert "schema_version" in SCHEMA["$defs"][Scan.__name__]["required"]
    assert "causes" in SCHEMA["$defs"][Result.__name__]["required"]
