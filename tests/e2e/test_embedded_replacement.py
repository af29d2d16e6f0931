"""Replacements, rollback triggers and imports of the embedded AWS, as AWS documents them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from catalog_platform.local.state import Embedded
from support.embedded import client, eventually, running
from support.stack_operations import INVALID, Stack, queue

pytestmark = pytest.mark.e2e

ALARM = "AWS::CloudWatch::Alarm"
NAMED = "CloudFormation cannot update a stack when a custom-named resource requires replacing."


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    with running(tmp_path_factory.mktemp("workspace")) as found:
        yield found


@pytest.fixture
def stack(embedded: Embedded, request: pytest.FixtureRequest) -> Stack:
    """A stack that does not exist yet, named for the test."""
    return Stack(embedded, re.sub(r"[^A-Za-z0-9]", "-", request.node.name))


def group(description: str, **properties: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::EC2::SecurityGroup",
        "Properties": {"GroupDescription": description, **properties},
    }


def test_a_named_resource_is_not_replaced(stack: Stack) -> None:
    """https://repost.aws/knowledge-center/cloudformation-custom-name"""
    stack.create({"Group": group("old", GroupName="named"), "Queue": queue(DelaySeconds=1)})
    before = stack.physical_id("Group")
    changed = {"Group": group("new", GroupName="named"), "Queue": queue(DelaySeconds=2)}
    assert stack.update(changed) == "UPDATE_ROLLBACK_COMPLETE"
    assert stack.reason("Group", "UPDATE_FAILED") == (
        f"{NAMED} Rename named and update the stack again."
    )
    assert stack.physical_id("Group") == before
    renamed = {**changed, "Group": group("new", GroupName="renamed")}
    assert stack.update(renamed) == "UPDATE_COMPLETE"
    assert stack.physical_id("Group") != before


