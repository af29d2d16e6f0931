"""The session token of this endpoint, which every request must contain.

The access key id is the account, and a secret access key is never transmitted, so the token is the
only part of AWS credentials that can carry a secret:
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_use-resources.html
"""

from __future__ import annotations

import os

from ministack.services import iam, imds, sts

# Where ministack reads the session token of functions.
VARIABLE = "AWS_SESSION_TOKEN"


def install(token: str) -> None:
    """Make the token part of function credentials and of temporary credentials."""
    os.environ[VARIABLE] = token
    for service in (iam, imds, sts):
        service._gen_session_token = current


def current() -> str:
    """Return the token of this endpoint."""
    return os.environ[VARIABLE]
