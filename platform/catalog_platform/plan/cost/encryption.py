"""KMS keys and Secrets Manager secrets.

https://aws.amazon.com/kms/pricing/ and https://aws.amazon.com/secrets-manager/pricing/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from catalog_platform.plan.cost.dimension import Billing, Dimension, Usage, monthly
from catalog_platform.plan.cost.resource import Resource


def key(resource: Resource) -> Iterator[Dimension]:
    """Yield what a key costs; its first and second rotation add the price of a key each."""
    yield monthly("kms.key_month", 1, "key")
    if resource.flag("EnableKeyRotation"):
        yield Usage(price="kms.key_month", what="older key material, after one and two rotations")
    yield Usage(price="kms.requests", what="requests")


def secret(_resource: Resource) -> Iterator[Dimension]:
    """Yield what a secret costs."""
    yield monthly("secretsmanager.secret_month", 1, "secret")
    yield Usage(price="secretsmanager.requests", what="requests")


BILLED: Mapping[str, Billing] = {
    "AWS::KMS::Key": key,
    "AWS::SecretsManager::Secret": secret,
}
FREE: Mapping[str, str] = {
    "AWS::KMS::Alias": "https://aws.amazon.com/kms/pricing/",
    "AWS::SecretsManager::RotationSchedule": "https://aws.amazon.com/secrets-manager/pricing/",
    "AWS::SecretsManager::SecretTargetAttachment": (
        "https://aws.amazon.com/secrets-manager/pricing/"
    ),
}
