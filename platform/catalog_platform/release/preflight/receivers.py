"""Look for alarm receivers without a reader: addresses of domains that are reserved for examples.

https://www.rfc-editor.org/rfc/rfc2606
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from catalog_platform.release.preflight.context import Context
from catalog_platform.release.preflight.model import Check, Result, failed, passed, warning

SUBSCRIPTION = "AWS::SNS::Subscription"
RESERVED = re.compile(
    r"(^|[@./])(example\.(com|net|org)|[^@/:]+\.(example|invalid|test|localhost)|localhost)"
    r"(?=[:/?#]|$)",
    re.IGNORECASE,
)
KEY = "alarms.subscriptions"


def is_reserved(endpoint: str) -> bool:
    """Return whether an e-mail address or URL is of a domain that is reserved for examples."""
    host = re.sub(r"^https?://", "", endpoint).partition("/")[0]
    return RESERVED.search(host) is not None


def _run(context: Context) -> Iterator[Result]:
    endpoints = {
        endpoint
        for each in context.assembly.of_type(SUBSCRIPTION)
        if (endpoint := each.properties.text("Endpoint"))
    }
    reserved = sorted(filter(is_reserved, endpoints))
    report = failed if context.manifest.environment.tier == "production" else warning
    for endpoint in reserved:
        yield report(
            f"alarms go to {endpoint}, which has no reader: the domain is reserved for examples",
            hint="enter the address of the people on call",
            key=KEY,
        )
    if not reserved:
        yield passed(f"{len(endpoints)} receivers of alarms, none of an example's domain")


CHECK = Check(
    name="alarm-receivers",
    looks_at="Whether alarms go to an address of a domain that is reserved for examples, such as"
    " `example.com`. That fails in production, and is a warning elsewhere.",
    blind_to="Whether somebody reads the messages.",
    actions=(),
    run=_run,
)
