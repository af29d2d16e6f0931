"""The workflow files name exactly the existing environments."""

from __future__ import annotations

from catalog_platform.manifest import Manifests
from catalog_platform.workspace import Workspace
from support import workflows
from support.manifests import ROOT

SHIPPED = Workspace(ROOT)


def test_every_environment_on_aws_is_deployed() -> None:
    on_aws = {
        name
        for name in SHIPPED.environment_names()
        if Manifests(SHIPPED).load(name).release.target == "aws"
    }
    assert on_aws - set(workflows.deployments()) == set(), "add them to deploy.yml"


def test_only_environments_that_exist_are_deployed() -> None:
    assert set(workflows.deployments()) - set(SHIPPED.environment_names()) == set()
