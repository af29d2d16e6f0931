from __future__ import annotations

from catalog_platform.release.preflight.model import Status
from catalog_platform.release.preflight.subscriptions import CHECK, TOPIC
from support.preflight import Account, a_context, a_stack, run, statuses

ARN = "arn:aws:sns:eu-west-1:1:topic"


def test_a_receiver_that_has_not_confirmed_is_a_warning(account: Account) -> None:
    found = [
        {"Endpoint": "a@shop.eu", "SubscriptionArn": "PendingConfirmation"},
        {"Endpoint": "b@shop.eu", "SubscriptionArn": f"{ARN}:1"},
    ]
    account.respond("sns", "ListSubscriptionsByTopic", {"Subscriptions": found}, {"TopicArn": ARN})
    (result,) = run(CHECK, a_context(account, deployed=a_stack(Topic=f"{TOPIC}={ARN}")))
    assert result.status is Status.WARNING
    assert result.message.startswith("a@shop.eu has not confirmed")
    assert result.hint


def test_confirmed_receivers_pass(account: Account) -> None:
    found = [{"Endpoint": "b@shop.eu", "SubscriptionArn": f"{ARN}:1"}]
    account.respond("sns", "ListSubscriptionsByTopic", {"Subscriptions": found})
    context = a_context(account, deployed=a_stack(Topic=f"{TOPIC}={ARN}"))
    assert statuses(run(CHECK, context)) == [Status.PASSED]


def test_without_a_stack_there_is_no_subscription(account: Account) -> None:
    assert statuses(run(CHECK, a_context(account))) == [Status.PASSED]
