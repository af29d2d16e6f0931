"""AWS clients of the emulator for itself: what can be done through the public API is."""

from __future__ import annotations

import functools
from typing import Any

import boto3
from botocore.config import Config

from catalog_platform.local.emulator.settings import own_endpoint


@functools.cache
def client(service: str, account: str, region: str) -> Any:
    """A client that acts in an account and region of this very endpoint."""
    return boto3.session.Session().client(
        service,
        endpoint_url=own_endpoint(),
        region_name=region,
        aws_access_key_id=account,
        aws_secret_access_key="test",  # noqa: S106 - the emulator checks none
        config=Config(
            retries={"total_max_attempts": 3, "mode": "standard"},
            connect_timeout=5,
            read_timeout=30,
            max_pool_connections=32,
            s3={"addressing_style": "path"},
        ),
    )
