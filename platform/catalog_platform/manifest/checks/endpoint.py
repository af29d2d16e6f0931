"""The form of a subscription's endpoint, which depends on the protocol.

https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from catalog_platform.manifest.aws import data

_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = re.compile(rf"(?=.{{1,253}}$)({_LABEL}\.)+[A-Za-z]([A-Za-z0-9-]{{0,61}}[A-Za-z0-9])?")
# RFC 5321: a local part has at most 64 characters.
_LOCAL_PART = re.compile(
    r"(?=.{1,64}$)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
)
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_ARN = re.compile(
    r"arn:(?P<partition>[a-z-]+):(?P<service>[a-z]+):(?P<region>[a-z0-9-]+):(?P<account>[0-9]{12})"
    r":(?P<resource>.+)"
)
_QUEUE = re.compile(r"[A-Za-z0-9_-]{1,80}")
_FUNCTION = re.compile(r"function:[A-Za-z0-9_-]{1,64}(:(\$LATEST|[A-Za-z0-9_-]{1,128}))?")


def fault(protocol: str, endpoint: str, region: str) -> str:
    """Return what is wrong with an endpoint, or an empty string. `region` is the topic's."""
    return FAULTS[protocol](endpoint, region)


def normalised(protocol: str, endpoint: str) -> str:
    """Return a text that is equal for two endpoints that reach the same receiver."""
    if protocol == "email":
        return endpoint.casefold()
    if protocol == "https":
        try:
            parts = urlsplit(endpoint)
        except ValueError:  # `fault` reports it
            return endpoint
        return parts._replace(netloc=parts.netloc.lower().removesuffix(":443")).geturl()
    return endpoint


def _email(endpoint: str, _region: str) -> str:
    local, _, domain = endpoint.rpartition("@")
    if len(endpoint) > 254 or not _LOCAL_PART.fullmatch(local) or not _HOST.fullmatch(domain):
        return "is not an email address"
    return ""


def _https(endpoint: str, _region: str) -> str:
    if not endpoint.startswith("https://"):
        return "is not a URL that starts with https://"
    if re.search(r"[^\x21-\x7e]", endpoint):
        return "contains a space or a character that a URL has to encode"
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError as error:
        return f"is not a URL: {error}"
    if parts.username is not None:
        return "contains a user name; a manifest holds no secrets"
    if port == 0 or not _HOST.fullmatch(parts.hostname or ""):
        return "has no host name of the public internet"
    return "has a fragment (#), which SNS doesn't send" if parts.fragment else ""


def _sms(endpoint: str, _region: str) -> str:
    return "" if _E164.fullmatch(endpoint) else "is not a telephone number in E.164 form"


def _sqs(endpoint: str, region: str) -> str:
    if found := _arn_fault(endpoint, "sqs", region):
        return found
    queue = endpoint.rpartition(":")[2]
    if queue.endswith(".fifo"):
        # SNS refuses it: "FIFO SQS Queues can not be subscribed to standard SNS topics".
        return "is a FIFO queue, which cannot subscribe to a standard topic"
    return "" if _QUEUE.fullmatch(queue) else "has no valid queue name"


def _lambda(endpoint: str, region: str) -> str:
    if found := _arn_fault(endpoint, "lambda", region):
        return found
    resource = endpoint.split(":", 5)[5]
    return "" if _FUNCTION.fullmatch(resource) else "has no valid function name"


def _arn_fault(endpoint: str, service: str, region: str) -> str:
    found = _ARN.fullmatch(endpoint)
    if not found:
        return f"is not the ARN of a resource of {service}"
    if found["service"] != service:
        return f"is an ARN of {found['service']}, not of {service}"
    partitions = data.partitions()
    if found["region"] not in partitions:
        return f"names the region {found['region']}, which does not exist"
    own = partitions.get(region, found["partition"])
    if found["partition"] != partitions[found["region"]]:
        return (
            f"names the partition {found['partition']}, but {found['region']} is in "
            + (partitions[found["region"]])
        )
    return "" if own == found["partition"] else f"is in another partition than {region}, {own}"


FAULTS: Mapping[str, Callable[[str, str], str]] = {
    "email": _email,
    "https": _https,
    "sms": _sms,
    "sqs": _sqs,
    "lambda": _lambda,
}
EXAMPLES: Mapping[str, str] = {
    "email": "catalog-on-call@example.com",
    "https": "https://alarms.example.com/sns",
    "sms": "+491701234567",
    "sqs": "arn:{partition}:sqs:{region}:{account}:catalog-alarms",
    "lambda": "arn:{partition}:lambda:{region}:{account}:function:catalog-alarms",
}
