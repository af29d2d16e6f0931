"""Complete manifests for tests that only set the keys relevant to the test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from catalog_platform.manifest import Manifests
from catalog_platform.manifest.checks.rule import Rule
from catalog_platform.model import Manifest
from support.manifests import EXAMPLES

SAMPLE: dict[str, dict[str, Any]] = {
    "environment": {"name": "sample", "tier": "development", "account": "123456789012"},
    "network": {
        "cidr": "10.99.0.0/16",
        "availability_zones": ["eu-west-1a", "eu-west-1b"],
        "interface_endpoints": ["secretsmanager", "sqs"],
    },
    "processor": {"retry_attempts": 3},
    "database": {"identifier": "catalog-sample"},
    "reader": {"function_url": True},
    "logs": {"flow_log_retention_days": 90},
    "alarms": {
        "subscriptions": [
            {
                "protocol": "email",
                "endpoint": "on-call@example.com",
                "severities": ["critical", "warning"],
            }
        ],
        "runbook_base_url": "https://example.com/runbooks",
        "updates_stopped": {"below_count": 1, "severity": "warning"},
    },
}


def _merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    return {section: {**keys, **changes.get(section, {})} for section, keys in base.items()}


# Other keys come from the test suite's staging environment, so new keys need no change here.
COMPLETE = _merged(msgspec.to_builtins(Manifests(EXAMPLES).load("staging")), SAMPLE)


def a_manifest(**sections: dict[str, Any]) -> Manifest:
    """Create a complete manifest with the given keys of the given sections replaced.

    Example: `a_manifest(cache={"shards": 3})`. Raises `msgspec.ValidationError` if it is invalid.
    """
    return msgspec.convert(_merged(COMPLETE, sections), Manifest)


def violations(rule: Rule, **sections: dict[str, Any]) -> list[str]:
    """Return the keys at fault by a rule in `a_manifest(**sections)`."""
    return [each.path for each in rule(a_manifest(**sections))]
