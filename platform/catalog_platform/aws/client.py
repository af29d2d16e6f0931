"""Create boto3 clients, for the caller's AWS and for an embedded one."""

from __future__ import annotations

import functools
import os
from typing import Any

import boto3
import botocore.session
from botocore import configprovider
from botocore.config import Config
from botocore.loaders import Loader

CONNECT_SECONDS = 5
READ_SECONDS = 30
ATTEMPTS = 4


class CallersClients:
    """Creates clients that share the caller's credentials, which are looked up once.

    A profile with an MFA code asks for it once per object.
    """

    def __init__(self, region: str, *, local: bool) -> None:
        """Prepare clients with the credentials, profile, endpoint and proxy of the caller.

        `region` takes precedence over the caller's. With `local`, the endpoint is on this machine:
        no proxy is used.
        """
        self._local = local
        core = botocore.session.Session(
            session_vars={
                "retry_mode": ("retry_mode", "AWS_RETRY_MODE", "standard", None),
                "max_attempts": ("max_attempts", "AWS_MAX_ATTEMPTS", ATTEMPTS, int),
                # The global endpoint accepts credentials in regions that aren't enabled.
                "sts_regional_endpoints": (
                    "sts_regional_endpoints",
                    "AWS_STS_REGIONAL_ENDPOINTS",
                    "regional",
                    None,
                ),
            }
        )
        self._session = boto3.session.Session(region_name=region, botocore_session=core)

    def client(
        self, service: str, *, read_seconds: float = READ_SECONDS, attempts: int | None = None
    ) -> Any:
        """Return a client. Without `attempts`, retries are `ATTEMPTS` unless the caller sets them.

        Raises `ValueError` for an invalid endpoint, and botocore's errors.
        """
        config = Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=read_seconds,
            retries={"mode": "standard", "total_max_attempts": attempts} if attempts else None,
            s3={"addressing_style": "path"} if self._local else None,
            proxies={} if self._local else None,
        )
        return self._session.client(service, config=config)

    def credentials(self) -> Any:
        """Return botocore's credentials, None without any. Raises botocore's errors."""
        return self._session.get_credentials()


def of_embedded(
    service: str,
    region: str,
    *,
    endpoint_url: str,
    access_key_id: str,
    secret_access_key: str,
    session_token: str | None,
    read_seconds: float = READ_SECONDS,
    attempts: int = ATTEMPTS,
) -> Any:
    """Return a client of an embedded AWS; no variable, profile or file has an effect on it.

    Raises `ValueError` for an invalid endpoint.
    """
    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=read_seconds,
        retries={"mode": "standard", "total_max_attempts": attempts},
        s3={"addressing_style": "path"},
        proxies={},
    )
    return boto3.session.Session(botocore_session=_isolated()).client(
        service,
        region_name=region,
        endpoint_url=endpoint_url,
        aws_access_key_id=access_key_id,
        aws_secret_access_key=secret_access_key,
        aws_session_token=session_token,
        verify=False if endpoint_url.startswith("http:") else None,
        config=config,
    )


def _isolated() -> Any:
    """Return a botocore session whose settings all have their default values.

    botocore looks up each setting in the environment and in `~/.aws`; here each becomes a
    constant. API descriptions come from botocore's own folder, not from `~/.aws/models`.
    """
    core = botocore.session.Session()
    defaults = {
        name: default
        for name, (_, _, default, _) in configprovider.BOTOCORE_DEFAUT_SESSION_VARIABLES.items()
    }
    # Not a regular file, so botocore treats both as absent.
    defaults |= {"config_file": os.devnull, "credentials_file": os.devnull}
    defaults |= {"s3": None, "proxies_config": None}
    store = core.get_component("config_store")
    for name, default in defaults.items():
        store.set_config_provider(name, configprovider.ConstantProvider(default))
    core.register_component("data_loader", _descriptions())
    return core


@functools.cache
def _descriptions() -> Any:
    """Return the loader of botocore's own API descriptions; sharing it saves their parsing."""
    return Loader([Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)
