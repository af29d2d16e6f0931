from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.release.preflight.calls import CallError, Cause
from catalog_platform.release.preflight.model import Status
from catalog_platform.release.preflight.name_lookups import LOOKUPS
from catalog_platform.release.preflight.names import CHECK
from support.preflight import (
    Account,
    a_context,
    a_resource,
    a_stack,
    golden,
    resources,
    run,
    statuses,
)

VAULT = "AWS::Backup::BackupVault"
TEMPLATE = resources(Vault=a_resource(VAULT, BackupVaultName="catalog"))
RETAINED = ("Retain", "RetainExceptOnCreate")


def vaults(account: Account, *names: str) -> None:
    found = [{"BackupVaultName": each} for each in names]
    account.respond("backup", "ListBackupVaults", {"BackupVaultList": found})


def test_a_free_name_passes(account: Account) -> None:
    vaults(account, "other")
    (result,) = run(CHECK, a_context(account, TEMPLATE))
    assert (result.status, result.message) == (Status.PASSED, "1 new names are free")


def test_a_name_outside_of_the_stack_fails_with_the_ways_out(account: Account) -> None:
    vaults(account, "catalog")
    (result,) = run(CHECK, a_context(account, TEMPLATE, deployed=a_stack(Q="AWS::SQS::Queue=q")))
    assert result.status is Status.FAILED
    assert f"{VAULT} catalog exists" in result.message
    for way in ("environment.name", "recovery points"):
        assert way in result.hint
    # It has nothing to recover: the stack is deployable, or does not exist.
    assert "recover " not in result.hint


@pytest.mark.parametrize("policy", RETAINED)
@pytest.mark.parametrize("stack", [None, a_stack(Q="AWS::SQS::Queue=q")])
def test_what_a_deleted_stack_left_and_the_deployment_imports_is_a_warning(
    account: Account, policy: str, stack: Any
) -> None:
    vaults(account, "catalog")
    template = resources(Vault=a_resource(VAULT, policy, BackupVaultName="catalog"))
    (result,) = run(CHECK, a_context(account, template, deployed=stack))
    assert result.status is Status.WARNING
    assert f"{VAULT} catalog exists" in result.message
    assert "the deployment imports it" in result.message
    assert "drift" in result.hint


@pytest.mark.parametrize(
    "resource",
    [
        a_resource(VAULT, "Snapshot", BackupVaultName="catalog"),
        a_resource(VAULT, RETAINED[1], BackupVaultName={"Fn::Sub": "catalog"}),
        a_resource("AWS::KMS::Alias", RETAINED[1], AliasName="catalog"),
    ],
)
def test_what_cloudformation_does_not_import_fails(
    account: Account, resource: dict[str, Any]
) -> None:
    if resource["Type"] == VAULT:
        vaults(account, "catalog")
    else:
        account.respond("kms", "ListAliases", {"Aliases": [{"AliasName": "catalog"}]})
    (result,) = run(CHECK, a_context(account, resources(Kept=resource)))
    assert result.status is Status.FAILED


def test_a_replacement_is_not_imported(account: Account) -> None:
    vaults(account, "catalog", "old")
    template = resources(Vault=a_resource(VAULT, RETAINED[1], BackupVaultName="catalog"))
    context = a_context(account, template, deployed=a_stack(Vault=f"{VAULT}=old"))
    assert statuses(run(CHECK, context)) == [Status.FAILED]


def test_what_a_deleted_stack_left_is_deployed_again_with_the_real_template(
    account: Account,
) -> None:
    """Every resource with a fixed name that a deletion retains is imported, and none fails."""
    template = {
        name: each
        for name, each in golden().items()
        if each.policy.startswith("Retain") and each.type in ("AWS::Logs::LogGroup", VAULT)
    }
    names = [
        name
        for each in template.values()
        if each.type != VAULT and (name := each.properties.text("LogGroupName"))
    ]
    for name in sorted(names):
        account.respond("logs", "DescribeLogGroups", {"logGroups": [{"logGroupName": name}]})
    (vault,) = (each for each in template.values() if each.type == VAULT)
    vaults(account, vault.properties.text("BackupVaultName") or "")
    found = run(CHECK, a_context(account, template))
    assert {each.status for each in found} == {Status.WARNING}
    assert len(found) == len(names) + 1


def test_what_is_deployed_is_not_looked_up(account: Account) -> None:
    stack = a_stack(Vault=f"{VAULT}=catalog")
    assert statuses(run(CHECK, a_context(account, TEMPLATE, deployed=stack))) == [Status.PASSED]
    assert account.actions == set()


def test_a_new_name_of_a_deployed_resource_is_looked_up(account: Account) -> None:
    vaults(account, "catalog", "old")
    context = a_context(account, TEMPLATE, deployed=a_stack(Vault=f"{VAULT}=old"))
    assert statuses(run(CHECK, context)) == [Status.FAILED]


def test_another_logical_id_of_the_stack_has_the_name(account: Account) -> None:
    vaults(account, "catalog")
    (result,) = run(CHECK, a_context(account, TEMPLATE, deployed=a_stack(Old=f"{VAULT}=catalog")))
    assert result.status is Status.FAILED
    assert "Vault needs the name that Old of the same stack has" in result.message


def test_a_name_that_is_known_after_the_deployment_only_is_not_looked_up(
    account: Account,
) -> None:
    template = resources(Vault=a_resource(VAULT, BackupVaultName={"Ref": "Other"}))
    assert statuses(run(CHECK, a_context(account, template))) == [Status.PASSED]


def test_a_denied_look_up_leaves_the_others(account: Account) -> None:
    account.refuse("backup", "ListBackupVaults", "AccessDeniedException")
    account.respond("kms", "ListAliases", {"Aliases": []})
    template = resources(
        Vault=a_resource(VAULT, BackupVaultName="catalog"),
        Alias=a_resource("AWS::KMS::Alias", AliasName="alias/catalog"),
    )
    (result,) = run(CHECK, a_context(account, template))
    assert result.status is Status.NOT_CHECKED
    assert result.message == f"{VAULT}: needs the permission backup:ListBackupVaults"


def test_without_the_stack_nothing_is_known(account: Account) -> None:
    denied = CallError(Cause.DENIED, "cloudformation:DescribeStacks", "no")
    with pytest.raises(CallError):
        run(CHECK, a_context(account, TEMPLATE, deployed=denied))


def test_every_name_of_a_first_deployment_is_looked_up(account: Account) -> None:
    template = golden()
    named = [
        (each.type, name)
        for lookup in LOOKUPS
        for each in template.values()
        if each.type == lookup.type and (name := each.properties.text(lookup.property))
    ]
    groups = [name for kind, name in named if kind == "AWS::Logs::LogGroup"]
    for _ in groups:
        account.respond("logs", "DescribeLogGroups", {"logGroups": []})
    account.respond("ssm", "DescribeParameters", {"Parameters": []})
    account.respond("cloudwatch", "ListDashboards", {"DashboardEntries": []})
    vaults(account)
    account.respond("kms", "ListAliases", {"Aliases": []})
    for kind, _ in named:
        if kind == "AWS::RDS::DBInstance":
            account.refuse("rds", "DescribeDBInstances", "DBInstanceNotFound")
    account.refuse("rds", "DescribeDBProxies", "DBProxyNotFoundFault")
    (result,) = run(CHECK, a_context(account, template))
    assert (result.status, result.message) == (Status.PASSED, f"{len(named)} new names are free")
    assert len(named) > 20
