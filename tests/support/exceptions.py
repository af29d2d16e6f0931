"""A production environment that breaks a rule, and the declared exception to it."""

from __future__ import annotations

import datetime

TODAY = datetime.datetime.now(datetime.UTC).date()
PRODUCTION = """\
environment: {name: sample, tier: production, account: "555555555555"}
network: {cidr: 10.55.0.0/16}
archive: {object_lock: governance}
alarms:
  subscriptions: [{protocol: email, endpoint: on-call@example.com, severities: [critical]}]
"""
NO_STANDBY = "database: {multi_az: false}\n"


def exception(days: int = 30, **different: str) -> str:
    """Return a declared exception, which ends in so many days."""
    fields = {
        "rule": "production-tolerates-zone-loss",
        "key": "database.multi_az",
        "reason": "The catalog is fed again within minutes.",
        "owner": "catalog-platform",
        "expires": f"{TODAY + datetime.timedelta(days=days)}",
    }
    lines = [f"{key}: {value}" for key, value in (fields | different).items()]
    return "exceptions:\n  - " + "\n    ".join(lines) + "\n"
