"""The database stack on the embedded AWS, created from a template."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from catalog_platform.local.state import Embedded
from support import stacks
from support.embedded import (
    ACCOUNT,
    POSTGRES_CLIENT,
    REGION,
    ROLE,
    bundle,
    client,
    eventually,
    running,
)

pytestmark = pytest.mark.e2e

FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:rotation"


# The owner's secret, an instance, its proxy, and its backups.
RESOURCES: dict[str, tuple[str, dict[str, Any]]] = {
    "Vpc": ("AWS::EC2::VPC", {"CidrBlock": "10.77.0.0/16"}),
    "Subnet": (
        "AWS::EC2::Subnet",
        {
            "VpcId": {"Ref": "Vpc"},
            "CidrBlock": "10.77.0.0/24",
            "AvailabilityZone": f"{REGION}a",
        },
    ),
    "Secret": (
        "AWS::SecretsManager::Secret",
        {"SecretString": '{"username": "chief", "password": "of the chief"}'},
    ),
    "Database": (
        "AWS::RDS::DBInstance",
        {
            "Engine": "postgres",
            "DBInstanceClass": "db.t4g.micro",
            "AllocatedStorage": "20",
            "DBName": "catalog",
            "MasterUsername": "chief",
            "MasterUserPassword": "of the chief",
        },
    ),
    "Proxy": (
        "AWS::RDS::DBProxy",
        {
            "DBProxyName": "proxy",
            "EngineFamily": "POSTGRESQL",
            "RoleArn": ROLE,
            "RequireTLS": True,
            "IdleClientTimeout": 900,
            "VpcSubnetIds": [{"Ref": "Subnet"}],
            "DefaultAuthScheme": "IAM_AUTH",
        },
    ),
    "Targets": (
        "AWS::RDS::DBProxyTargetGroup",
        {
            "DBProxyName": {"Ref": "Proxy"},
            "TargetGroupName": "default",
            "DBInstanceIdentifiers": [{"Ref": "Database"}],
            "ConnectionPoolConfigurationInfo": {"MaxConnectionsPercent": 80},
        },
    ),
    "Schedule": (
        "AWS::SecretsManager::RotationSchedule",
        {
            "SecretId": {"Ref": "Secret"},
            "RotationLambdaARN": FUNCTION,
            "RotationRules": {"AutomaticallyAfterDays": 30},
        },
    ),
    "Vault": ("AWS::Backup::BackupVault", {"BackupVaultName": "vault"}),
    "Plan": (
        "AWS::Backup::BackupPlan",
        {
            "BackupPlan": {
                "BackupPlanName": "plan",
                "BackupPlanRule": [{"RuleName": "daily", "TargetBackupVault": {"Ref": "Vault"}}],
            }
        },
    ),
    "Selection": (
        "AWS::Backup::BackupSelection",
        {
            "BackupPlanId": {"Ref": "Plan"},
            "BackupSelection": {
                "SelectionName": "stores",
                "IamRoleArn": ROLE,
                "Resources": [{"Fn::GetAtt": ["Database", "DBInstanceArn"]}],
            },
        },
    ),
}
OUTPUTS: dict[str, Any] = {
    "Host": {"Fn::GetAtt": ["Proxy", "Endpoint"]},
    "Port": {"Fn::GetAtt": ["Database", "Endpoint.Port"]},
    "ProxyArn": {"Fn::GetAtt": ["Proxy", "DBProxyArn"]},
    "Secret": {"Ref": "Secret"},
    "Plan": {"Ref": "Plan"},
}


def resources(**changed: dict[str, Any]) -> dict[str, Any]:
    """Return the stack's resources, with changed properties for some."""
    return {
        name: {"Type": kind, "Properties": properties | changed.get(name, {})}
        for name, (kind, properties) in RESOURCES.items()
    }


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    with running(tmp_path_factory.mktemp("workspace")) as found:
        # Secrets Manager refuses a rotation by a function that it can't invoke.
        client(found, "lambda").create_function(
            FunctionName="rotation",
            Runtime="python3.13",
            Role=ROLE,
            Handler="handler.handle",
            Code={"ZipFile": bundle("def handle(event, context): ...\n")},
        )
        stacks.apply(found, "data", resources(), OUTPUTS)
        yield found


def output(embedded: Embedded, name: str) -> str:
    return stacks.output(embedded, "data", name)


def connect(embedded: Embedded, user: str, password: str) -> psycopg.Connection[Any]:
    return psycopg.connect(
        host=output(embedded, "Host"),
        port=output(embedded, "Port"),
        dbname="catalog",
        user=user,
        password=password,
        autocommit=True,
    )


def test_the_proxy_endpoint_reaches_the_database(embedded: Embedded) -> None:
    with connect(embedded, "chief", "of the chief") as connection:
        assert connection.execute("select current_database()").fetchone() == ("catalog",)


