from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from support import templates

ROOT = Path(__file__).parents[2]
POLICIES = ROOT / "policies"
FOLDER = Path(__file__).parent
FIXTURES = sorted(FOLDER.glob("CKV_CATALOG_*"), key=lambda path: len(path.name))


@pytest.fixture
def checks_only(tmp_path: Path) -> Path:
    """Our policies, without the waivers and the severities of the environments."""
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / "checks").symlink_to(POLICIES / "checks", target_is_directory=True)
    return folder


def failing(policies: Path, tmp_path: Path, **fixtures: Path) -> dict[str, set[str]]:
    """Return our failing policies for each fixture. An incomplete scan with ours fails the test.

    checkov's own policies cannot decide on some fixtures, which have the least properties possible
    or a form that only ours read. Some fixtures have a type that the stack doesn't have.
    """
    texts = {
        name: fixture.read_text().replace("catalog-dev/", f"catalog-{name}/")
        for name, fixture in fixtures.items()
    }
    found = templates.scan(
        templates.assembly(tmp_path / "assembly", **texts), policies, *fixtures
    ).findings
    assert not [
        each
        for each in found
        if each.rule.startswith("scan-")
        and not re.search(
            r"the policy CKV2?_AWS_\d+ cannot decide|a list$|no policy knows the type", each.message
        )
    ]
    return {
        name: {
            each.rule
            for each in found
            if each.environment == name and each.rule.startswith("CKV_CATALOG_")
        }
        for name in fixtures
    }


@pytest.mark.parametrize("folder", FIXTURES, ids=lambda folder: folder.name)
def test_the_bad_template_fails_for_the_policy_and_for_no_other_than_the_good_one(
    folder: Path, checks_only: Path, tmp_path: Path
) -> None:
    """Fixtures are small: other policies may fail on both, as no template here is complete."""
    fixtures = {name: folder / f"{name}.json" for name in ("good", "bad")}
    found = failing(checks_only, tmp_path, **fixtures)
    assert folder.name not in found["good"]
    assert found["bad"] - found["good"] == {folder.name}


@pytest.mark.parametrize("folder", FIXTURES, ids=lambda folder: folder.name)
def test_good_and_bad_hold_resources_of_the_same_kind(folder: Path) -> None:
    good, bad = (json.loads((folder / f"{name}.json").read_text()) for name in ("good", "bad"))
    kinds = [{r["Type"] for r in each["Resources"].values()} for each in (good, bad)]
    assert kinds[1] <= kinds[0]


def declared() -> dict[str, str]:
    """Return the file of each policy id in policies/checks."""
    return {
        found: file.name
        for file in sorted((POLICIES / "checks").iterdir())
        if file.suffix in {".py", ".yaml"}
        for found in re.findall(r"CKV_CATALOG_\d+", file.read_text())
    }


def test_each_policy_has_fixtures_and_each_fixture_a_policy() -> None:
    assert {folder.name for folder in FIXTURES} == set(declared())


VIOLATIONS = {
    "a policy that is attached to another queue": ("CKV_CATALOG_7", "Queues", ["elsewhere"]),
    "a statement for part of the actions": ("CKV_CATALOG_7", "Action", "sqs:SendMessage"),
    "a condition that is never met": ("CKV_CATALOG_7", "aws:SecureTransport", "true"),
    "the deny is for a bucket next to it": ("CKV_CATALOG_6", "Bucket", "elsewhere"),
    "an action by wildcard": ("CKV_CATALOG_17", "Action", "s3:*"),
    "an action in other letters": ("CKV_CATALOG_17", "Action", ["S3:deleteobject"]),
    "all actions but some": ("CKV_CATALOG_17", "Action", {"rename": "NotAction"}),
    "an expiry by date": ("CKV_CATALOG_5", "ExpirationInDays", {"rename": "ExpirationDate"}),
    "a password in plain text": ("CKV_CATALOG_15", "CACHE_TOKEN", "hunter2"),
    "all egress to the IPv6 internet": ("CKV_CATALOG_12", "SecurityGroupEgress", [
        {"IpProtocol": "-1", "CidrIpv6": "::/0"}
    ]),
    "no egress rule, which means AWS's default": ("CKV_CATALOG_12", "SecurityGroupEgress", []),
    "retries without a bound": ("CKV_CATALOG_2", "MaximumRetryAttempts", -1),
    "an age without a bound": ("CKV_CATALOG_2", "MaximumRecordAgeInSeconds", -1),
    "batches that are never split": ("CKV_CATALOG_3", "BisectBatchOnFunctionError", False),
    "a parameter that is left out": ("CKV_CATALOG_9", "Parameters", {}),
    "a key of AWS's own": ("CKV_CATALOG_10", "KmsKeyId", ""),
    "old versions that only move": (
        "CKV_CATALOG_18", "NoncurrentVersionExpiration", {"rename": "NoncurrentVersionTransition"}
    ),
}  # fmt: skip


@pytest.mark.parametrize(("policy", "key", "value"), VIOLATIONS.values(), ids=VIOLATIONS)
def test_the_policy_also_fails_for(
    policy: str, key: str, value: object, checks_only: Path, tmp_path: Path
) -> None:
    good = json.loads((Path(__file__).parent / policy / "good.json").read_text())
    assert changed(good, key, value)
    mutant = tmp_path / "mutant.json"
    mutant.write_text(json.dumps(good))
    assert policy in failing(checks_only, tmp_path, dev=mutant)["dev"]


