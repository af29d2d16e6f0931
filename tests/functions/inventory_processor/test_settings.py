from __future__ import annotations

import pytest

from catalog_runtime.environment import SettingsError
from inventory_processor.settings import Settings
from support.invocations import cache_variables, database_variables

DATABASE = {
    "DATABASE_SECRET_ARN": "arn:db",
    "DATABASE_USERNAME": "catalog_app",
    "DATABASE_TLS": "verify-full",
}
VALID = {
    **database_variables(5432, **DATABASE),
    **cache_variables(6379),
    "CACHE_TLS": "true",
    "ARCHIVE_BUCKET": "archive",
    "DEAD_LETTER_BUCKET": "dead",
    "DEAD_LETTER_QUEUE_URL": "https://queue",
}


def test_valid_variables_become_typed_settings() -> None:
    settings = Settings.parse(VALID)

    assert settings.cache.tls is True
    assert settings.cache.cluster_mode is False
    assert settings.cache.secret_arn == ""
    assert settings.runtime.database.port == 5432


def test_every_missing_variable_is_named_in_one_message() -> None:
    with pytest.raises(SettingsError) as raised:
        Settings.parse({})

    assert all(f"{name} is missing" in str(raised.value) for name in VALID)


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("DATABASE_PORT", "0", "DATABASE_PORT is '0', expected a port, 1 to 65535"),
        ("CACHE_PORT", "\uff16379", "expected a port"),
        ("CACHE_TLS", "yes", "CACHE_TLS is 'yes', expected true or false"),
        ("DATABASE_TLS", "prefer", "expected verify-full or disable"),
        ("DATABASE_AUTHENTICATION", "ident", "expected iam or password"),
        ("DATABASE_SECRET_ARN", "", "DATABASE_SECRET_ARN is empty"),
        ("LOG_LEVEL", "LOUD", "expected DEBUG or INFO or WARNING or ERROR"),
        ("ARCHIVE_BUCKET", "", "ARCHIVE_BUCKET is empty"),
    ],
)
def test_an_invalid_variable_is_named_with_its_value_and_what_is_valid(
    name: str, value: str, complaint: str
) -> None:
    with pytest.raises(SettingsError) as raised:
        Settings.parse(VALID | {name: value})

    assert complaint in str(raised.value)


def test_a_log_in_by_token_needs_no_secret() -> None:
    by_token = {"DATABASE_AUTHENTICATION": "iam", "DATABASE_SECRET_ARN": ""}

    settings = Settings.parse(VALID | by_token)

    assert settings.runtime.database.username == "catalog_app"
    assert settings.runtime.database.secret_arn == ""
