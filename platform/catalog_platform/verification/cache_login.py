"""Look up how the processor connects to the cache: with TLS, and with a token from its secret."""

from __future__ import annotations

from dataclasses import dataclass

from catalog_platform.aws.session import Session
from catalog_platform.aws.stack_outputs import Outputs

SECRET = "CACHE_SECRET_ARN"  # noqa: S105 - the name of a variable
TLS = "CACHE_TLS"


@dataclass(frozen=True, slots=True)
class CacheLogin:
    """How to connect to the cache; `password` is None when it needs none."""

    tls: bool = False
    password: str | None = None


def read(session: Session, outputs: Outputs) -> CacheLogin:
    """Return how the function that reads the stream connects to the cache.

    Raises the exceptions of botocore.
    """
    functions = session.client("lambda")
    pages = functions.get_paginator("list_event_source_mappings").paginate()
    for mapping in (entry for page in pages for entry in page["EventSourceMappings"]):
        if not mapping["EventSourceArn"].endswith(f":stream/{outputs.stream_name}"):
            continue
        found = functions.get_function_configuration(FunctionName=mapping["FunctionArn"])
        variables = found.get("Environment", {}).get("Variables", {})
        if TLS in variables:
            return CacheLogin(variables[TLS] == "true", _password(session, variables.get(SECRET)))
    return CacheLogin()


def _password(session: Session, secret: str | None) -> str | None:
    if not secret:
        return None
    answer = session.client("secretsmanager").get_secret_value(SecretId=secret)
    return str(answer["SecretString"])