def changed(node: object, key: str, value: object) -> bool:
    """Replace (or rename) every occurrence of the key; return whether there was one."""
    if isinstance(node, list):
        return bool(sum(changed(each, key, value) for each in node))
    if not isinstance(node, dict):
        return False
    found = bool(sum(changed(each, key, value) for each in node.values()))
    if key not in node:
        return found
    old = node.pop(key)
    if isinstance(value, dict) and "rename" in value:
        node[value["rename"]] = old
    else:
        node[key] = value
    return True


STATEMENT = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
HARMLESS = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
RULE = {"Status": "Enabled", "ExpirationInDays": 7}
LATER_RULE = {"Status": "Enabled", "ExpirationInDays": 8}
OPEN: dict[str, object] = {"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}
ONE_PORT = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "CidrIp": "10.0.0.0/16"}
# The properties that violate a policy, each a result of its own.
DETAILS: dict[str, tuple[str, str, dict[str, object], list[str]]] = {
    "a missing attribute": (
        "CKV_CATALOG_1", "AWS::SQS::Queue", {"DeletionPolicy": "Retain"}, ["UpdateReplacePolicy"],
    ),
    "attributes that differ": (
        "CKV_CATALOG_1",
        "AWS::SQS::Queue",
        {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Delete"},
        ["DeletionPolicy", "UpdateReplacePolicy"],
    ),
    "two of three lifecycle rules": (
        "CKV_CATALOG_5",
        "AWS::S3::Bucket",
        {"LifecycleConfiguration": {"Rules": [RULE, {"Status": "Disabled"}, LATER_RULE]}},
        ["LifecycleConfiguration/Rules/0", "LifecycleConfiguration/Rules/2"],
    ),
    "one of two settings": (
        "CKV_CATALOG_10",
        "AWS::ElastiCache::ReplicationGroup",
        {"AtRestEncryptionEnabled": True},
        ["KmsKeyId"],
    ),
    "one of two egress rules": (
        "CKV_CATALOG_12",
        "AWS::EC2::SecurityGroup",
        {"SecurityGroupEgress": [ONE_PORT, OPEN]},
        ["SecurityGroupEgress/1"],
    ),
    "no egress rule": ("CKV_CATALOG_12", "AWS::EC2::SecurityGroup", {}, ["SecurityGroupEgress"]),
    "an egress rule of its own": (
        "CKV_CATALOG_12",
        "AWS::EC2::SecurityGroupEgress",
        OPEN,
        ["FromPort", "IpProtocol", "ToPort"],
    ),
    "a physical name": ("CKV_CATALOG_14", "AWS::SQS::Queue", {"QueueName": "q"}, ["QueueName"]),
    "one of two variables": (
        "CKV_CATALOG_15",
        "AWS::Lambda::Function",
        {"Environment": {"Variables": {"PASSWORD": "x", "TOKEN": {"Ref": "A"}, "USER": "x"}}},
        ["Environment/Variables/PASSWORD"],
    ),
    "a statement and an inline policy": (
        "CKV_CATALOG_17",
        "AWS::IAM::Role",
        {
            "PolicyDocument": {"Statement": STATEMENT},
            "Policies": [{"PolicyDocument": {"Statement": [HARMLESS, STATEMENT]}}],
        },
        ["Policies/0/PolicyDocument/Statement/1", "PolicyDocument/Statement"],
    ),
    "lifecycle rules that lack an action": (
        "CKV_CATALOG_18",
        "AWS::S3::Bucket",
        {"VersioningConfiguration": {"Status": "Enabled"}},
        ["LifecycleConfiguration/Rules"],
    ),
}  # fmt: skip
ATTRIBUTES = ("DeletionPolicy", "UpdateReplacePolicy")


def template_of(kind: str, values: dict[str, object]) -> dict[str, object]:
    attributes = {key: value for key, value in values.items() if key in ATTRIBUTES}
    properties = {key: value for key, value in values.items() if key not in ATTRIBUTES}
    return {"Type": kind, "Properties": properties, **attributes}


def test_each_violating_property_is_a_result(checks_only: Path, tmp_path: Path) -> None:
    resources = {
        f"Archive{number}": template_of(kind, values)
        for number, (_, kind, values, _) in enumerate(DETAILS.values())
    }
    assembly = templates.assembly(tmp_path / "assembly", dev=resources)
    results = templates.scan(assembly, checks_only).results
    for number, (name, (policy, _, _, details)) in enumerate(DETAILS.items()):
        own = [
            each
            for each in results
            if (each.policy, each.logical_id) == (policy, f"Archive{number}")
        ]
        assert [each.detail for each in own] == details, name
        assert [each.paths for each in own] == [(each,) for each in details], name
        assert len({each.digest for each in own}) == len({*details}), name


def test_every_policy_in_python_says_which_properties_or_missing_things_violate_it(
    checks_only: Path, tmp_path: Path
) -> None:
    files = declared()
    ours = [each.name for each in FIXTURES if files[each.name].endswith(".py")]
    names = {f"stack-{number}": policy for number, policy in enumerate(ours)}
    texts = {
        name: (FOLDER / policy / "bad.json").read_text().replace("catalog-dev/", f"catalog-{name}/")
        for name, policy in names.items()
    }
    assembly = templates.assembly(tmp_path / "bad", **texts)
    results = templates.scan(assembly, checks_only, *texts).results
    for name, policy in names.items():
        own = [each for each in results if (each.environment, each.policy) == (name, policy)]
        assert own, policy
        assert all(each.detail for each in own), policy
