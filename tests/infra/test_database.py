"""PostgreSQL."""

from __future__ import annotations

import pytest

from support.synthesis import Template

pytestmark = pytest.mark.synth

PROTECTED = {
    "AutoMinorVersionUpgrade": True,
    "CopyTagsToSnapshot": True,
    "DeletionProtection": True,
    "EnableCloudwatchLogsExports": ["postgresql", "upgrade"],
    "EnableIAMDatabaseAuthentication": True,
    "EnablePerformanceInsights": True,
    "MonitoringInterval": 60,
    "PubliclyAccessible": False,
    "StorageType": "gp3",
}


def test_instance_settings_follow_the_manifest(template: Template) -> None:
    assert (
        template.properties("Database/Instance").items()
        >= (
            PROTECTED
            | {
                "AllocatedStorage": "20",
                "BackupRetentionPeriod": 7,
                "DBInstanceClass": "db.t4g.small",
                "DBName": "catalog",
                "EngineVersion": "17.9",
                "MaxAllocatedStorage": 100,
                "MultiAZ": True,
                "Port": "5432",
                "PreferredBackupWindow": "03:00-04:00",
                "PreferredMaintenanceWindow": "mon:04:30-mon:05:30",
                "StorageEncrypted": True,
            }
        ).items()
    )


def test_disabled_options_are_off(minimal: Template) -> None:
    instance = minimal.properties("Database/Instance")
    assert instance["MultiAZ"] is False
    assert instance["DeletionProtection"] is False
    assert instance.get("EnablePerformanceInsights", False) is False
    assert "MonitoringInterval" not in instance


def test_removal_takes_a_snapshot_and_retains_the_secret(template: Template) -> None:
    assert template.resource("Database/Instance")["DeletionPolicy"] == "Snapshot"
    assert template.resource("Database/Instance")["UpdateReplacePolicy"] == "Snapshot"
    assert template.resource("Database/Secret")["DeletionPolicy"] == "RetainExceptOnCreate"


def test_tls_and_statement_audit_are_server_parameters(
    template: Template, minimal: Template
) -> None:
    assert template.properties("Database/Parameters")["Parameters"] == {
        "pgaudit.log": "ddl,role,write",
        "rds.force_ssl": "1",
        "shared_preload_libraries": "pg_stat_statements,pgaudit",
    }
    assert minimal.properties("Database/Parameters")["Parameters"] == {
        "rds.force_ssl": "0",
        "shared_preload_libraries": "pg_stat_statements",
    }


def test_the_password_is_generated_and_not_in_the_template(template: Template) -> None:
    secret = template.properties("Database/Secret")["GenerateSecretString"]
    assert secret["SecretStringTemplate"] == '{"username":"catalogadmin"}'
    assert secret["PasswordLength"] == 32
    for key in ("MasterUsername", "MasterUserPassword"):
        assert "{{resolve:secretsmanager:" in str(template.properties("Database/Instance")[key])


def test_it_is_in_isolated_subnets(template: Template) -> None:
    assert template.properties("Database/Subnets")["SubnetIds"] == [
        template.ref(f"Network/Vpc/IsolatedSubnet{number}/Subnet") for number in (1, 2)
    ]


def test_replicas_are_protected_like_their_source(maximal: Template) -> None:
    for number in (1, 2):
        replica = maximal.properties(f"Database/Replica{number}")
        assert replica["SourceDBInstanceIdentifier"]
        assert replica.items() >= PROTECTED.items()
        assert "StorageEncrypted" not in replica
    assert not maximal.has("Database/Replica3")


def test_there_are_no_replicas_by_default(template: Template) -> None:
    assert len(template.all_of("AWS::RDS::DBInstance")) == 1


def test_reader_endpoints_are_replicas_or_the_instance(
    template: Template, maximal: Template
) -> None:
    def endpoint(found: Template, path: str) -> dict[str, list[str]]:
        return {"Fn::GetAtt": [found.logical_ids[path], "Endpoint.Address"]}

    assert template.content["Outputs"]["DatabaseReaderEndpoints"]["Value"] == endpoint(
        template, "Database/Instance"
    )
    assert maximal.content["Outputs"]["DatabaseReaderEndpoints"]["Value"] == {
        "Fn::Join": [
            ",",
            [endpoint(maximal, "Database/Replica1"), endpoint(maximal, "Database/Replica2")],
        ]
    }
