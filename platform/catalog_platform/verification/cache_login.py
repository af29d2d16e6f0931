"""The cache's password, found where the processor finds it: in the secret its variables name."""

from __future__ import annotations

from catalog_platform.aws.session import Session
from catalog_platform.aws.stack_outputs import Outputs

VARIABLE = "CACHE_SECRET_ARN"


def password(session: Session, outputs: Outputs) -> str | None:
    """What the processor logs in with, None when it logs in with nothing.

    Raises what botocore raises.
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
