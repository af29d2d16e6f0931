"""Show unconfirmed subscriptions as pending, as SNS does.

The emulator counts those by mail as confirmed; it sends no mail, so they stay pending.
https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html
"""

from __future__ import annotations

from typing import Any

from ministack.services import sns

BY_MAIL = ("email", "email-json")
PENDING = b"PendingConfirmation"


def install() -> None:
    """Wrap both operations that list subscriptions."""
    sns._list_subscriptions = _pending(sns._list_subscriptions)
    sns._list_subscriptions_by_topic = _pending(sns._list_subscriptions_by_topic)


def _pending(original: Any) -> Any:
    def listed(params: Any) -> Any:
        status, headers, body = original(params)
        for topic in sns._topics.values() if status < 400 else ():
            for found in topic["subscriptions"]:
                if found["protocol"] in BY_MAIL or not found.get("confirmed", True):
                    shown = b"<SubscriptionArn>%s</SubscriptionArn>"
                    body = body.replace(shown % found["arn"].encode(), shown % PENDING)
        return status, headers, body

    return listed
