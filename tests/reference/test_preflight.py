from __future__ import annotations

import json
import re

from catalog_platform.reference.preflight import page
from catalog_platform.release.preflight import policy
from catalog_platform.release.preflight.registry import CHECKS


def test_every_check_has_a_row() -> None:
    text = page()
    for check in CHECKS:
        assert f"| `{check.name}` | {check.looks_at}" in text


def test_the_documented_policy_allows_the_actions() -> None:
    (found,) = re.findall(r"```json\n(.+?)\n```", page(), re.DOTALL)
    assert json.loads(found) == json.loads(policy.document())
