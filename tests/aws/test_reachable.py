from __future__ import annotations

import psycopg
import pytest
import redis
from botocore.exceptions import ClientError, EndpointConnectionError

from catalog_platform.aws.reachable import reachable
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
def test_a_failure_of_any_client_is_one_line_that_names_the_place(failure: Exception) -> None:
    with pytest.raises(PlatformError) as caught, reachable("the place", hint="go there"):
        raise failure
    assert caught.value.message.startswith("the place: ")
    assert "\n" not in caught.value.message
    assert caught.value.hint == "go there"


def test_a_bug_stays_a_bug() -> None:
    with pytest.raises(KeyError), reachable("the place"):
        raise KeyError("x")
