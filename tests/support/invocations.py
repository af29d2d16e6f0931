"""What Lambda gives to the functions: a context, and environment variables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest


@dataclass
class Context:
    """An invocation with so many seconds left."""

    seconds: float = 60

    def get_remaining_time_in_millis(self) -> int:
        """Return the remaining time."""
        return int(self.seconds * 1000)


def database_variables(port: int, **changes: str) -> dict[str, str]:
    """Return the variables of a function that uses a test server; `changes` by their names."""
    return {
        "ENVIRONMENT_NAME": "test",
        "LOG_LEVEL": "INFO",
        "DATABASE_HOST": "127.0.0.1",
        "DATABASE_PORT": str(port),
        "DATABASE_NAME": "postgres",
        "DATABASE_AUTHENTICATION": "password",
        "DATABASE_AUTHORITIES": "rds",
        "DATABASE_SECRET_ARN": "database",
        "DATABASE_USERNAME": "postgres",
        "DATABASE_TLS": "disable",
        **changes,
    }


def cache_variables(port: int) -> dict[str, str]:
    """Return the variables of a cache without TLS and token."""
    return {
        "CACHE_HOST": "127.0.0.1",
        "CACHE_PORT": str(port),
        "CACHE_TLS": "false",
        "CACHE_CLUSTER_MODE": "false",
        "CACHE_SECRET_ARN": "",
    }


def configure(monkeypatch: pytest.MonkeyPatch, variables: Mapping[str, str]) -> None:
    """Set environment variables until the test ends."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
