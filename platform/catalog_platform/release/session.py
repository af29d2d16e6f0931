"""How AWS is reached: the variables that the CDK command line and boto3 both understand."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

CONNECT_SECONDS = 5
READ_SECONDS = 30
LOOPBACK = ("127.0.0.1", "::1", "localhost")


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
        return {
            **os.environ,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            **self.variables,
        }

    def client(self, service: str) -> Any:
        """A boto3 client with timeouts and bounded retries."""
        environment = self.environment()
        return boto3.session.Session(
            aws_access_key_id=environment.get("AWS_ACCESS_KEY_ID"),
            aws_secret_access_key=environment.get("AWS_SECRET_ACCESS_KEY"),
            aws_session_token=environment.get("AWS_SESSION_TOKEN"),
            region_name=self.region,
        ).client(
            service,
            endpoint_url=environment.get("AWS_ENDPOINT_URL"),
            config=Config(
                connect_timeout=CONNECT_SECONDS,
                read_timeout=READ_SECONDS,
                retries={"mode": "standard", "max_attempts": 4},
                s3={"addressing_style": "path"} if "AWS_ENDPOINT_URL" in environment else None,
            ),
        )
