from __future__ import annotations

import ipaddress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from catalog_platform.manifest.checks import environments
from catalog_platform.manifest.checks.environments import _candidates, networks_do_not_overlap
from support.manifests import VALID, a_repository, findings_of

blocks = st.builds(
    lambda first, length: str(ipaddress.IPv4Network((first, length), strict=False)),
    st.integers(0x0A000000, 0x0A03FFFF),
    st.integers(14, 20),
)


class Block:
    """The part of a manifest that the rule about networks reads."""

    def __init__(self, cidr: str) -> None:
        self.network = self
        self.cidr = cidr


@given(st.lists(blocks, max_size=8))
def test_blocks_are_candidates_exactly_when_they_overlap(cidrs):
    manifests: dict[str, Any] = {f"e{number}": Block(cidr) for number, cidr in enumerate(cidrs)}
    met = set(_candidates(networks_do_not_overlap, manifests))
    overlapping = {
        (one, other)
        for one in manifests
        for other in manifests
        if one < other
        and ipaddress.IPv4Network(manifests[one].cidr).overlaps(
            ipaddress.IPv4Network(manifests[other].cidr)
        )
    }
    assert met <= overlapping
    # Of many conflicts at one key, only some are yielded, but each environment has at least one.
    assert {name for pair in met for name in pair} == {
        name for pair in overlapping for name in pair
    }


def test_every_rule_between_environments_has_an_index():
    assert set(environments.KEYS) == set(environments.PAIR_RULES)


def test_at_most_five_overlaps_are_reported_per_environment(tmp_path):
    files = {f"e{n:02}": VALID.replace("sample", f"e{n:02}") for n in range(20)}
    found = findings_of(a_repository(tmp_path / "r", **files))
    assert {each.environment for each in found} == set(files)
    assert len(found) <= 20 * environments.MAXIMUM_OTHERS


def test_a_replica_of_another_environment_is_a_conflict(tmp_path):
    files = {
        "one": "database: {identifier: stock, read_replicas: 2}\n",
        "two": "database: {identifier: stock-replica-2}\n",
        "three": "database: {identifier: stock-replica-3}\n",
    }
    texts = {
        name: VALID.replace("sample", name).replace("10.55", f"10.{number}") + text
        for number, (name, text) in enumerate(files.items())
    }
    found = findings_of(a_repository(tmp_path / "r", **texts))
    assert [(each.rule, each.environment) for each in found] == [
        ("database-identifiers-are-distinct", "one"),
        ("database-identifiers-are-distinct", "two"),
    ]
    assert all("'stock-replica-2'" in each.message for each in found)
