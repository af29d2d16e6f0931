from __future__ import annotations

import pytest

from catalog_platform.manifest.documentation import leaves
from catalog_platform.policy.anchors.deciding_keys import (
    FILE,
    DecidingKeys,
    construct_pattern,
    deciding_keys,
    property_pattern,
    rows,
)
from support.deciding_keys import decided, measured

TABLE = {
    "Database/Replica*/Resource": {
        "Tags": frozenset({"tags.owner"}),
        "Rules/*/Days": frozenset({"archive.retention_days"}),
        "Rules/*/Class": frozenset({"archive.glacier_after_days", "tags.owner"}),
    }
}


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        ("Archive/Bucket/Resource", "Archive/Bucket/Resource"),
        ("Database/Replica12/Resource", "Database/Replica*/Resource"),
        ("Processor/Role/Login1148b217/Resource", "Processor/Role/Login*/Resource"),
        ("Alarms/Subscriptionadccccae", "Alarms/Subscription*"),
        ("Alarms/Cache1Cpu/Resource", "Alarms/Cache*Cpu/Resource"),
    ],
)
def test_numbers_and_digests_of_constructs_are_left_out(path, pattern):
    assert construct_pattern(path) == pattern


def test_positions_in_a_property_are_left_out():
    assert property_pattern("Statement/0/Action/12") == "Statement/*/Action/*"
    assert property_pattern("Statement/[0]/Action") == "Statement/*/Action"
    assert property_pattern("Variables/7DAYS") == "Variables/7DAYS"
    assert property_pattern("Parameters/rds.force_ssl") == "Parameters/rds/force_ssl"


@pytest.mark.parametrize(
    ("wanted", "keys"),
    [
        ("Rules/0/Days", ("archive.retention_days",)),
        ("Rules/3/Days/Deep", ("archive.retention_days",)),
        ("Rules", ("archive.glacier_after_days", "archive.retention_days", "tags.owner")),
        ("Tags/0/Value", ("tags.owner",)),
        ("Encryption", ()),
        ("Rule", ()),
    ],
)
def test_a_key_decides_a_property_its_parts_and_what_contains_it(wanted, keys):
    assert DecidingKeys(TABLE).of("Database/Replica2/Resource", [wanted]) == keys


def test_a_section_has_the_keys_of_all_its_constructs():
    table = {"Database/Parameters": {"P/rds/force_ssl": frozenset({"database.require_tls"})}}
    keys = DecidingKeys({**TABLE, **table})
    assert keys.in_section("Database/Instance", ["P/rds.force_ssl"]) == ("database.require_tls",)
    assert keys.in_section("Cache/Group", ["P/rds.force_ssl"]) == ()


def test_a_construct_without_measured_properties_has_no_keys():
    assert DecidingKeys(TABLE).of("Database/Instance/Resource", ["Tags"]) == ()


def test_the_file_has_a_line_per_property_in_alphabetical_order(tmp_path):
    table = {"Y": {"R": frozenset({"a.b"})}, "X": {"Q": frozenset({"c.d", "a.b"})}}
    text = "".join(rows(table))
    assert text == "X\tQ\ta.b c.d\nY\tR\ta.b\n"
    (tmp_path / "keys.tsv").write_text(text)
    assert DecidingKeys.read(tmp_path / "keys.tsv").of("X", ["Q/0"]) == ("c.d", "a.b")


def test_differences_of_two_templates_are_those_of_properties_and_policies():
    before = {"S": {"Type": "T", "Properties": {"A": [1, {"B": 2}], "C": [1]}}}
    after = {"S": {"DeletionPolicy": "Retain", "Properties": {"A": [1, {"B": 3}], "C": [1, 2]}}}
    found = decided(before, after, "key")
    assert found == {"S": {"A/*/B": {"key"}, "C": {"key"}, "DeletionPolicy": {"key"}}}


def test_keys_of_the_table_exist():
    keys = {key for line in FILE.read_text().splitlines() for key in line.split("\t")[2].split()}
    assert keys <= set(leaves())


@pytest.mark.parametrize(
    ("construct", "name", "key"),
    [
        ("Archive/Bucket/Resource", "ObjectLockConfiguration", "archive.object_lock"),
        ("Database/Instance/Resource", "MultiAZ", "database.multi_az"),
        ("Database/Instance/Resource", "DeletionPolicy", "database.on_removal"),
        ("Database/Replica1/Resource", "DBInstanceClass", "database.instance_class"),
        ("Cache/Group", "TransitEncryptionEnabled", "cache.transit_encryption"),
        ("Database/Parameters/Resource", "Parameters/rds/force_ssl", "database.require_tls"),
        ("Logs/Processor/Resource", "RetentionInDays", "logs.retention_days"),
    ],
)
def test_a_key_that_sets_a_property_decides_it(construct, name, key):
    assert key in deciding_keys().of(construct, [name])


def test_no_key_decides_what_the_code_fixes():
    assert deciding_keys().of("Database/Instance/Resource", ["StorageEncrypted"]) == ()
    assert deciding_keys().of("Archive/Bucket/Resource", ["PublicAccessBlockConfiguration"]) == ()


@pytest.mark.synth
@pytest.mark.exhaustive
def test_the_table_is_what_other_values_of_every_key_change(golden):
    text = "".join(rows(measured(processes=2)))
    if golden:
        FILE.write_text(text)
    assert text == FILE.read_text(), "pytest --golden -m exhaustive " + __file__
