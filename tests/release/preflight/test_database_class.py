from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.release.preflight.database_class import CHECK
from catalog_platform.release.preflight.model import Status
from catalog_platform.release.preflight.store_quotas import INSTANCE
from support.preflight import Account, a_context, a_resource, golden, resources, run, statuses

SUBNETS = {
    name: a_resource("AWS::EC2::Subnet", AvailabilityZone=f"eu-west-1{name.lower()}")
    for name in "ABC"
}


def template(**properties: Any) -> Any:
    group = a_resource("AWS::RDS::DBSubnetGroup", SubnetIds=[{"Ref": "A"}, {"Ref": "B"}])
    common = {"DBInstanceClass": "db.r6g.large", "DBSubnetGroupName": {"Ref": "Group"}}
    instance = a_resource(
        INSTANCE, Engine="postgres", EngineVersion="17.9", StorageType="gp3", **common, **properties
    )
    return resources(**SUBNETS, Group=group, Primary=instance)


def offer(account: Account, zones: str, storage: str = "gp3", **expected: Any) -> None:
    option = {
        "DBInstanceClass": "db.r6g.large",
        "StorageType": storage,
        "AvailabilityZones": [{"Name": f"eu-west-1{each}"} for each in zones],
    }
    account.respond(
        "rds",
        "DescribeOrderableDBInstanceOptions",
        {"OrderableDBInstanceOptions": [option] if zones else []},
        expected or None,
    )


@pytest.mark.parametrize(
    ("zones", "storage", "multi_az", "status"),
    [
        ("abc", "gp3", True, Status.PASSED),
        ("ab", "gp3", True, Status.PASSED),
        ("ac", "gp3", True, Status.FAILED),
        ("ac", "gp3", False, Status.WARNING),
        ("c", "gp3", False, Status.FAILED),
        ("abc", "io1", False, Status.FAILED),
        ("", "gp3", False, Status.FAILED),
    ],
)
def test_the_class_must_be_offered_in_enough_zones(
    account: Account, zones: str, storage: str, multi_az: bool, status: Status
) -> None:
    offer(account, zones, storage)
    (result,) = run(CHECK, a_context(account, template(MultiAZ=multi_az)))
    assert result.status is status
    assert bool(result.hint) == (status is not Status.PASSED)


def test_a_replica_is_looked_up_with_the_engine_of_its_source(account: Account) -> None:
    expected: dict[str, Any] = {"Engine": "postgres", "EngineVersion": "17.9", "Vpc": True}
    for _ in range(2):
        offer(account, "abc", **expected, DBInstanceClass="db.r6g.large")
    assert statuses(run(CHECK, a_context(account, golden()))) == [Status.PASSED] * 2
