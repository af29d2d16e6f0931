"""Edits manifests: other valid values for their keys, added and removed environments."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator, Mapping
from operator import attrgetter
from pathlib import Path
from typing import Any

import msgspec
import yaml

from catalog_platform.commands import new
from catalog_platform.findings import Severity
from catalog_platform.manifest import Manifests
from catalog_platform.manifest.checks import RULES
from catalog_platform.manifest.documentation import leaves
from catalog_platform.manifest.node import parse_path
from catalog_platform.manifest.schema import schema_at
from catalog_platform.model import Manifest
from catalog_platform.workspace import Workspace

MODELINE = "# yaml-language-server: $schema=../platform/schema/manifest.schema.json\n"
# Values for keys whose format cannot be derived from the schema.
OTHERS: Mapping[str, Any] = {
    "environment.account": "999999999999",
    "environment.region": "eu-west-2",
    "network.cidr": "10.77.0.0/16",
    "network.availability_zones": ["eu-west-1a", "eu-west-1b"],
    "network.subnet_prefix_length": 25,
    "network.interface_endpoints": ["kms", "sts"],
    "database.restore_from": "catalog-before-the-mistake",
    "database.restore_time": "2026-11-26T02:15:00Z",
    "database.engine_version": "16.9",
    "database.replica_engine_version": "16.10",
    "database.instance_class": "db.m7g.large",
    "database.backup_window": "01:00-02:00",
    "database.maintenance_window": "tue:04:30-tue:05:30",
    "database.client_security_groups": ["sg-0123456789abcdef0"],
    "cache.engine_version": "8.0",
    "cache.client_security_groups": ["222222222222/sg-0123456789abcdef0"],
    "cache.node_type": "cache.m7g.large",
    "cache.snapshot_window": "01:00-02:00",
    "cache.maintenance_window": "tue:06:30-tue:07:30",
    "alarms.subscriptions": [
        {"protocol": "email", "endpoint": "other@example.com", "severities": ["warning"]}
    ],
    "archive.glacier_after_days": 90,
    "archive.deep_archive_after_days": 365,
    "backup.daily_at": "02:00",
    "alarms.runbook_base_url": "https://runbooks.example.com",
    "stream.mode": "on_demand",
    "release.permissions_boundary": "catalog-boundary",
    "release.monthly_limit_usd": 1_000_000,  # a small limit is a finding of the scan
}
# Keys that have to change together for the CDK.
FOR_THE_CDK: Mapping[str, Mapping[str, Any]] = {
    "stream.mode": {"stream.shards": None},
    "cache.cluster_mode": {"cache.shards": 1},
    "cache.transit_encryption": {"cache.authentication": False},
    "database.restore_time": {"database.restore_from": "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
    "audit.trail": {"alarms.key_errors.severity": "off"},
    "audit.management_events": {"alarms.key_errors.severity": "off"},
}
# Keys that have to change together for the manifest rules too.
TOGETHER: Mapping[str, Mapping[str, Any]] = {
    **FOR_THE_CDK,
    "environment.region": {"network.availability_zones": ["eu-west-2a", "eu-west-2b"]},
    "cache.engine": {"cache.engine_version": "7.1"},
    "cache.cluster_mode": {
        "cache.shards": 1,
        "cache.replicas_per_shard": 1,
        "cache.automatic_failover": True,
    },
    "environment.tier": {"database.secret_rotation_days": 30},
    "database.read_replicas": {"database.allow_major_upgrade": False},
}
# The name is the file name; an environment on AWS needs a job in deploy.yml.
KEPT = frozenset({"environment.name", "release.target"})


def with_value(base: Manifest, key: str, value: Any) -> Manifest:
    """Return the manifest with another value of one key. Raises `msgspec.ValidationError`."""
    *sections, name = key.split(".")
    tree = inner = msgspec.to_builtins(base)
    for section in sections:
        inner = inner[section]
    inner[name] = value
    return msgspec.convert(tree, Manifest)


def edited(base: Manifest) -> tuple[Manifest, frozenset[str]]:
    """Change as many keys as stay valid together; return the manifest and the changed keys."""
    changed: set[str] = set()
    for key in leaves():
        for value in other_values(key, attrgetter(key)(base)):
            values = {key: value, **TOGETHER.get(key, {})}
            candidate = None if key in KEPT else tried(base, values)
            if candidate is not None:
                changed.update(each for each in values if _differ(each, base, candidate))
                base = candidate
                break
    return base, frozenset(changed)


def _differ(key: str, one: Manifest, other: Manifest) -> bool:
    return bool(attrgetter(key)(one) != attrgetter(key)(other))


def tried(base: Manifest, values: Mapping[str, Any]) -> Manifest | None:
    """Return the manifest with other values for some keys; None if it isn't valid then."""
    try:
        for key, value in values.items():
            base = with_value(base, key, value)
    except msgspec.ValidationError:
        return None
    problems = [problem for rule in RULES for problem in rule(base)]
    return None if any(each.severity is Severity.ERROR for each in problems) else base


