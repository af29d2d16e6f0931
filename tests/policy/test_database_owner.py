from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.database_owner import DatabaseOwner, database_user, owner_of
from catalog_platform.policy.scanned_stack import ScannedStack

TEMPLATE = '{"username": "catalogadmin"}'
SECRET = {"GenerateSecretString": {"SecretStringTemplate": TEMPLATE}}
ATTACHMENT = {"SecretId": {"Ref": "Secret"}}


def resource(name: str, kind: str, properties: Mapping[str, Any]) -> Resource:
    return Resource(logical_id=name, type=kind, path="", attributes={}, properties=properties)


def stack(database: Mapping[str, Any], secret: Mapping[str, Any] = SECRET) -> ScannedStack:
    resources = {
        "Database": resource("Database", "AWS::RDS::DBInstance", database),
        "Secret": resource("Secret", "AWS::SecretsManager::Secret", secret),
        "Other": resource("Other", "AWS::SecretsManager::Secret", SECRET),
        "Attachment": resource(
            "Attachment", "AWS::SecretsManager::SecretTargetAttachment", ATTACHMENT
        ),
    }
    return ScannedStack(resources["Database"], resources)


def resolved(field: str) -> dict[str, Any]:
    return {"Fn::Sub": f"{{{{resolve:secretsmanager:${{Secret}}:SecretString:{field}::}}}}"}


def test_the_owner_of_a_secret_is_known_by_its_template_and_its_attachment() -> None:
    found = owner_of(
        stack({"MasterUsername": resolved("username"), "MasterUserPassword": resolved("password")})
    )
    assert found == DatabaseOwner(frozenset({"catalogadmin"}), frozenset({"Secret", "Attachment"}))


def test_a_literal_name_counts_beside_that_of_the_secret() -> None:
    found = owner_of(stack({"MasterUsername": "root", "MasterUserPassword": resolved("password")}))
    assert found.names == {"root", "catalogadmin"}


@pytest.mark.parametrize("template", ["no JSON", "[]", "{}"])
def test_a_template_without_a_user_names_no_owner(template: str) -> None:
    secret = {"GenerateSecretString": {"SecretStringTemplate": template}}
    found = owner_of(stack({"MasterUserPassword": resolved("password")}, secret))
    assert found == DatabaseOwner(frozenset(), frozenset({"Secret", "Attachment"}))


def test_a_database_without_a_secret_has_an_owner_without_one() -> None:
    assert owner_of(stack({"MasterUsername": "x"})) == DatabaseOwner(frozenset({"x"}), frozenset())


@pytest.mark.parametrize(
    ("arn", "user"),
    [
        ("arn:aws:rds-db:eu-west-1:111111111111:dbuser:db-1/reader", "reader"),
        ("arn:aws:rds-db:eu-west-1:111111111111:dbuser:*/owner", "owner"),
        ("arn:aws:rds-db:eu-west-1:111111111111:dbuser:db-1/catalog_*", "*"),
        ("*", "*"),
    ],
)
def test_the_user_of_a_permission_to_log_in(arn: str, user: str) -> None:
    assert database_user(arn) == user
