"""The secret in the credentials of every request: the session token of this endpoint.

The access key id is the account, and a secret access key never travels, so that the token is the
one part of AWS credentials in which a client can show a secret:
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_use-resources.html
"""

from __future__ import annotations

import os

from ministack.services import iam, imds, sts

# Where ministack looks for the token that it hands to functions, whatever their runtime.
VARIABLE = "AWS_SESSION_TOKEN"


def install(token: str) -> None:
    """Hand the token to functions, and to who assumes a role or asks for temporary credentials."""
    os.environ[VARIABLE] = token
    for service in (iam, imds, sts):
        service._gen_session_token = current


def current() -> str:
    """The token of this endpoint."""
    return os.environ[VARIABLE]
