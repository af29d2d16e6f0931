from __future__ import annotations

import psycopg
import pytest
import redis
from botocore.exceptions import ClientError, EndpointConnectionError

from catalog_platform.aws.client_errors import translate_errors
from catalog_platform.errors import PlatformError


@pytest.mark.parametrize(
    "failure",
    [
        EndpointConnectionError(endpoint_url="http://127.0.0.1:1"),
        ClientError({"Error": {"Code": "404", "Message": "gone"}}, "GetObject"),
        psycopg.OperationalError("refused\nsecond line"),
        redis.ConnectionError("refused"),
    ],
    ids=lambda failure: type(failure).__name__,
)
def test_client_errors_become_one_line_that_names_the_service(failure: Exception) -> None:
    with pytest.raises(PlatformError) as caught, translate_errors("the service", hint="fix it"):
        raise failure
    assert caught.value.message.startswith("the service: ")
    assert "\n" not in caught.value.message
    assert caught.value.hint == "fix it"


def test_other_exceptions_are_not_converted() -> None:
    with pytest.raises(KeyError), translate_errors("the service"):
        raise KeyError("x")
