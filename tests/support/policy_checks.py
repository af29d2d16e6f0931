"""Runs single policies of the repository on a template, without a scan: milliseconds each."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from catalog_platform.policy import assembly
from catalog_platform.policy.isolation import isolated
from support import templates
from support.manifests import ROOT


@functools.cache
def _checks() -> dict[str, Any]:
    """Return the policies in Python by id."""
    with isolated():
        from checkov.cloudformation.checks.resource.registry import cfn_registry

        from catalog_platform.policy import registration

        with registration.registered(ROOT / "policies" / "checks"):
            every = {check.id: check for _, check in cfn_registry.all_checks()}
    return {name: check for name, check in every.items() if name.startswith("CKV_CATALOG_")}


def violations(
    policy: str, template: Mapping[str, Any], folder: Path, *, is_environment: bool = False
) -> dict[str, list[str]]:
    """Return the violating paths of each resource that fails the policy, by logical id.

    A template with a network always counts as that of an environment.
    """
    written = templates.assembly(folder, dev=json.dumps(template))
    samples = () if is_environment else templates.samples(written, ["dev"])
    ((stack,), _) = assembly.read(written, ["dev"], samples=samples)
    check = _checks()[policy]
    from checkov.common.models.enums import CheckResult

    from catalog_platform.policy.template_check import CheckedResource

    found = {}
    for name, resource in stack.resources.items():
        if resource.type not in check.supported_entities:
            continue
        content = {**resource.attributes, "Properties": resource.properties}
        result = check.run(
            scanned_file=str(stack.template),
            entity_configuration=CheckedResource(content, name, stack.resources),
            entity_name=name,
            entity_type=resource.type,
            skip_info={},
        )
        if result["result"] == CheckResult.FAILED:
            found[name] = list(result["evaluated_keys"])
    return found


def good(policy: int) -> dict[str, Any]:
    """Return the template that passes each policy, of the fixtures of `CKV_CATALOG_<policy>`."""
    file = ROOT / "tests" / "policies" / f"CKV_CATALOG_{policy}" / "good.json"
    found: dict[str, Any] = json.loads(file.read_text())
    return found