def test_a_proxy_with_a_name_cannot_get_a_subnet(stack: Stack) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbproxy.html"""

    def proxy(*subnets: str) -> dict[str, Any]:
        properties = {
            "DBProxyName": "proxy",
            "EngineFamily": "POSTGRESQL",
            "RoleArn": "arn:aws:iam::000000000001:role/proxy",
            "Auth": [{"AuthScheme": "SECRETS", "SecretArn": "arn:aws:secretsmanager:::secret:a"}],
            "VpcSubnetIds": subnets,
        }
        return {"Type": "AWS::RDS::DBProxy", "Properties": properties}

    network = client(stack.embedded, "ec2")
    subnets = [found["SubnetId"] for found in network.describe_subnets()["Subnets"]][:3]
    assert stack.create({"Proxy": proxy(*subnets[:2])}) == "CREATE_COMPLETE"
    changed = {"Proxy": proxy(*subnets)}
    assert stack.update(changed) == "UPDATE_ROLLBACK_COMPLETE"
    assert NAMED in stack.reason("Proxy", "UPDATE_FAILED")
    (found,) = client(stack.embedded, "rds").describe_db_proxies()["DBProxies"]
    assert found["VpcSubnetIds"] == subnets[:2]


@pytest.mark.parametrize("policy", ["Delete", "Retain"])
def test_a_replacement_is_created_first(stack: Stack, policy: str) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatereplacepolicy.html"""

    def resources(description: str) -> dict[str, Any]:
        used = {"Type": "String", "Value": {"Ref": "Group"}}
        return {
            "Group": {**group(description), "UpdateReplacePolicy": policy},
            "User": {"Type": "AWS::SSM::Parameter", "Properties": used},
        }

    stack.create(resources("old"))
    before, known = stack.physical_id("Group"), stack.events()
    assert stack.update(resources("new")) == "UPDATE_COMPLETE"
    after = stack.physical_id("Group")
    assert after != before
    cleanup = (
        [("Group", "DELETE_SKIPPED")]
        if policy == "Retain"
        else [("Group", "DELETE_IN_PROGRESS"), ("Group", "DELETE_COMPLETE")]
    )
    assert stack.since(known)[1:] == [
        ("Group", "UPDATE_IN_PROGRESS"),
        ("Group", "UPDATE_COMPLETE"),
        ("User", "UPDATE_IN_PROGRESS"),
        ("User", "UPDATE_COMPLETE"),
        (stack.name, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
        *cleanup,
        (stack.name, "UPDATE_COMPLETE"),
    ]
    parameters = client(stack.embedded, "ssm")
    found = parameters.get_parameter(Name=stack.physical_id("User"))
    assert found["Parameter"]["Value"] == after
    network = client(stack.embedded, "ec2")
    ids = {g["GroupId"] for g in network.describe_security_groups()["SecurityGroups"]}
    assert (before in ids, after in ids) == (policy == "Retain", True)


def test_a_rollback_deletes_the_replacement(stack: Stack) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html"""
    stack.create({"Group": group("rollback: old")})
    before = stack.physical_id("Group")
    invalid = {**INVALID, "DependsOn": "Group"}
    changed = {"Group": group("rollback: new"), "Invalid": invalid}
    assert stack.update(changed) == "UPDATE_ROLLBACK_COMPLETE"
    assert stack.physical_id("Group") == before
    network = client(stack.embedded, "ec2")
    descriptions = [g["Description"] for g in network.describe_security_groups()["SecurityGroups"]]
    assert [text for text in descriptions if "rollback" in text] == ["rollback: old"]


def test_the_type_of_a_resource_cannot_change(stack: Stack) -> None:
    """https://repost.aws/knowledge-center/cloudformation-template-resource-type"""
    stack.create({"Resource": queue()})
    topic = {"Type": "AWS::SNS::Topic"}
    assert stack.update({"Resource": topic}) == "UPDATE_ROLLBACK_COMPLETE"
    assert stack.reason(stack.name, "UPDATE_ROLLBACK_IN_PROGRESS").startswith(
        "Update of resource type is not permitted."
    )


def alarm(embedded: Embedded, state: str) -> list[dict[str, str]]:
    """Create an alarm and return it as a rollback trigger."""
    alarms, name = client(embedded, "cloudwatch"), "trigger"
    alarms.put_metric_alarm(
        AlarmName=name,
        Namespace="Catalog",
        MetricName="Errors",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    alarms.set_alarm_state(AlarmName=name, StateValue=state, StateReason="test")
    (found,) = alarms.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return [{"Arn": found["AlarmArn"], "Type": ALARM}]


def test_an_alarm_rolls_back(stack: Stack) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-rollback-triggers.html"""
    triggers = alarm(stack.embedded, "OK")
    configuration = {"RollbackTriggers": triggers, "MonitoringTimeInMinutes": 0}
    created = stack.create({"Queue": queue()}, RollbackConfiguration=configuration)
    assert created == "CREATE_COMPLETE"
    assert stack.described["RollbackConfiguration"] == configuration
    alarm(stack.embedded, "ALARM")
    changed = {"Queue": queue(DelaySeconds=1)}
    assert stack.update(changed) == "UPDATE_ROLLBACK_COMPLETE"
    reason = stack.reason(stack.name, "UPDATE_ROLLBACK_IN_PROGRESS")
    assert reason == f"Rollback trigger {triggers[0]['Arn']} is in ALARM state"
    without: dict[str, Any] = {"RollbackTriggers": []}
    assert stack.update(changed, RollbackConfiguration=without) == "UPDATE_COMPLETE"


def test_an_alarm_rolls_back_during_the_monitoring_time(stack: Stack) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_RollbackConfiguration.html"""
    stack.create({"Queue": queue()})
    triggers = alarm(stack.embedded, "OK")
    configuration = {"RollbackTriggers": triggers, "MonitoringTimeInMinutes": 180}
    changed = {"Queue": queue(DelaySeconds=1)}
    change_set = stack.change_set("changes", "UPDATE", changed, RollbackConfiguration=configuration)
    assert change_set["RollbackConfiguration"] == configuration
    stack.call("execute_change_set", ChangeSetName="changes")
    eventually(lambda: stack.resources["Queue"] == "UPDATE_COMPLETE")
    assert stack.status == "UPDATE_IN_PROGRESS"
    alarm(stack.embedded, "ALARM")
    assert stack.settled() == "UPDATE_ROLLBACK_COMPLETE"


def test_a_missing_trigger_rolls_back(stack: Stack) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_RollbackTrigger.html"""
    arn = "arn:aws:cloudwatch:us-east-1:000000000001:alarm:missing"
    configuration = {"RollbackTriggers": [{"Arn": arn, "Type": ALARM}]}
    created = stack.create({"Queue": queue()}, RollbackConfiguration=configuration)
    assert created == "ROLLBACK_COMPLETE"


def vault(name: str, **attributes: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::Backup::BackupVault",
        "Properties": {"BackupVaultName": name},
        **attributes,
    }


def test_a_retained_vault_is_imported(stack: Stack) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources.html"""
    retained = {"Vault": vault("imported", DeletionPolicy="Retain"), "Queue": queue()}
    stack.create(retained)
    stack.delete()
    again = stack.create(retained)
    assert again == "ROLLBACK_COMPLETE"
    assert "already exists" in stack.reason("Vault", "CREATE_FAILED")
    stack.delete()
    stack.create({"Queue": queue()})
    known = stack.events()
    resource = {
        "ResourceType": "AWS::Backup::BackupVault",
        "LogicalResourceId": "Vault",
        "ResourceIdentifier": {"BackupVaultName": "imported"},
    }
    found = stack.change_set("import", "IMPORT", retained, ResourcesToImport=[resource])
    assert [c["ResourceChange"]["Action"] for c in found["Changes"]] == ["Import"]
    assert stack.run("execute_change_set", ChangeSetName="import") == "IMPORT_COMPLETE"
    assert ("Vault", "IMPORT_COMPLETE") in stack.since(known)
    assert stack.physical_id("Vault") == "imported"


def test_existing_resources_are_imported_on_demand(stack: Stack) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html"""
    retained = vault("existing", DeletionPolicy="RetainExceptOnCreate")
    client(stack.embedded, "backup").create_backup_vault(BackupVaultName="existing")
    found = stack.change_set(
        "create", "CREATE", {"Vault": retained, "Queue": queue()}, ImportExistingResources=True
    )
    actions = {c["ResourceChange"]["Action"] for c in found["Changes"]}
    assert actions == {"Import", "Add"}
    assert stack.run("execute_change_set", ChangeSetName="create") == "CREATE_COMPLETE"
    assert ("Vault", "IMPORT_COMPLETE") in stack.since([])


def test_what_does_not_exist_is_not_imported(stack: Stack) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources.html"""
    stack.create({"Queue": queue()})
    resource = {
        "ResourceType": "AWS::Kinesis::Stream",
        "LogicalResourceId": "Stream",
        "ResourceIdentifier": {"Name": "missing"},
    }
    stream = {
        "Type": "AWS::Kinesis::Stream",
        "DeletionPolicy": "Retain",
        "Properties": {"Name": "missing", "ShardCount": 1},
    }
    found = stack.change_set(
        "import", "IMPORT", {"Queue": queue(), "Stream": stream}, ResourcesToImport=[resource]
    )
    assert (found["Status"], found["ExecutionStatus"]) == ("FAILED", "UNAVAILABLE")
    assert "was not found" in found["StatusReason"]
    assert stack.resources == {"Queue": "CREATE_COMPLETE"}
