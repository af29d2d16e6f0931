from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.plan.account.redaction import readable
from catalog_platform.plan.values import REDACTED


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("MasterUserPassword", "hunter2"),
        ("Environment.Variables.db_passwd", "hunter2"),
        ("Environment.Variables.GITHUB_TOKEN", "hunter2"),
        ("Description", "AKIAIOSFODNN7EXAMPLE"),
        ("Description", "postgres://me:hunter2@host/db"),
        ("Description", "-----BEGIN PRIVATE KEY-----"),
    ],
)
def test_a_secret_is_hidden_by_its_name_or_by_its_form(path: str, value: str) -> None:
    assert readable(path, value) == (REDACTED, True)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("Environment.Variables.LEVEL", "INFO"),
        ("Environment.Variables.SECRET_ARN", "catalog/cache"),
        ("MasterUserPassword", "{{resolve:secretsmanager:a}}"),
        ("Environment.Variables.TOKEN", "arn:aws:secretsmanager:eu-west-1:1:secret:a"),
        ("Environment.Variables.PASSWORD", ""),
        ("SecretArn", {"Ref": "Secret"}),
        ("AllocatedStorage", 20),
    ],
)
def test_other_values_and_references_are_shown(path: str, value: Any) -> None:
    assert readable(path, value) == (value, False)


def test_secrets_inside_of_mappings_and_lists_are_hidden() -> None:
    value = [{"Key": "api_key", "Value": "x"}, {"Key": "owner", "Value": "me"}, {"Password": "x"}]
    assert readable("Tags", value) == (
        [
            {"Key": "api_key", "Value": REDACTED},
            {"Key": "owner", "Value": "me"},
            {"Password": REDACTED},
        ],
        True,
    )
