"""Service-linked roles with the names of AWS; RDS and ElastiCache create theirs when needed.

https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html
"""

from __future__ import annotations

from typing import Any

from ministack.services import iam

# Names that are not the capitalised name of the service.
NAMES = {
    "backup.amazonaws.com": "AWSServiceRoleForBackup",
    "elasticache.amazonaws.com": "AWSServiceRoleForElastiCache",
    "rds.amazonaws.com": "AWSServiceRoleForRDS",
}


def install() -> None:
    """Wrap CreateServiceLinkedRole."""
    original = iam._create_service_linked_role

    def create(parameters: Any) -> Any:
        service = iam._p(parameters, "AWSServiceName")
        name = NAMES.get(service)
        if name is None:
            return original(parameters)
        if name in iam._roles:
            return iam._error(
                400,
                "InvalidInput",
                f"Service role name {name} has been taken in this account, please try a different"
                " suffix.",
                ns="iam",
            )
        status, headers, body = original(parameters)
        if status >= 400:
            return status, headers, body
        wrong = f"AWSServiceRoleFor{service.partition('.')[0].capitalize()}"
        role = iam._roles.pop(wrong)
        role.update(RoleName=name, Arn=role["Arn"].replace(wrong, name))
        iam._roles[name] = role
        return status, headers, body.replace(wrong.encode(), name.encode())

    iam._create_service_linked_role = create


def ensure(service: str) -> None:
    """Create the role of a service unless it exists."""
    if NAMES[service] not in iam._roles:
        iam._create_service_linked_role({"AWSServiceName": [service]})
