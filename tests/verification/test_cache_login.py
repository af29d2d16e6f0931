"""The login to the cache is the one of the stream's processor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from catalog_platform.aws.stack_outputs import Outputs
from catalog_platform.verification import cache_login
from catalog_platform.verification.cache_login import CacheLogin
from support.aws import FakeSession
from support.cloud import FakeSecretsManager

OUTPUTS = Outputs(
    stream_name="updates",
    database_endpoint="",
    database_port=0,
    database_name="",
    database_secret_arn="",
    cache_endpoint="",
    cache_port=0,
    archive_bucket_name="",
    dead_letter_bucket_name="",
)
STREAMS = "arn:aws:kinesis:eu-west-1:000000000001:stream"


class FakeLambda:
    """Functions by ARN with their variables, each on the stream that is named."""

    def __init__(self, functions: Mapping[str, tuple[str, Mapping[str, str]]]) -> None:
        self._functions = functions

    def get_paginator(self, operation: str) -> FakeLambda:
        assert operation == "list_event_source_mappings"
        return self

    def paginate(self) -> Iterator[dict[str, Any]]:
        """Yield a page for each function."""
        for arn, (stream, _variables) in self._functions.items():
            entry = {"FunctionArn": arn, "EventSourceArn": f"{STREAMS}/{stream}"}
            yield {"EventSourceMappings": [entry]}

    def get_function_configuration(self, *, FunctionName: str) -> dict[str, Any]:  # noqa: N803
        variables = self._functions[FunctionName][1]
        return {"Environment": {"Variables": dict(variables)}} if variables else {}


def found(functions: Mapping[str, tuple[str, Mapping[str, str]]]) -> CacheLogin:
    secrets = FakeSecretsManager(token="of the cache")
    session = FakeSession(**{"lambda": FakeLambda(functions), "secretsmanager": secrets})
    return cache_login.read(session, OUTPUTS)


def test_tls_and_token_are_those_of_the_processor() -> None:
    functions = {
        "other": ("updates-of-others", {"CACHE_SECRET_ARN": "another", "CACHE_TLS": "false"}),
        "second consumer": ("updates", {}),
        "processor": ("updates", {"CACHE_SECRET_ARN": "token", "CACHE_TLS": "true"}),
    }
    assert found(functions) == CacheLogin(tls=True, password="of the cache")


@pytest.mark.parametrize(
    "variables", [{}, {"CACHE_TLS": "false"}, {"CACHE_SECRET_ARN": "", "CACHE_TLS": "false"}]
)
def test_there_is_no_token_when_the_processor_has_none(variables: Mapping[str, str]) -> None:
    assert found({"processor": ("updates", variables)}) == CacheLogin()
    assert found({}) == CacheLogin()
