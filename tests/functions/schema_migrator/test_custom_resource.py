"""Every request with a response URL gets exactly one response."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schema_migrator import custom_resource, handler
from schema_migrator.custom_resource import (
    AnswerError,
    CustomResourceRequest,
    InvalidEventError,
)
from support.invocations import Context

VALID = {
    "RequestType": "Create",
    "ResponseURL": "https://cloudformation.test/answer",
    "StackId": "arn:stack",
    "RequestId": "request-1",
    "LogicalResourceId": "Schema",
}


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The responses to CloudFormation; every migration succeeds."""
    bodies: list[dict[str, Any]] = []
    monkeypatch.setattr(custom_resource, "_put", lambda _, body: bodies.append(json.loads(body)))
    monkeypatch.setattr(handler, "_migrate", lambda _: ["0001_a.sql"])
    return bodies


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in VALID.items() if key != name}


@pytest.mark.parametrize("name", ["StackId", "RequestId", "LogicalResourceId"])
def test_a_missing_field_is_named_in_the_answer(answered: list[dict[str, Any]], name: str) -> None:
    handler.handle(without(name), Context())

    (body,) = answered
    assert body["Status"] == "FAILED"
    assert body["Reason"] == f"not a request of CloudFormation: {name} is missing"
    assert {**VALID, name: ""}.items() >= {key: body[key] for key in (name, "StackId")}.items()


@pytest.mark.parametrize("kind", [None, "Upsert", "create", 5, ["Create"], {}])
def test_a_request_of_another_type_migrates_nothing(
    answered: list[dict[str, Any]], kind: object
) -> None:
    handler.handle(VALID | {"RequestType": kind}, Context())

    assert answered[0]["Status"] == "FAILED"
    assert "RequestType is not one of Create, Update, Delete" in answered[0]["Reason"]


def test_a_stack_can_be_deleted_whatever_else_is_missing(answered: list[dict[str, Any]]) -> None:
    handler.handle(without("StackId") | {"RequestType": "Delete"}, Context())

    assert answered[0]["Status"] == "SUCCESS"


@pytest.mark.parametrize("url", [None, 5, "", "answer", "file:///etc/passwd", "ftp://host/a"])
def test_an_event_without_an_address_is_refused(
    answered: list[dict[str, Any]], url: object
) -> None:
    with pytest.raises(InvalidEventError, match="ResponseURL is not a URL"):
        handler.handle(VALID | {"ResponseURL": url}, Context())
    with pytest.raises(InvalidEventError):
        CustomResourceRequest.read([])

    assert answered == []


@pytest.mark.parametrize("url", ["http://", "http://[::1", "https://host:port/", "http://a b/"])
def test_an_address_that_leads_nowhere_fails_the_invocation(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handler, "_migrate", lambda _: [])
    monkeypatch.setattr(custom_resource, "ANSWER_ATTEMPTS", 1)

    with pytest.raises(AnswerError, match="the response could not be sent"):
        handler.handle(VALID | {"ResponseURL": url}, Context())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=4,
)


@given(st.dictionaries(st.sampled_from(sorted(VALID.keys() - {"ResponseURL"})), JSON))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_request_with_an_address_is_answered_once(
    answered: list[dict[str, Any]], changes: dict[str, Any]
) -> None:
    answered.clear()

    handler.handle(VALID | changes, Context())

    (body,) = answered
    assert body["Status"] in {"SUCCESS", "FAILED"}
