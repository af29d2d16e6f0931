"""Synthesises manifests with stub bundles, and reads the templates by construct path."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from catalog_platform.bundle import Bundles
from catalog_platform.infra.app import synthesise
from catalog_platform.model import Manifest
from support.bundles import stub_files, write_bundle

FUNCTIONS = ("inventory_processor", "schema_migrator", "failure_replayer", "catalog_reader")


def stub_bundles(folder: Path) -> Bundles:
    """Write bundles with an empty handler and one migration; always the same content."""
    return Bundles(*(write_bundle(folder / f"{name}.zip", stub_files(name)) for name in FUNCTIONS))


def assembly_of(folder: Path, manifests: Iterable[Manifest]) -> Path:
    """Synthesise one assembly of the manifests below `folder`."""
    bundles = stub_bundles(folder / "bundles")
    environments = {manifest.environment.name: (manifest, bundles) for manifest in manifests}
    return synthesise(environments, folder / "assembly")


def templates_of(folder: Path, *manifests: Manifest) -> tuple[Template, ...]:
    """Synthesise the manifests; return their templates in the same order."""
    assembly = assembly_of(folder, manifests)
    return tuple(Template(assembly, manifest.environment.name) for manifest in manifests)


@dataclass(frozen=True)
class Template:
    """The template of one environment in an assembly."""

    assembly: Path
    environment: str

    @cached_property
    def content(self) -> dict[str, Any]:
        """The template itself."""
        return self._read("template.json")

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The manifest of the assembly."""
        found: dict[str, Any] = json.loads((self.assembly / "manifest.json").read_text())
        return found

    @property
    def resources(self) -> dict[str, Any]:
        """Resources by logical id."""
        resources: dict[str, Any] = self.content["Resources"]
        return resources

    @cached_property
    def logical_ids(self) -> dict[str, str]:
        """Logical ids by construct path below the stack, without `/Resource` and `/Default`."""
        return {_construct(path): name for path, name in self.full_logical_ids.items()}

    @cached_property
    def full_logical_ids(self) -> dict[str, str]:
        """Logical ids by construct path below the stack."""
        return {
            path.removeprefix(f"/catalog-{self.environment}/"): entry["data"]
            for path, entries in self._read("metadata.json").items()
            for entry in entries
            if entry["type"] == "aws:cdk:logicalId"
        }

    def has(self, path: str) -> bool:
        """Whether there is a resource at a construct path."""
        return path in self.logical_ids

    def resource(self, path: str) -> dict[str, Any]:
        """The resource at a construct path such as `Archive/Bucket`."""
        found: dict[str, Any] = self.resources[self.logical_ids[path]]
        return found

    def properties(self, path: str) -> dict[str, Any]:
        """The properties of the resource at a construct path."""
        found: dict[str, Any] = self.resource(path).get("Properties", {})
        return found

    def all_of(self, kind: str) -> dict[str, dict[str, Any]]:
        """The properties of every resource of a type, by logical id."""
        return {
            logical_id: resource.get("Properties", {})
            for logical_id, resource in self.resources.items()
            if resource["Type"] == kind
        }

    def ref(self, path: str) -> dict[str, str]:
        """Return a `Ref` of the resource at a construct path."""
        return {"Ref": self.logical_ids[path]}

    def arn(self, path: str) -> dict[str, list[str]]:
        """Return a `Fn::GetAtt` of the ARN of the resource at a construct path."""
        return {"Fn::GetAtt": [self.logical_ids[path], "Arn"]}

    def statements(self, path: str) -> list[dict[str, Any]]:
        """The statements of the policy document of a resource."""
        properties = self.properties(path)
        document = properties.get("PolicyDocument") or properties["KeyPolicy"]
        found: list[dict[str, Any]] = document["Statement"]
        return found

    def actions(self, path: str) -> set[str]:
        """Every action that the policy at a construct path allows."""
        allowed: set[str] = set()
        for statement in self.statements(path):
            if statement["Effect"] == "Deny":
                continue
            action = statement["Action"]
            allowed.update([action] if isinstance(action, str) else action)
        return allowed

    def login_policies(self, role: str) -> list[str]:
        """The construct paths of the policies with which a role logs in by token, sorted by user.

        A policy allows one user of one instance or proxy.
        """
        found = [path for path in self.logical_ids if path.startswith(f"{role}/Login")]
        return sorted(found, key=lambda path: str(self.statements(path)[0]["Resource"]))

    def login_policy(self, role: str) -> str:
        """The construct path of the only such policy of a role."""
        (found,) = self.login_policies(role)
        return found

    def _read(self, suffix: str) -> dict[str, Any]:
        file = self.assembly / f"catalog-{self.environment}.{suffix}"
        found: dict[str, Any] = json.loads(file.read_text())
        return found


def _construct(path: str) -> str:
    return path.removesuffix("/Resource").removesuffix("/Default")
