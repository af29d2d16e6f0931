"""Sessions with AWS: the caller's AWS, or an embedded one."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from catalog_platform import variables
from catalog_platform.aws import client
from catalog_platform.errors import PlatformError


@dataclass(frozen=True, slots=True)
class Session:
    """An AWS region with the environment variables that give access to it.

    `variables` contain endpoint and credentials of an embedded AWS; nothing else has an effect on
    it then. They are empty for the caller's AWS, whose endpoint, credentials and profile come from
    the process's environment.
    """

    region: str
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def on_this_machine(self) -> bool:
        """Return whether the endpoint is on this machine."""
        hostname = urlsplit(self.environment().get("AWS_ENDPOINT_URL", "")).hostname
        return hostname in variables.LOOPBACK

    def environment(self) -> dict[str, str]:
        """Return the environment variables of a program that uses this AWS."""
        region = {"AWS_REGION": self.region, "AWS_DEFAULT_REGION": self.region}
        if not self.variables:
            return {**variables.inherit(variables.NETWORK, variables.AWS), **region}
        return {
            **variables.inherit(),
            **region,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            **self.variables,
        }

    def client(self, service: str) -> Any:
        """Create a boto3 client with timeouts and bounded retries.

        Raises `PlatformError` if the endpoint isn't a URL, and botocore's errors if the
        credentials are unusable.
        """
        try:
            if not self.variables:
                return client.of_caller(service, self.region, local=self.on_this_machine)
            return client.of_embedded(
                service,
                self.region,
                endpoint_url=self.variables["AWS_ENDPOINT_URL"],
                access_key_id=self.variables["AWS_ACCESS_KEY_ID"],
                secret_access_key=self.variables["AWS_SECRET_ACCESS_KEY"],
                session_token=self.variables.get("AWS_SESSION_TOKEN"),
            )
        except ValueError as error:
            raise PlatformError(
                f"AWS_ENDPOINT_URL: {error}", hint="set a URL such as http://127.0.0.1:4566"
            ) from error
