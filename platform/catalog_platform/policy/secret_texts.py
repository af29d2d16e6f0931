"""Recognise credentials in texts of a template, and references that a deployment resolves to one.

A text without such a form, such as a password, can only be recognised by the name of its property.
"""

from __future__ import annotations

import re

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
REFERENCE = "{{resolve:secretsmanager:"
_NAME = re.compile(r"(PASSWORD|PASSWD|SECRET|TOKEN|API[_-]?KEY)$", re.IGNORECASE)
_CREDENTIALS = re.compile(
    # A URL with a password, which is no reference: scheme://user:password@host.
    r"\b[a-z][a-z0-9+.-]*://[^/\s:@]*:[^/\s@${}]+@"
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"
    # https://www.rfc-editor.org/rfc/rfc7468
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
)


def names_a_secret(name: str) -> bool:
    """Return whether a variable, parameter or output is named as if its value were a secret."""
    return _NAME.search(name) is not None


def holds_credentials(text: str) -> bool:
    """Return whether a text contains a password in a URL, an access key or a private key."""
    return _CREDENTIALS.search(text) is not None


def resolves_to_a_secret(text: str) -> bool:
    """Return whether CloudFormation replaces a part of the text by a secret."""
    return REFERENCE in text
