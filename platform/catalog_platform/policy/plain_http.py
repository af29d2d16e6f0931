"""Decide whether a resource policy refuses requests without TLS.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html#transit
"""

from __future__ import annotations

from collections.abc import Iterator

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.scanned_stack import ScannedStack
from catalog_platform.policy.statements import Statement, statements
from catalog_platform.policy.template_values import items, reference

SECURE_TRANSPORT = "aws:securetransport"


def refuses_plain_http(
    stack: ScannedStack, *, policy: str, attached_by: str, action: str, resources: tuple[str, ...]
) -> bool:
    """Return whether a policy of the checked resource denies an action to everyone without TLS.

    `policy` is the policies' type, and `attached_by` the property that names their resources. The
    action may be a pattern, which only the same or a broader one covers. `resources` are suffixes
    that are added to the ARN: `("", "/*")` for a bucket and its objects.
    """
    return any(
        _denies(statement, stack, action, resources)
        for each in _attached(stack, policy, attached_by)
        for statement in statements(each.properties.get("PolicyDocument"), "", stack)
    )


def _attached(stack: ScannedStack, policy: str, attached_by: str) -> Iterator[Resource]:
    return (
        each
        for each in stack.of_type(policy)
        if stack.resource.logical_id in map(reference, items(each.properties.get(attached_by)))
    )


def _denies(
    statement: Statement, stack: ScannedStack, action: str, suffixes: tuple[str, ...]
) -> bool:
    insecure = [(each.operator, each.key, each.texts) for each in statement.conditions]
    covered = set(statement.resources)
    logical_id = stack.resource.logical_id
    return (
        statement.denies_action(action)
        and statement.is_for_everyone
        and insecure == [("bool", SECURE_TRANSPORT, ("false",))]
        and all(
            covered & {"*", f"${{{logical_id}.Arn}}{suffix}", f"${{{logical_id}}}{suffix}"}
            for suffix in suffixes
        )
    )
