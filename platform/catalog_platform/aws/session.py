"""How AWS is reached: the variables that the CDK command line and boto3 both understand."""

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
# What somebody has set for AWS accounts of his, which an endpoint of our own knows nothing of.
FOREIGN = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_")


@dataclass(frozen=True, slots=True)
class Session:
    """An AWS region with the process variables that grant access to it.

    `variables` are laid over the process's own environment; on AWS there are usually none, on
    the embedded AWS they name its endpoint.
    """

    region: str
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def on_this_machine(self) -> bool:
        """Whether it is an embedded AWS."""
        return urlsplit(self.environment().get("AWS_ENDPOINT_URL", "")).hostname in LOOPBACK

    def environment(self) -> dict[str, str]:
        """The environment for a program that shall talk to this AWS."""
        own = FOREIGN if self.variables else ()
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith(own)},
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            **self.variables,
        }

    def client(self, service: str) -> Any:
        """A boto3 client with timeouts and bounded retries.

        Raises `PlatformError` for an endpoint that is no URL, and what botocore raises for
        credentials that are no use.
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
            botocore_session=self._core(),
        )
        try:
            return session.client(service, endpoint_url=endpoint, config=config)
        except ValueError as error:
            raise PlatformError(
                f"AWS_ENDPOINT_URL: {error}", hint="a URL such as http://127.0.0.1:4566"
            ) from error

    def _core(self) -> Any:
        """botocore's session, which reads the process's profile only where that is meant."""
        unread = {"profile": (None, None, None, None)} if self.variables else None
        return botocore.session.Session(session_vars=unread)
