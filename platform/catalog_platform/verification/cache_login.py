"""Look up the cache's password in the secret that the processor uses."""

from __future__ import annotations

from catalog_platform.aws.session import Session
from catalog_platform.aws.stack_outputs import Outputs

VARIABLE = "CACHE_SECRET_ARN"


def password(session: Session, outputs: Outputs) -> str | None:
    """Return the processor's password for the cache, or None when it uses none.

    Raises the exceptions of botocore.
    """
    functions = session.client("lambda")
    pages = functions.get_paginator("list_event_source_mappings").paginate()
    for mapping in (entry for page in pages for entry in page["EventSourceMappings"]):
        if mapping["EventSourceArn"].endswith(f":stream/{outputs.stream_name}"):
            found = functions.get_function_configuration(FunctionName=mapping["FunctionArn"])
            secret = found.get("Environment", {}).get("Variables", {}).get(VARIABLE)
            if secret:
                answer = session.client("secretsmanager").get_secret_value(SecretId=secret)
                return str(answer["SecretString"])
    return None
