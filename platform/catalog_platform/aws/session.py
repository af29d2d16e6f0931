"""Sessions with AWS: the caller's AWS, or an embedded one."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from catalog_platform import variables
from catalog_platform.aws import client
from catalog_platform.aws.client import READ_SECONDS
from catalog_platform.errors import PlatformError

ENDPOINT = "AWS_ENDPOINT_URL"


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
        """Return whether the endpoints of all services are on this machine.

        The services' own variables and the one that ignores all count as well; files don't.
        https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
        """
        found = self.environment()
        if found.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() == "true":
            return False
        services = (url for name, url in found.items() if url and name.startswith(f"{ENDPOINT}_"))
        return all(
            urlsplit(url).hostname in variables.LOOPBACK
            for url in (found.get(ENDPOINT, ""), *services)
        )

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
        return self.client_factory().client(service)

    def client_factory(
        self, *, read_seconds: float = READ_SECONDS, attempts: int | None = None
    ) -> ClientFactory:
        """Return a factory of clients that share credentials.

        `read_seconds` limits the wait for a response, and `attempts` the requests per call. Raises
        botocore's errors if there is no such profile.
        """
        return ClientFactory(self, read_seconds, attempts)


class ClientFactory:
    """Creates clients for a session; only one thread may use it at a time."""

    def __init__(self, session: Session, read_seconds: float, attempts: int | None) -> None:
        self._session = session
        self._read_seconds = read_seconds
        self._attempts = attempts
        self._of_caller = (
            None
            if session.variables
            else client.CallersClients(session.region, local=session.on_this_machine)
        )

    def client(self, service: str) -> Any:
        """Create a client; see `Session.client`."""
        values = self._session.variables
        try:
            if self._of_caller is not None:
                return self._of_caller.client(
                    service, read_seconds=self._read_seconds, attempts=self._attempts
                )
            return client.of_embedded(
                service,
                self._session.region,
                endpoint_url=values["AWS_ENDPOINT_URL"],
                access_key_id=values["AWS_ACCESS_KEY_ID"],
                secret_access_key=values["AWS_SECRET_ACCESS_KEY"],
                session_token=values.get("AWS_SESSION_TOKEN"),
                read_seconds=self._read_seconds,
                attempts=self._attempts or client.ATTEMPTS,
            )
        except ValueError as error:
            raise PlatformError(
                f"AWS_ENDPOINT_URL: {error}", hint="set a URL such as http://127.0.0.1:4566"
            ) from error

    def credentials(self) -> Any:
        """Return botocore's credentials of the caller; None for an embedded AWS or without any.

        Raises botocore's errors.
        """
        return self._of_caller.credentials() if self._of_caller is not None else None
