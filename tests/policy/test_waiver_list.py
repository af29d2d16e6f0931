from __future__ import annotations

import datetime
import json

from catalog_platform.policy.waiver_list import encode, listed
from support.results import a_waiver

TODAY = datetime.date(2030, 6, 1)


def test_the_waiver_that_ends_first_comes_first() -> None:
    later = a_waiver(id="later", expires=datetime.date(2031, 1, 1))
    ended = a_waiver(id="ended", expires=datetime.date(2030, 5, 30))
    content = listed([later, ended], "policies/waivers.yaml", TODAY, {})
    assert [(each.id, each.days) for each in content.waivers] == [("ended", -2), ("later", 214)]


def test_the_json_has_what_a_workflow_needs_and_no_key_without_a_value() -> None:
    plain = a_waiver(id="plain", line=4)
    full = a_waiver(
        id="zfull",
        ticket="OPS-1",
        selector="tiers",
        selected=("production", "staging"),
        kind="scanner",
    )
    data = json.loads(encode(listed([plain, full], "policies/waivers.yaml", TODAY, {"zfull": 3})))
    assert data["schema_version"] == 1
    assert data["waivers"][0] == {
        "id": "plain",
        "kind": "policy",
        "owner": "catalog-team",
        "expires": "2030-06-30",
        "days": 29,
        "scope": "all",
        "rules": ["CKV_AWS_27"],
        "resources": ["DeadLetters/Queue/Resource"],
        "reason": "The queue holds no data of customers.",
        "line": 4,
        "file": "policies/waivers.yaml",
    }
    assert data["waivers"][1]["ticket"] == "OPS-1"
    assert data["waivers"][1]["scope"] == {"tiers": ["production", "staging"]}
    assert data["waivers"][1]["covers"] == 3
