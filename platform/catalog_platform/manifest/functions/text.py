"""Texts, and names that fit where AWS sets a limit."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any

from catalog_platform.manifest.functions.arguments import whole, words
from catalog_platform.manifest.values import MAXIMUM_TEXT

DIGEST_LENGTH = 8
# Quotas in characters, each from the reference of the service's own create call.
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
    """A name cut to a limit, with eight characters of its SHA-256 so that it stays unique.

    `limit` is a number of characters or a thing whose limit AWS sets: alarm 255, bucket 63,
    cache 40, database 63, function 64, load_balancer 32, log_group 512, queue 80, role 64,
    secret 512, stack 128, stream 128, topic 256. A name that fits stays as it is.

    >>> shorten('inventory-of-the-northern-warehouses', 'load_balancer')
    'inventory-of-the-northe-573e6d74'
    >>> shorten('prod-catalog', 'bucket')
    'prod-catalog'
    """
    name = words(text, "text")
    if isinstance(limit, str):
        if limit not in LIMITS:
            raise ValueError(f"unknown limit '{limit[:40]}'; there are: {', '.join(LIMITS)}")
        limit = LIMITS[limit]
    most = whole(limit, "limit", DIGEST_LENGTH + 2, MAXIMUM_TEXT)
    if len(name) <= most:
        return name
    return f"{name[: most - DIGEST_LENGTH - 1].rstrip('-_.')}-{digest(name)}"


def digest(text: Any, length: Any = DIGEST_LENGTH) -> str:
    """The first characters of a text's SHA-256, in hexadecimal.

    >>> digest('prod')
    '6754af96'
    """
    most = whole(length, "length", 1, 64)
    return hashlib.sha256(words(text, "text").encode()).hexdigest()[:most]


def slug(text: Any) -> str:
    """A text in small letters, digits and single hyphens, as names on AWS want it.

    >>> slug('Shop / North (EU)')
    'shop-north-eu'
    """
    return re.sub(r"[^a-z0-9]+", "-", words(text, "text").lower()).strip("-")


FUNCTIONS: Mapping[str, Callable[..., Any]] = {"shorten": shorten, "digest": digest, "slug": slug}
