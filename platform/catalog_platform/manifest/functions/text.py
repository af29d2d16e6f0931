"""Functions for texts, and for names with a limited length."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any

from catalog_platform.manifest.functions.arguments import require_integer, require_text
from catalog_platform.manifest.values import MAXIMUM_TEXT

DIGEST_LENGTH = 8
# Limits in characters, from the API reference of each service.
LIMITS: Mapping[str, int] = {
    "alarm": 255,
    "bucket": 63,
    "cache": 40,
    "database": 63,
    "function": 64,
    "load_balancer": 32,
    "log_group": 512,
    "queue": 80,
    "role": 64,
    "secret": 512,
    "stack": 128,
    "stream": 128,
    "topic": 256,
}


def shorten(text: Any, limit: Any) -> str:
    """Cut a name to a limit and append eight characters of its SHA-256, so that it stays unique.

    `limit` is a number of characters, or one of the resources with a limit in AWS: alarm 255,
    bucket 63, cache 40, database 63, function 64, load_balancer 32, log_group 512, queue 80,
    role 64, secret 512, stack 128, stream 128, topic 256. A name that fits is not changed.

    >>> shorten('inventory-of-the-northern-warehouses', 'load_balancer')
    'inventory-of-the-northe-573e6d74'
    >>> shorten('prod-catalog', 'bucket')
    'prod-catalog'
    """
    name = require_text(text, "text")
    if isinstance(limit, str):
        if limit not in LIMITS:
            raise ValueError(f"unknown limit '{limit[:40]}'; valid limits: {', '.join(LIMITS)}")
        limit = LIMITS[limit]
    most = require_integer(limit, "limit", DIGEST_LENGTH + 2, MAXIMUM_TEXT)
    if len(name) <= most:
        return name
    return f"{name[: most - DIGEST_LENGTH - 1].rstrip('-_.')}-{digest(name)}"


def digest(text: Any, length: Any = DIGEST_LENGTH) -> str:
    """Return the first characters of a text's SHA-256, in hexadecimal.

    >>> digest('prod')
    '6754af96'
    """
    most = require_integer(length, "length", 1, 64)
    return hashlib.sha256(require_text(text, "text").encode()).hexdigest()[:most]


def slug(text: Any) -> str:
    """Convert a text to lower-case letters, digits and single hyphens, as AWS names require.

    >>> slug('Shop / North (EU)')
    'shop-north-eu'
    """
    return re.sub(r"[^a-z0-9]+", "-", require_text(text, "text").lower()).strip("-")


FUNCTIONS: Mapping[str, Callable[..., Any]] = {"shorten": shorten, "digest": digest, "slug": slug}
