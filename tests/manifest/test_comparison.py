from __future__ import annotations

from catalog_platform.manifest import Manifests
from catalog_platform.manifest.comparison import Status, compare
from support.manifests import VALID, a_repository

OTHER = (
    VALID.replace("sample", "other")
    .replace("555555555555", "666666666666")
    .replace("10.55", "10.66")
)


def compared(root, left: str = "", right: str = ""):
    workspace = a_repository(root / "r", left=VALID + left, right=OTHER + right)
    return compare(Manifests(workspace).resolve("left"), Manifests(workspace).resolve("right"))


def statuses(found) -> dict[str, Status]:
    return {each.key: each.status for each in found.differences}


def test_name_account_and_addresses_always_differ(tmp_path):
    assert set(statuses(compared(tmp_path)).values()) == {Status.NATURAL}


def test_a_difference_in_a_shared_expression_follows_from_its_references(tmp_path):
    found = compared(
        tmp_path, right="release: {target: embedded}\nencryption: {on_removal: retain}\n"
    )
    known = {each.key: (each.status, each.reason) for each in found.differences}
    assert known["encryption.on_removal"] == (Status.UNDECLARED, "")
    assert known["stream.on_removal"] == (Status.FOLLOWS, "follows from encryption.on_removal")


def test_a_key_that_both_environments_set_themselves_is_undeclared(tmp_path):
    found = compared(
        tmp_path,
        "stream: {shards: '{{ cache.shards + 1 }}'}\ncache: {shards: 2}\n",
        "stream: {shards: '{{ cache.shards + 1 }}'}\ncache: {shards: 3}\n",
    )
    assert statuses(found)["stream.shards"] is Status.UNDECLARED


def test_a_declaration_covers_a_key_or_a_section_from_either_side(tmp_path):
    found = compared(
        tmp_path,
        "divergences: [{key: cache, reason: a smaller assortment}]\n",
        "cache: {shards: 3}\nstream: {shards: 9}\n"
        "divergences: [{key: stream.shards, reason: more traffic by far}]\n",
    )
    assert statuses(found)["cache.shards"] is Status.DECLARED
    assert statuses(found)["stream.shards"] is Status.DECLARED
    assert found.findings() == ()


def test_a_declaration_does_not_cover_a_key_that_only_starts_alike(tmp_path):
    found = compared(
        tmp_path,
        right="archive: {retention_days: 2000}\n"
        "divergences: [{key: archive.retention_day, reason: a slip of the pen}]\n",
    )
    assert statuses(found)["archive.retention_days"] is Status.UNDECLARED


def test_a_declaration_without_a_difference_is_reported(tmp_path):
    found = compared(tmp_path, "divergences: [{key: cache, reason: a smaller assortment}]\n")
    assert [each.key for each in found.unneeded] == ["cache"]


def test_a_finding_is_located_in_the_file_with_the_value_and_names_the_other_location(tmp_path):
    (found,) = compared(tmp_path, left="stream: {shards: 9}\n").findings()
    assert str(found.location) == "environments/left.yaml:7:10"
    assert found.message.startswith("9 here, 2 in right (environments/defaults.yaml:")


def test_true_and_one_are_different(tmp_path):
    found = compared(tmp_path, "cache: {port: true}\n", "cache: {port: 1}\n")
    assert "cache.port" in statuses(found)
