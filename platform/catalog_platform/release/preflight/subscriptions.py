"""Look for unconfirmed subscriptions to the deployed alarm topics.

https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html
"""

from __future__ import annotations

from collections.abc import Iterator

from catalog_platform.release.preflight import deployed
from catalog_platform.release.preflight.context import Context
from catalog_platform.release.preflight.model import Check, Result, passed, warning

TOPIC = "AWS::SNS::Topic"
PENDING = "PendingConfirmation"


def _run(context: Context) -> Iterator[Result]:
    stack = context.deployed()
    topics = stack.of_type(TOPIC) if stack else ()
    pending = {
        str(each["Endpoint"])
        for topic in topics
        for each in context.calls.pages(
            "sns", "ListSubscriptionsByTopic", "Subscriptions", TopicArn=topic.physical_id
        )
        if each["SubscriptionArn"] == PENDING
    }
    for endpoint in sorted(pending):
        yield warning(
            f"{endpoint} has not confirmed its subscription, and gets no alarms",
            hint="open the link in the message of AWS Notifications; it is valid for two days."
            " After that, remove the subscription from the manifest, deploy, and add it again",
            key="alarms.subscriptions",
        )
    if not pending:
        yield passed("no subscription waits for a confirmation")


CHECK = Check(
    name="alarm-subscriptions",
    looks_at="Whether receivers have confirmed their subscriptions to the deployed topics. It is a"
    " warning, because the deployment does not depend on it.",
    blind_to="Subscriptions that were never confirmed and that SNS has removed.",
    actions=("sns:ListSubscriptionsByTopic", *deployed.ACTIONS),
    run=_run,
)
