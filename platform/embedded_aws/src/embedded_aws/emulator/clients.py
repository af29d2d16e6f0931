"""AWS clients that call this emulator, so that the adapter can use the public API."""

from __future__ import annotations

import functools
from typing import Any

import boto3
from botocore.config import Config

from embedded_aws.emulator import session_token
from embedded_aws.emulator.settings import own_endpoint

# Not verified: the session token is the secret.
SECRET_ACCESS_KEY = "test"  # noqa: S105 - no secret


@functools.cache
def client(service: str, account: str, region: str) -> Any:
    """Return a client for an account and region of this endpoint."""
    return boto3.session.Session().client(
        service,
        endpoint_url=own_endpoint(),
        region_name=region,
        aws_access_key_id=account,
        aws_secret_access_key=SECRET_ACCESS_KEY,
        aws_session_token=session_token.current(),
        config=Config(
            retries={"total_max_attempts": 3, "mode": "standard"},
            connect_timeout=5,
            read_timeout=30,
            max_pool_connections=32,
            s3={"addressing_style": "path"},
        ),
    )
