"""Policy: the password of a database's owner changes at least every 90 days."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.template_check import Resources, TemplateCheck, created
from catalog_platform.policy.template_values import at, is_true, number, reference, references
from catalog_platform.policy.used_stores import holds_data

SCHEDULE = "AWS::SecretsManager::RotationSchedule"
ATTACHMENT = "AWS::SecretsManager::SecretTargetAttachment"
SECRET = "AWS::SecretsManager::Secret"  # noqa: S105 - a resource type
DAYS = 90


class DatabasePasswordIsRotated(TemplateCheck):
    """Fail for a database whose secret has no rotation, and for a rotation that is too rare."""

    def __init__(self) -> None:
        super().__init__(
            name=f"The password of a database is rotated at least every {DAYS} days",
            id="CKV_CATALOG_50",
            categories=(CheckCategories.SECRETS,),
            supported_resources=("AWS::RDS::DBInstance", SCHEDULE),
            guideline=f"Set database.secret_rotation_days to a number up to {DAYS}.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Follow the password of an instance to its secret and the secret's schedule.

        https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html
        """
        properties = resource.properties
        if resource.type == SCHEDULE:
            if not _is_often(properties.get("RotationRules")):
                yield "Properties/RotationRules"
            lambda_arn = properties.get("RotationLambdaARN")
            if not lambda_arn and "HostedRotationLambda" not in properties:
                yield "Properties/RotationLambdaARN"
            return
        managed = is_true(properties.get("ManageMasterUserPassword"))
        replica = "SourceDBInstanceIdentifier" in properties
        if replica or managed or not holds_data(resource, resources):
            return
        named = set(references(properties.get("MasterUserPassword")))
        secrets = {name for name in named if name in resources and resources[name].type == SECRET}
        if not secrets or not secrets <= set(_rotated(resources)):
            yield "Properties/MasterUserPassword"


def _rotated(resources: Resources) -> Iterator[str]:
    """Yield the secrets with a schedule, which refers to them or to their attachment."""
    for schedule in created(resources, SCHEDULE):
        name = reference(schedule.properties.get("SecretId"))
        target = resources.get(name)
        if target is not None and target.type == ATTACHMENT:
            name = reference(target.properties.get("SecretId"))
        yield name


def _is_often(rules: Any) -> bool:
    days = number(at(rules, "AutomaticallyAfterDays"))
    rate = re.fullmatch(r"rate\((\d+) (day|hour)s?\)", str(at(rules, "ScheduleExpression")))
    if rate:
        days = int(rate[1]) // (24 if rate[2] == "hour" else 1)
    return days is not None and days <= DAYS


check = DatabasePasswordIsRotated()
