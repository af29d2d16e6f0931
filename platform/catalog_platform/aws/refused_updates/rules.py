"""The table of updates that AWS refuses: one row per rule, with its source."""

from __future__ import annotations

from catalog_platform.aws.refused_updates import (
    buckets,
    caches,
    databases,
    keys,
    names,
    replicas,
    resource_types,
    secrets,
    streams,
    subnets,
)
from catalog_platform.aws.refused_updates.model import Rule

RULES: tuple[Rule, ...] = (
    *resource_types.RULES,
    *names.RULES,
    *databases.RULES,
    *replicas.RULES,
    *secrets.RULES,
    *caches.RULES,
    *streams.RULES,
    *keys.RULES,
    *buckets.RULES,
    *subnets.RULES,
)
