"""Sessions with AWS, based on environment variables that the CDK CLI and boto3 understand."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import boto3
import botocore.session
from botocore.config import Config

from catalog_platform.errors import PlatformError

CONNECT_SECONDS = 5
READ_SECONDS = 30
LOOPBACK = ("127.0.0.1", "::1", "localhost")
# Prefixes of the user's own AWS variables, which must not affect the embedded AWS.
USER_VARIABLES = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_")


@dataclass(frozen=True, slots=True)
class Session:
    """An AWS region with the environment variables that give access to it.

    `variables` override the process's environment. They are usually empty on AWS, and contain the
    endpoint of the embedded AWS otherwise.
    """

    region: str
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def on_this_machine(self) -> bool:
        """Return whether this is an embedded AWS on this machine."""
        return urlsplit(self.environment().get("AWS_ENDPOINT_URL", "")).hostname in LOOPBACK

    def environment(self) -> dict[str, str]:
        """Return the environment variables of a program that uses this AWS."""
        excluded = USER_VARIABLES if self.variables else ()
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith(excluded)},
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            **self.variables,
        }

    def client(self, service: str) -> Any:
        """Create a boto3 client with timeouts and bounded retries.

        Raises `PlatformError` if the endpoint isn't a URL, and botocore's errors if the
        credentials are unusable.
        """
        environment = self.environment()
        endpoint = environment.get("AWS_ENDPOINT_URL") or None
        config = Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"mode": "standard", "max_attempts": 4},
            s3={"addressing_style": "path"} if endpoint else None,
        )
        session = boto3.session.Session(
            aws_access_key_id=environment.get("AWS_ACCESS_KEY_ID"),
            aws_secret_access_key=environment.get("AWS_SECRET_ACCESS_KEY"),
            aws_session_token=environment.get("AWS_SESSION_TOKEN"),
            region_name=self.region,
            botocore_session=self._botocore_session(),
        )
        try:
            return session.client(service, endpoint_url=endpoint, config=config)
        except ValueError as error:
            raise PlatformError(
                f"AWS_ENDPOINT_URL: {error}", hint="set a URL such as http://127.0.0.1:4566"
            ) from error

    def _botocore_session(self) -> Any:
        """Create a botocore session; with own `variables` it ignores the user's AWS profile."""
        ignored = {"profile": (None, None, None, None)} if self.variables else None
        return botocore.session.Session(session_vars=ignored)
