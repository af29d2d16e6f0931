"""The IAM policy that the checks need, from the actions that each of them declares.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

from __future__ import annotations

import json

from catalog_platform.release.preflight.registry import CHECKS

# IAM always allows it.
WITHOUT_PERMISSION = "sts:GetCallerIdentity"
# Actions that could read more than the checks need. Most of the others list what a region or an
# account has, and can't be limited to resources.
STACKS = "arn:*:cloudformation:*:*:stack/catalog-*/*"
RESOURCES = {
    "cloudformation:DescribeStacks": STACKS,
    "cloudformation:GetTemplate": STACKS,
    "cloudformation:ListStackResources": STACKS,
    "iam:GetRole": "arn:*:iam::*:role/aws-service-role/*",
    "iam:SimulatePrincipalPolicy": "arn:*:iam::*:role/cdk-hnb659fds-cfn-exec-role-*",
    "ssm:GetParameter": "arn:*:ssm:*:*:parameter/cdk-bootstrap/*",
}


def actions() -> tuple[str, ...]:
    """Return the IAM actions of all checks, sorted."""
    found = {action for check in CHECKS for action in check.actions}
    return tuple(sorted(found - {WITHOUT_PERMISSION}))


def document() -> str:
    """Return the policy as JSON. All of its actions only read."""
    statements = [
        {
            "Sid": "CatalogPreflight",
            "Effect": "Allow",
            "Action": [each for each in actions() if each not in RESOURCES],
            "Resource": "*",
        },
        *(
            {"Effect": "Allow", "Action": action, "Resource": resource}
            for action, resource in RESOURCES.items()
        ),
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=2)
