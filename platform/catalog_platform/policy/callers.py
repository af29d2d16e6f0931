"""Decide whether a statement of a resource policy admits only callers of this account.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

from catalog_platform.policy.scanned_stack import ScannedStack
from catalog_platform.policy.statements import Principal, Statement

# Keys of the resource on whose behalf a service calls.
SOURCE_KEYS = frozenset({"aws:sourceaccount", "aws:sourcearn", "aws:sourceowner"})
# Keys of the identity that calls.
CALLER_KEYS = frozenset({"aws:principalaccount", "aws:principalarn", "kms:calleraccount"})
# A service sets the encryption context to the resource it works for; other callers set any.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
CONTEXT_KEYS = frozenset(
    {"kms:encryptioncontext:aws:logs:arn", "kms:encryptioncontext:aws:cloudtrail:arn"}
)


def is_of_this_account(statement: Statement, stack: ScannedStack) -> bool:
    """Return whether all callers are of this account, or are services on its behalf.

    A statement without a principal, which a resource policy can't have, isn't.
    """
    return bool(statement.principals) and all(
        _is_own(principal, statement, stack) for principal in statement.principals
    )


def _is_own(principal: Principal, statement: Statement, stack: ScannedStack) -> bool:
    if principal.kind == "Service" and not principal.is_everyone:
        return statement.demands_own(SOURCE_KEYS | CONTEXT_KEYS, stack)
    if principal.is_everyone:
        return statement.demands_own(CALLER_KEYS, stack)
    return principal.kind == "AWS" and stack.owns(principal.text)