def other_values(key: str, now: Any) -> Iterator[Any]:
    """Yield values for a key that its schema allows, other than the one it has."""
    if key in OTHERS:
        yield OTHERS[key]
    schema = schema_at(parse_path(key)) or {}
    for choice in schema.get("anyOf", [schema]):
        if "enum" in choice:
            yield from (value for value in choice["enum"] if value != now)
        elif choice.get("type") == "boolean":
            yield not now
        elif choice.get("type") == "integer":
            near = (now + 1, now - 1) if isinstance(now, int) else ()
            yield from (*near, choice["maximum"], choice["minimum"])
        elif choice.get("type") == "null":
            yield from [None] if now is not None else []
    if isinstance(now, str):
        yield f"{now}2"


def edit_everything(root: Path) -> frozenset[str]:
    """Change the values of every environment of a repository, and of the defaults.

    Returns the keys that changed in at least one environment. Every manifest stays valid.
    """
    workspace = Workspace(root)
    before = {name: Manifests(workspace).load(name) for name in workspace.environment_names()}
    changed: set[str] = set()
    tree: dict[str, Any] = {}
    for number, (name, loaded) in enumerate(before.items()):
        after, keys = edited(loaded)
        changed |= keys
        after = with_value(after, "network.cidr", f"10.{100 + number}.0.0/16")
        tree = msgspec.to_builtins(after)
        _write(workspace, name, tree)
    for section, key in (("environment", "name"), ("environment", "tier")):
        tree[section][key] = None
    tree["environment"]["account"] = tree["network"]["cidr"] = None
    _write(workspace, "defaults", tree)
    return frozenset(changed)


def add_environment(root: Path, name: str) -> None:
    """Add an environment as CONTRIBUTING.md describes: `catalogctl new`, and the workflows."""
    source = _deployed(root)[-1]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        new.run(Workspace(root), name=name, source=source, account="123123123123")
    deploy = root / ".github" / "workflows" / "deploy.yml"
    job = _job(deploy.read_text(), source).replace(f": {source}\n", f": {name}\n")
    job = re.sub(
        r"needs: .*", f"needs: [build, {source}]", job.replace(f"  {source}:", f"  {name}:")
    )
    deploy.write_text(f"{deploy.read_text().rstrip()}\n\n{job}")


def remove_environment(root: Path) -> str:
    """Remove the first deployed environment and its job; return its name."""
    first, second, *_ = _deployed(root)
    (root / "environments" / f"{first}.yaml").unlink()
    deploy = root / ".github" / "workflows" / "deploy.yml"
    text = deploy.read_text().replace(_job(deploy.read_text(), first), "")
    deploy.write_text(text.replace(f"needs: [build, {first}]", "needs: build"))
    assert second in _deployed(root)
    return first


def _write(workspace: Workspace, name: str, tree: Mapping[str, Any]) -> None:
    text = MODELINE + yaml.safe_dump(tree, sort_keys=False)
    (workspace.environments / f"{name}.yaml").write_text(text)


def _deployed(root: Path) -> list[str]:
    text = (root / ".github" / "workflows" / "deploy.yml").read_text()
    return re.findall(r"^      environment: (.+)$", text, re.MULTILINE)


def _job(text: str, name: str) -> str:
    found = re.search(rf"^  {name}:\n(?:    .*\n|\n)*", text, re.MULTILINE)
    assert found is not None
    return found.group()
