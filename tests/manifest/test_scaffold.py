from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_platform.errors import PlatformError
from catalog_platform.manifest import Manifests
from catalog_platform.manifest.reader import ManifestReader
from catalog_platform.manifest.scaffold import (
    MODELINE,
    NewEnvironment,
    free_block,
    is_block,
    scaffold,
)
from catalog_platform.workspace import Workspace
from support.manifests import a_repository, findings_of, with_files


@pytest.mark.parametrize(
    ("like", "taken", "found"),
    [
        ("10.20.0.0/16", [], "10.20.0.0/16"),
        ("10.20.0.0/16", ["10.20.0.0/16"], "10.21.0.0/16"),
        ("10.20.0.0/16", ["10.20.5.0/24", "10.21.0.0/20"], "10.22.0.0/16"),
        ("10.255.0.0/16", ["10.255.0.0/16"], "10.0.0.0/16"),
        ("192.168.0.0/16", ["192.168.0.0/16"], "10.0.0.0/16"),
        ("8.8.0.0/16", [], "10.0.0.0/16"),
    ],
)
def test_the_next_free_block_follows_the_given_one(like: str, taken: list[str], found: str) -> None:
    assert free_block(like, taken) == found


@given(st.lists(st.integers(0, 255).map(lambda number: f"10.{number}.0.0/16"), max_size=40))
def test_a_free_block_overlaps_none_of_the_taken_ones(taken: list[str]) -> None:
    found = ipaddress.IPv4Network(free_block("10.7.0.0/16", taken))
    assert found.is_private
    assert not any(found.overlaps(ipaddress.IPv4Network(each)) for each in taken)


def test_it_is_an_error_when_every_private_block_is_taken() -> None:
    taken = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]
    with pytest.raises(PlatformError, match="no private /16 block is free"):
        free_block("10.0.0.0/16", taken)


@pytest.mark.parametrize(
    ("text", "valid"), [("10.0.0.0/8", True), ("10.0.0.1/8", False), ("x", False)]
)
def test_a_block_has_no_host_bits(text: str, valid: bool) -> None:
    assert is_block(text) == valid


SOURCE = """\
extends: [shared/zones.yaml]
merge:
  network.interface_endpoints: append
divergences:
  - key: stream.shards
    reason: only here it is a reason
environment:
  name: source
  tier: development
  account: "555555555555"
network:
  cidr: 10.55.0.0/16
  interface_endpoints: [kinesis-streams]
database:
  username: "yes"
tags:
  owner: "{{ environment.name }}: a"
"""


def scaffolded(workspace: Workspace) -> str:
    plan = NewEnvironment("fresh", "666666666666", "10.56.0.0/16")
    source = Manifests(workspace).resolve("source")
    return scaffold(plan, source, ManifestReader(workspace).document("source.yaml"))


@pytest.fixture
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = a_repository(tmp_path_factory.mktemp("new") / "r", source=SOURCE)
    endpoints = "[secretsmanager, sqs]"
    zones = f"network: {{interface_endpoints: {endpoints}}}\n"
    return with_files(made, {"shared/zones.yaml": zones})


def test_the_new_manifest_is_valid_and_means_the_same_as_its_source(workspace: Workspace) -> None:
    (workspace.environments / "fresh.yaml").write_text(scaffolded(workspace))
    assert findings_of(workspace, "source", "fresh") == ()
    manifests = Manifests(workspace)
    source, fresh = manifests.load("source"), manifests.load("fresh")
    assert fresh.environment.name == "fresh"
    assert fresh.environment.account == "666666666666"
    assert fresh.network.cidr == "10.56.0.0/16"
    assert fresh.network.interface_endpoints == source.network.interface_endpoints
    assert (fresh.stream, fresh.database, fresh.cache) == (
        source.stream, source.database, source.cache,
    )  # fmt: skip


def test_it_has_a_modeline_and_a_comment_for_each_key_but_no_divergences(
    workspace: Workspace,
) -> None:
    text = scaffolded(workspace)
    assert text.startswith(MODELINE)
    assert "divergences" not in text
    lines = text.splitlines()
    assert lines[lines.index('  username: "yes"') - 1].startswith("  # ")
    assert max(map(len, lines)) <= 100
