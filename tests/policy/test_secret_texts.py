from __future__ import annotations

import pytest

from catalog_platform.policy.secret_texts import (
    holds_credentials,
    names_a_secret,
    resolves_to_a_secret,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("postgres://owner:hunter2@db:5432/catalog", True),
        ("see redis://:hunter2@cache", True),
        ("AKIAIOSFODNN7EXAMPLE", True),
        ("id ASIAIOSFODNN7EXAMPLE.", True),
        ("-----BEGIN PRIVATE KEY-----", True),
        ("-----BEGIN EC PRIVATE KEY-----", True),
        ("postgres://owner@db:5432/catalog", False),
        ("https://example.com:8443/@me", False),
        ("https://example.com/runbooks/a:b@c", False),
        ("postgres://owner:${Password}@db/catalog", False),
        ("postgres://owner:{{resolve:secretsmanager:x}}@db/catalog", False),
        ("AKIA is a prefix", False),
        ("-----BEGIN CERTIFICATE-----", False),
    ],
)
def test_credentials_are_recognised_by_their_form(text: str, expected: bool) -> None:
    assert holds_credentials(text) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("DATABASE_PASSWORD", True),
        ("/catalog/dev/api-key", True),
        ("CacheToken", True),
        ("DATABASE_SECRET_ARN", False),
        ("TOKEN_SECONDS", False),
    ],
)
def test_a_secret_is_recognised_by_the_end_of_its_name(name: str, expected: bool) -> None:
    assert names_a_secret(name) == expected


def test_a_reference_to_a_secret_is_recognised_within_a_text() -> None:
    assert resolves_to_a_secret("x{{resolve:secretsmanager:${Secret}:SecretString:password}}")
    assert not resolves_to_a_secret("{{resolve:ssm:/catalog/name}}")
