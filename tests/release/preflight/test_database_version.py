from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.release.preflight.database_version import CHECK
from catalog_platform.release.preflight.model import Status
from catalog_platform.release.preflight.store_quotas import INSTANCE
from support.preflight import Account, a_context, a_resource, a_stack, resources, run, statuses

STACK = a_stack(Primary=f"{INSTANCE}=catalog")


def template(version: str, **properties: Any) -> Any:
    return resources(
        Primary=a_resource(INSTANCE, Engine="postgres", EngineVersion=version, **properties),
        Replica=a_resource(INSTANCE),
    )


def an_engine(version: str, *targets: tuple[str, bool]) -> dict[str, Any]:
    return {
        "Engine": "postgres",
        "EngineVersion": version,
        "ValidUpgradeTarget": [
            {"Engine": "postgres", "EngineVersion": each, "IsMajorVersionUpgrade": major}
            for each, major in targets
        ],
    }


def versions(account: Account, *found: dict[str, Any]) -> None:
    account.respond("rds", "DescribeDBEngineVersions", {"DBEngineVersions": list(found)})


def deployed(account: Account, version: str, **fields: Any) -> None:
    found = {"DBInstanceIdentifier": "catalog", "EngineVersion": version, **fields}
    account.respond("rds", "DescribeDBInstances", {"DBInstances": [found]})


def test_a_new_instance_needs_an_offered_version(account: Account) -> None:
    versions(account, an_engine("17.9"))
    assert statuses(run(CHECK, a_context(account, template("17.9")))) == [Status.PASSED]


def test_a_version_that_is_not_offered_fails_with_those_that_are(account: Account) -> None:
    versions(account)
    versions(account, an_engine("17.8"), an_engine("17.10"))
    (result,) = run(CHECK, a_context(account, template("17.11")))
    assert result.status is Status.FAILED
    assert result.message == "RDS does not offer postgres 17.11 in eu-west-1"
    assert "17.10, 17.8" in result.hint
    assert result.key == "database.engine_version"


def test_a_major_version_means_one_of_its_minor_versions(account: Account) -> None:
    versions(account)
    versions(account, an_engine("17.8"))
    assert statuses(run(CHECK, a_context(account, template("17")))) == [Status.PASSED]


@pytest.mark.parametrize(("wanted", "now"), [("17.9", "17.9"), ("17", "17.9")])
def test_the_deployed_version_passes(account: Account, wanted: str, now: str) -> None:
    deployed(account, now)
    context = a_context(account, template(wanted), deployed=STACK)
    assert statuses(run(CHECK, context)) == [Status.PASSED]


@pytest.mark.parametrize("wanted", ["17.9", "16"])
def test_a_downgrade_fails(account: Account, wanted: str) -> None:
    deployed(account, "17.10")
    (result,) = run(CHECK, a_context(account, template(wanted), deployed=STACK))
    assert result.status is Status.FAILED
    assert "can't change it to the older" in result.message
    assert 'database.engine_version: "17.10"' in result.hint


@pytest.mark.parametrize(
    ("wanted", "allowed", "status"),
    [
        ("17.10", False, Status.PASSED),
        ("17.11", False, Status.FAILED),
        ("18.1", True, Status.PASSED),
        ("18.1", False, Status.FAILED),
        ("18", True, Status.PASSED),
        ("19.1", True, Status.FAILED),
    ],
)
def test_only_an_upgrade_that_rds_offers_passes(
    account: Account, wanted: str, allowed: bool, status: Status
) -> None:
    deployed(account, "17.9")
    versions(account, an_engine("17.9", ("17.10", False), ("18.1", True)))
    changed = template(wanted, AllowMajorVersionUpgrade=allowed)
    (result,) = run(CHECK, a_context(account, changed, deployed=STACK))
    assert result.status is status
    assert bool(result.hint) == (status is Status.FAILED)


def test_a_replica_that_is_older_must_be_upgraded_first(account: Account) -> None:
    deployed(account, "17.9", ReadReplicaDBInstanceIdentifiers=["replica-1", "replica-2"])
    versions(account, an_engine("17.9", ("17.10", False)))
    deployed(account, "17.9")
    deployed(account, "17.10")
    results = run(CHECK, a_context(account, template("17.10"), deployed=STACK))
    assert statuses(results) == [Status.PASSED, Status.FAILED]
    assert results[1].message.endswith("older than 17.10: replica-1")


def test_a_template_without_versions_asks_nothing(account: Account) -> None:
    context = a_context(account, resources(Replica=a_resource(INSTANCE)))
    assert statuses(run(CHECK, context)) == [Status.PASSED]
    assert account.actions == set()
