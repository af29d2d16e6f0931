"""The workflow files name exactly the existing environments."""

from __future__ import annotations

from catalog_platform.manifest import Manifests
from catalog_platform.workspace import Workspace
from support import workflows
from support.manifests import ROOT

SHIPPED = Workspace(ROOT)
# Checkout, installation and the digest, before the deployment starts.
PREPARATION_MINUTES = 15


def test_every_environment_on_aws_is_deployed() -> None:
    on_aws = {
        name
        for name in SHIPPED.environment_names()
        if Manifests(SHIPPED).load(name).release.target == "aws"
    }
    assert on_aws - set(workflows.deployments()) == set(), "add them to deploy.yml"


def test_only_environments_that_exist_are_deployed() -> None:
    assert set(workflows.deployments()) - set(SHIPPED.environment_names()) == set()


def test_a_job_is_long_enough_for_every_deployment() -> None:
    minutes = workflows.load("deploy-environment.yml")["jobs"]["deploy"]["timeout-minutes"]
    for name in {*workflows.deployments()} & {*SHIPPED.environment_names()}:
        needed = Manifests(SHIPPED).load(name).release.deploy_timeout_minutes + PREPARATION_MINUTES
        assert needed <= minutes, (
            f"{name}: raise timeout-minutes and role-duration-seconds in deploy-environment.yml, "
            "or lower release.deploy_timeout_minutes"
        )
