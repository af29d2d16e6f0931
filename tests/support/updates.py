"""Small templates, and those of databases, for updates that AWS refuses."""

from __future__ import annotations

from typing import Any

DATABASE = "AWS::RDS::DBInstance"
SECRET = "AWS::SecretsManager::Secret"


def stack(**resources: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    return {
        "Resources": {
            name: {"Type": kind, "Properties": properties}
            for name, (kind, properties) in resources.items()
        }
    }


def instances(version: str, *, replica: bool = True, **properties: Any) -> dict[str, Any]:
    """Return a template with an instance and its replica; `properties` are those of the replica."""
    source = {"Fn::Join": ["", ["arn:aws:rds:::db:", {"Ref": "Source"}]]}
    return stack(
        Source=(DATABASE, {"EngineVersion": version, "DBInstanceIdentifier": "a"}),
        **(
            {"Replica": (DATABASE, {"SourceDBInstanceIdentifier": source, **properties})}
            if replica
            else {}
        ),
    )


def protected(policy: str | None, *, protection: bool = True, name: str = "a") -> dict[str, Any]:
    properties = {"DBInstanceIdentifier": name, "DeletionProtection": protection}
    template = stack(Db=(DATABASE, properties))
    if policy is not None:
        template["Resources"]["Db"] |= {"DeletionPolicy": policy, "UpdateReplacePolicy": policy}
    return template


def with_owner(username: str, *, length: int = 32, database: str = "a") -> dict[str, Any]:
    """Return a template with the secrets of owner and application; the owner's can change."""

    def generated(name: str) -> dict[str, Any]:
        return {"SecretStringTemplate": f'{{"username":"{name}"}}', "PasswordLength": length}

    password = ["{{resolve:secretsmanager:", {"Ref": "Owner"}, ":SecretString:password::}}"]
    return stack(
        Owner=(SECRET, {"GenerateSecretString": generated(username)}),
        Application=(SECRET, {"GenerateSecretString": generated(f"{username}_app")}),
        Db=(
            DATABASE,
            {"DBInstanceIdentifier": database, "MasterUserPassword": {"Fn::Join": ["", password]}},
        ),
    )


def zones(*names: str, multi_az: bool = True, block: str = "10.0") -> dict[str, Any]:
    subnets = {
        f"Subnet{name.upper()}": (
            "AWS::EC2::Subnet",
            {"AvailabilityZone": name, "VpcId": "vpc", "CidrBlock": f"{block}.{ord(name)}.0/24"},
        )
        for name in names
    }
    return stack(
        **subnets,
        Group=("AWS::RDS::DBSubnetGroup", {"SubnetIds": [{"Ref": name} for name in subnets]}),
        Db=(DATABASE, {"DBSubnetGroupName": {"Ref": "Group"}, "MultiAZ": multi_az}),
    )