def comes_in(embedded: Embedded, user: str, password: str) -> bool:
    try:
        connect(embedded, user, password).close()
    except psycopg.OperationalError:
        return False
    return True


def test_only_members_of_rds_iam_log_in_by_token(embedded: Embedded) -> None:
    with connect(embedded, "chief", "of the chief") as chief:
        chief.execute("create role app login")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            connect(embedded, "app", "a token")
        chief.execute("grant rds_iam to app")
        eventually(lambda: comes_in(embedded, "app", embedded.session_token))
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            connect(embedded, "app", "a token")
        chief.execute("drop role app")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        connect(embedded, "chief", "a token")


TOKEN_LOGIN = """
import os, boto3, psycopg

def handle(event, context):
    host, port = os.environ["HOST"], int(os.environ["PORT"])
    token = boto3.client("rds").generate_db_auth_token(host, port, "app")
    with psycopg.connect(
        host=host, port=port, user="app", password=token, dbname="catalog"
    ) as connection:
        return connection.execute("select current_user").fetchone()
"""


def test_a_function_logs_in_with_the_database_token_that_botocore_signs(
    embedded: Embedded,
) -> None:
    with connect(embedded, "chief", "of the chief") as chief:
        chief.execute("create role app login")
        chief.execute("grant rds_iam to app")
        functions = client(embedded, "lambda")
        functions.create_function(
            FunctionName="token-login",
            Runtime="python3.13",
            Role=ROLE,
            Handler="handler.handle",
            Code={"ZipFile": bundle(TOKEN_LOGIN, *POSTGRES_CLIENT)},
            Timeout=20,
            Environment={
                "Variables": {"HOST": output(embedded, "Host"), "PORT": output(embedded, "Port")}
            },
        )
        answer = functions.invoke(FunctionName="token-login")["Payload"].read()
        assert json.loads(answer) == ["app"]
        # The migrator removes the password at each deployment; tokens still work.
        chief.execute("alter role app password null")
        eventually(lambda: comes_in(embedded, "app", embedded.session_token))
        chief.execute("drop role app")


def test_the_proxy_is_described_with_its_target(embedded: Embedded) -> None:
    databases = client(embedded, "rds")
    (proxy,) = databases.describe_db_proxies()["DBProxies"]
    assert proxy["DBProxyArn"] == output(embedded, "ProxyArn")
    assert proxy["RequireTLS"] is True
    (target,) = databases.describe_db_proxy_targets(DBProxyName="proxy")["Targets"]
    assert target["Type"] == "RDS_INSTANCE"
    (group,) = databases.describe_db_proxy_target_groups(DBProxyName="proxy")["TargetGroups"]
    assert group["ConnectionPoolConfig"]["MaxConnectionsPercent"] == 80


def test_backups_are_planned_for_the_selected_resources(embedded: Embedded) -> None:
    backups = client(embedded, "backup")
    plan = output(embedded, "Plan")
    (selection,) = backups.list_backup_selections(BackupPlanId=plan)["BackupSelectionsList"]
    assert selection["SelectionName"] == "stores"


def test_a_change_keeps_proxy_and_password_and_takes_effect(embedded: Embedded) -> None:
    before, secrets = output(embedded, "ProxyArn"), client(embedded, "secretsmanager")
    changed = resources(
        Proxy={"IdleClientTimeout": 600},
        Schedule={"RotationRules": {"AutomaticallyAfterDays": 7}},
    )
    stacks.apply(embedded, "data", changed, OUTPUTS)
    assert output(embedded, "ProxyArn") == before
    (proxy,) = client(embedded, "rds").describe_db_proxies()["DBProxies"]
    assert proxy["IdleClientTimeout"] == 600
    secret = secrets.describe_secret(SecretId=output(embedded, "Secret"))
    assert secret["RotationEnabled"] is True
    assert secret["RotationRules"] == {"AutomaticallyAfterDays": 7}
    content = secrets.get_secret_value(SecretId=output(embedded, "Secret"))["SecretString"]
    assert json.loads(content)["password"] == "of the chief"


def test_deletion_removes_everything_including_the_roles_of_the_owner(embedded: Embedded) -> None:
    with connect(embedded, "chief", "of the chief") as chief:
        chief.execute("create role left_over login")
    client(embedded, "cloudformation").delete_stack(StackName="data")
    eventually(lambda: not remaining(embedded))
    assert client(embedded, "rds").describe_db_proxies()["DBProxies"] == []
    with psycopg.connect(embedded.postgres_url, autocommit=True) as administrator:
        rows = administrator.execute(
            "select rolname from pg_roles where rolname in ('chief', 'left_over')"
        )
        assert rows.fetchall() == []


def remaining(embedded: Embedded) -> list[Any]:
    found = client(embedded, "cloudformation").describe_stacks()["Stacks"]
    failed = [each["StackStatusReason"] for each in found if "FAILED" in each["StackStatus"]]
    assert failed == []
    return [each for each in found if each["StackStatus"] != "DELETE_COMPLETE"]
