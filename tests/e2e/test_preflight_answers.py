"""The embedded AWS answers the questions of a preflight as AWS does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from catalog_platform.local.state import Embedded
from support.database_stacks import cache, databases
from support.embedded import client, running
from support.stacks import apply

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    with running(tmp_path_factory.mktemp("workspace")) as found:
        yield found


def test_versions_have_their_family_and_the_targets_of_upgrades(embedded: Embedded) -> None:
    """https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBEngineVersions.html"""
    found = client(embedded, "rds").describe_db_engine_versions(
        Engine="postgres", EngineVersion="17.9"
    )
    (version,) = found["DBEngineVersions"]
    targets = {each["EngineVersion"]: each for each in version["ValidUpgradeTarget"]}
    assert version["DBParameterGroupFamily"] == "postgres17"
    assert "17.8" not in targets
    assert not targets["17.10"]["IsMajorVersionUpgrade"]
    assert targets["18.3"]["IsMajorVersionUpgrade"]


def test_instance_classes_are_those_of_the_region_with_its_zones(embedded: Embedded) -> None:
    """https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeOrderableDBInstanceOptions.html"""
    api = client(embedded, "rds")
    offered = {"Engine": "postgres", "EngineVersion": "17.9"}
    found = api.describe_orderable_db_instance_options(**offered, DBInstanceClass="db.t4g.small")
    options = found["OrderableDBInstanceOptions"]
    assert {"gp3", "io2"} <= {each["StorageType"] for each in options}
    assert options[0]["AvailabilityZones"][0]["Name"] == "us-east-1a"
    pages = api.get_paginator("describe_orderable_db_instance_options").paginate(**offered)
    names = {o["DBInstanceClass"] for page in pages for o in page["OrderableDBInstanceOptions"]}
    assert {"db.t4g.micro", "db.r8g.large"} <= names
    unknown = api.describe_orderable_db_instance_options(**offered, DBInstanceClass="db.none.small")
    assert unknown["OrderableDBInstanceOptions"] == []


def test_service_linked_roles_exist_once_a_service_has_needed_them(embedded: Embedded) -> None:
    """https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAM.ServiceLinkedRoles.html"""
    roles = client(embedded, "iam")
    names = ("AWSServiceRoleForRDS", "AWSServiceRoleForElastiCache")
    for name in names:
        with pytest.raises(roles.exceptions.NoSuchEntityException):
            roles.get_role(RoleName=name)
    apply(embedded, "stores", {**databases(), "Cache": cache()})
    assert [roles.get_role(RoleName=name)["Role"]["RoleName"] for name in names] == [*names]
    made = roles.create_service_linked_role(AWSServiceName="backup.amazonaws.com")["Role"]
    assert made["RoleName"] == "AWSServiceRoleForBackup"


def test_a_subscription_by_mail_waits_for_its_confirmation(embedded: Embedded) -> None:
    """https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html"""
    topics = client(embedded, "sns")
    topic = topics.create_topic(Name="alerts")["TopicArn"]
    topics.subscribe(TopicArn=topic, Protocol="email", Endpoint="someone@example.com")
    (found,) = topics.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert found["SubscriptionArn"] == "PendingConfirmation"
    assert found in topics.list_subscriptions()["Subscriptions"]


def test_the_caller_is_the_account_of_the_run(embedded: Embedded) -> None:
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html"""
    assert client(embedded, "sts").get_caller_identity()["Account"] == embedded.account


def test_quotas_are_listed_by_service(embedded: Embedded) -> None:
    """https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_ListServiceQuotas.html"""
    quotas = client(embedded, "service-quotas")
    listed = quotas.list_service_quotas(ServiceCode="vpc")["Quotas"]
    assert {quota["QuotaName"]: quota["Value"] for quota in listed}["VPCs per Region"] == 5.0
    with pytest.raises(quotas.exceptions.NoSuchResourceException):
        quotas.list_service_quotas(ServiceCode="none")
