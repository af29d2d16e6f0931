"""A JSON Schema of the part of SARIF 2.1.0 that reports use, and what its text requires besides.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

from typing import Any

import jsonschema

LEVELS = {"enum": ["none", "note", "warning", "error"]}
TEXT: dict[str, Any] = {"type": "string", "minLength": 1}


def _object(required: str, **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": required.split(),
        "properties": properties,
    }


def _list(items: Any, **bounds: int) -> dict[str, Any]:
    return {"type": "array", "items": items, **bounds}


MESSAGE = _object("text", text=TEXT, markdown=TEXT)
PHYSICAL = _object(
    "artifactLocation region",
    artifactLocation=_object("uri", uri={"type": "string", "pattern": r"^[^\s\\]+$"}),
    region=_object(
        "startLine",
        startLine={"type": "integer", "minimum": 1},
        startColumn={"type": "integer", "minimum": 1},
        snippet=_object("text", text={"type": "string"}),
    ),
)
LOGICAL = _object("fullyQualifiedName", fullyQualifiedName=TEXT, kind=TEXT)
LOCATION = _object(
    "physicalLocation",
    id={"type": "integer", "minimum": 0},
    physicalLocation=PHYSICAL,
    logicalLocations=_list(LOGICAL),
    message=MESSAGE,
)
SUPPRESSION = _object(
    "kind",
    kind={"enum": ["inSource", "external"]},
    status={"enum": ["accepted", "underReview", "rejected"]},
    justification=TEXT,
)
RULE = _object(
    "id shortDescription",
    id=TEXT,
    name=TEXT,
    shortDescription=MESSAGE,
    help=MESSAGE,
    helpUri={"type": "string", "pattern": "^https://"},
    properties={"type": "object", "properties": {"tags": _list(TEXT, maxItems=20)}},
)
RESULT = _object(
    "ruleId ruleIndex level message locations partialFingerprints",
    ruleId=TEXT,
    ruleIndex={"type": "integer", "minimum": 0},
    level=LEVELS,
    message=MESSAGE,
    locations=_list(LOCATION, minItems=1, maxItems=100),
    relatedLocations=_list(LOCATION),
    partialFingerprints={"type": "object", "additionalProperties": TEXT},
    baselineState={"enum": ["new", "unchanged", "updated", "absent"]},
    suppressions=_list(SUPPRESSION),
    properties={"type": "object"},
)
NOTIFICATION = _object(
    "message",
    descriptor=_object("id", id=TEXT),
    level=LEVELS,
    message=MESSAGE,
)
RUN = _object(
    "tool results",
    tool=_object(
        "driver", driver=_object("name rules", name=TEXT, version=TEXT, rules=_list(RULE))
    ),
    invocations=_list(
        _object(
            "executionSuccessful",
            executionSuccessful={"type": "boolean"},
            toolExecutionNotifications=_list(NOTIFICATION),
        )
    ),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    results=_list(RESULT),
)
SCHEMA = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    **_object(
        "version runs",
        **{"$schema": {"type": "string"}},
        version={"const": "2.1.0"},
        runs=_list(RUN, minItems=1, maxItems=20),
    ),
}


def check(log: dict[str, Any]) -> None:
    """Check a log against the schema, and rules that a schema can't state."""
    jsonschema.validate(log, SCHEMA)
    for run in log["runs"]:
        rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
        assert len(set(rules)) == len(rules)
        for result in run["results"]:
            assert rules[result["ruleIndex"]] == result["ruleId"]
        # 3.27.23 and 3.27.24: either all results have these, or none has.
        for key in ("suppressions", "baselineState"):
            assert len({key in result for result in run["results"]}) <= 1, key
