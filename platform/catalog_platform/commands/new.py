"""`catalogctl new`: create the manifest of a new environment."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from catalog_platform.errors import FindingsError, UsageError
from catalog_platform.findings import Finding, has_errors
from catalog_platform.manifest import Manifests, Resolved, documentation, scaffold
from catalog_platform.manifest.reader import Document
from catalog_platform.manifest.schema import schema_at
from catalog_platform.report import file
from catalog_platform.workspace import DEFAULTS, Workspace

GROUPS = ("database.client_security_groups", "cache.client_security_groups")
# A job of deploy.yml. Each environment needs the build and the environment before it.
JOB = """\
  {name}:
    name: {name}
    needs: [build, {source}]
    permissions:
      contents: read # to check the merged commit out
      id-token: write # to authenticate with AWS
    uses: ./.github/workflows/deploy-environment.yml
    with:
      environment: {name}
      digest: ${{{{ needs.build.outputs.digest }}}}"""


def run(workspace: Workspace, *, name: str, source: str, account: str | None) -> int:
    """Write `environments/<name>.yaml`, print its path and the values to review.

    Raises `UsageError` for a name that is invalid or taken, `FindingsError` when the source has
    findings, `PlatformError`. On any failure, no file is left behind.
    """
    workspace.select([source])
    _check("name", name)
    if account is not None:
        _check("account", account)
    if name == DEFAULTS or name in workspace.environment_names():
        raise UsageError(f"environments/{name}.yaml already exists", hint="choose another name")
    manifests = Manifests(workspace)
    origin = manifests.load(source)
    plan = scaffold.NewEnvironment(
        name,
        account or origin.environment.account,
        scaffold.free_block(origin.network.cidr, _taken(workspace, manifests)),
    )
    resolved = manifests.resolve(source)
    own = manifests.own_document(source)
    text = scaffold.scaffold(plan, resolved, own)
    path = _write(workspace, manifests, name, text)
    print(path.relative_to(workspace.root))
    for line in _review(plan, source, resolved, own):
        print(line, file=sys.stderr)
    return 0


def _check(key: str, value: str) -> None:
    schema = schema_at(("environment", key)) or {}
    too_long = len(value) > schema.get("maxLength", len(value))
    if too_long or not re.fullmatch(schema["pattern"], value):
        known = documentation.documentation_of(("environment", key))
        raise UsageError(
            f"'{value}' is not a valid {key} of an environment",
            hint=f"{known.accepts}; for example {known.example}" if known else "",
        )


def _taken(workspace: Workspace, manifests: Manifests) -> list[str]:
    valid, _ = manifests.check([])
    blocks = [each.network.cidr for each in valid.values()]
    for name in set(workspace.environment_names()) - set(valid):
        try:
            leaf = manifests.resolve(name).get("network.cidr")
        except FindingsError:
            continue
        if leaf and isinstance(leaf.value, str) and scaffold.is_block(leaf.value):
            blocks.append(leaf.value)
    return blocks


def _write(workspace: Workspace, manifests: Manifests, name: str, text: str) -> Path:
    """Write and validate the file; remove it when it has errors."""
    path = workspace.environments / f"{name}.yaml"
    file.write(path, text)
    try:
        found: tuple[Finding, ...] = manifests.check([name])[1]
        own = [each for each in found if each.environment == name]
        if has_errors(own):
            shown = path.relative_to(workspace.root)
            print(f"catalogctl: {shown} isn't written; it would have:", file=sys.stderr)
            raise FindingsError(own)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def _review(
    plan: scaffold.NewEnvironment, source: str, resolved: Resolved, own: Document
) -> list[str]:
    tier = resolved["environment.tier"].value
    same = plan.account == resolved["environment.account"].value
    lines = [
        f"catalogctl: {plan.name} is valid. Please review:",
        f"  environment.tier        {tier}, like {source}; rules and defaults depend on it",
        f"  environment.account     {plan.account}" + (f", the same as {source}" if same else ""),
        f"  network.cidr            {plan.cidr}, in no other manifest; check your network plan",
    ]
    if resolved["alarms.subscriptions"].value:
        lines.append(f"  alarms.subscriptions    the same subscribers as {source}")
    lines += [
        f"  {key:<23} the same groups as {source}; they belong to its network"
        for key in GROUPS
        if resolved[key].value
    ]
    if any(each.rule != scaffold.NAMED for each in own.directives.values.exceptions):
        lines.append(f"  exceptions              those of {source}, with its reasons and owners")
    lines += [
        f"  {key:<23} not copied: it is about the data of {source}"
        for key in scaffold.left_out(own)
    ]
    if resolved["release.target"].value == "aws":
        lines += _workflow_edits(plan.name, source)
    return [*lines, f"then: catalogctl compare {source} {plan.name}"]


def _workflow_edits(name: str, source: str) -> list[str]:
    """Return the edits of the workflow that deploys the environment after `source`."""
    return [
        f"  .github/workflows/deploy.yml: let the job that needs {source} need {name} instead;",
        f"  add this job after {source}:",
        *(f"  {line}" for line in JOB.format(name=name, source=source).splitlines()),
    ]
