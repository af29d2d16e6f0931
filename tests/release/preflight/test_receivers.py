from __future__ import annotations

import pytest

from catalog_platform.release.preflight.model import Status
from catalog_platform.release.preflight.receivers import CHECK, SUBSCRIPTION, is_reserved
from support.preflight import Account, a_context, a_resource, resources, run, statuses


@pytest.mark.parametrize(
    "endpoint",
    [
        "on-call@example.com",
        "on-call@EXAMPLE.ORG",
        "on-call@mail.example.net",
        "on-call@catalog.test",
        "https://hooks.example.com/alarm",
        "https://alarms.invalid:8443/path",
        "https://localhost:1/",
    ],
)
def test_domains_for_examples_are_reserved(endpoint: str) -> None:
    assert is_reserved(endpoint)


@pytest.mark.parametrize(
    "endpoint",
    [
        "on-call@example.de",
        "on-call@myexample.com",
        "example.com@shop.eu",
        "https://shop.eu/example.com",
        "https://example.com.shop.eu/",
        "+4915112345678",
        "arn:aws:sqs:eu-west-1:111111111111:example",
    ],
)
def test_other_receivers_are_not(endpoint: str) -> None:
    assert not is_reserved(endpoint)


@pytest.mark.parametrize(
    ("environment", "status"), [("production", Status.FAILED), ("staging", Status.WARNING)]
)
def test_an_example_fails_in_production(account: Account, environment: str, status: Status) -> None:
    receivers = {
        "A": a_resource(SUBSCRIPTION, Endpoint="on-call@example.com"),
        "B": a_resource(SUBSCRIPTION, Endpoint="on-call@example.com"),
        "C": a_resource(SUBSCRIPTION, Endpoint="on-call@shop.eu"),
    }
    (result,) = run(CHECK, a_context(account, resources(**receivers), environment=environment))
    assert result.status is status
    assert result.key == "alarms.subscriptions"


def test_real_receivers_pass(account: Account) -> None:
    template = resources(A=a_resource(SUBSCRIPTION, Endpoint="on-call@shop.eu"))
    assert statuses(run(CHECK, a_context(account, template))) == [Status.PASSED]
