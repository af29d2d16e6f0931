"""The rule that the name of an environment does not promise more protection than its tier."""

from __future__ import annotations

import string
from collections.abc import Iterator

from catalog_platform.manifest.checks.rule import DECLARE, Rule, RuleViolation
from catalog_platform.model import Manifest

TIERS = ("development", "staging", "production")
WORDS = {
    "live": "production",
    "prd": "production",
    "prod": "production",
    "production": "production",
    "stage": "staging",
    "staging": "staging",
    "stg": "staging",
}
# `pre-prod` is not production.
NEGATIONS = frozenset({"no", "non", "not", "pre"})


def tier_follows_the_name(manifest: Manifest) -> Iterator[RuleViolation]:
    """An environment named like production has tier production; one named like staging, staging.

    A weaker tier would silently switch off all rules for production. A stronger tier is allowed.
    Digits at the end of a word don't count: prod2 is named like production.
    """
    name, own = manifest.environment.name, manifest.environment.tier
    words = name.split("-")
    for before, word in zip(("", *words), words, strict=False):
        meant = WORDS.get(word.rstrip(string.digits))
        if meant is None or before in NEGATIONS or TIERS.index(own) >= TIERS.index(meant):
            continue
        yield RuleViolation(
            "environment.tier",
            f"{own} is weaker than the name '{name}' promises: {meant}",
            f"set it to {meant}, rename the environment, or {DECLARE}",
            ("environment.name",),
        )
        return


RULES: tuple[Rule, ...] = (tier_follows_the_name,)
