"""What is in a bundle, as a CycloneDX 1.6 bill of materials: https://cyclonedx.org/docs/1.6/json/.

It follows from the pinned requirements and the sources alone. A time and a random serial number,
which the format only recommends, would make every build another one.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from catalog_platform import __version__
from catalog_platform.errors import PlatformError
from catalog_platform.packaging.pins import Pin, normal, read
from catalog_platform.packaging.recipe import Recipe
from catalog_platform.packaging.target import Target

FILE = "sbom.cdx.json"
_SERIALS = uuid.uuid5(uuid.NAMESPACE_URL, "https://cyclonedx.org/docs/1.6/json/")


def write(recipe: Recipe, target: Target, tree: Path) -> Path:
    """Write the bill of an installed tree into it.

    Raises `PlatformError` when what is installed is not what was pinned.
    """
    pins = _installed(recipe, tree)
    text = json.dumps(document(recipe, target, pins), indent=1, sort_keys=True) + "\n"
    path = tree / FILE
    path.write_text(text, encoding="utf-8")
    return path


def document(recipe: Recipe, target: Target, pins: Sequence[Pin]) -> dict[str, Any]:
    """The bill of materials of a function with these packages."""
    digest = recipe.digest(target)
    subject = f"{recipe.name}@{__version__}"
    libraries = [f"{source.parent.name}@{__version__}" for source in recipe.sources[1:]]
    direct = [_reference(pin) for pin in pins if pin.direct or not pin.wanted_by]
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(_SERIALS, digest)}",
        "version": 1,
        "metadata": {
            "component": {
                "bom-ref": subject,
                "type": "application",
                "name": recipe.name,
                "version": __version__,
            },
            "tools": {
                "components": [
                    {"type": "application", "name": "catalog-platform", "version": __version__}
                ]
            },
            "properties": [
                {"name": "catalog-platform:recipe-sha256", "value": digest},
                {"name": "catalog-platform:target", "value": str(target)},
            ],
        },
        "components": [*map(_library, libraries), *map(_package, pins)],
        "dependencies": [
            {"ref": subject, "dependsOn": sorted(libraries + direct)},
            *({"ref": library} for library in libraries),
            *({"ref": _reference(pin), "dependsOn": _needs(pin, pins)} for pin in pins),
        ],
    }


def _installed(recipe: Recipe, tree: Path) -> list[Pin]:
    """The pins that apply to the target, which are those that were installed for it."""
    pins = {pin.name: pin for pin in read(recipe.requirements.read_text("utf-8"))}
    found = {}
    for folder in sorted(tree.glob("*.dist-info")):
        name, _, version = folder.name.removesuffix(".dist-info").partition("-")
        found[normal(name)] = version
    foreign = sorted(
        f"{name}=={version}"
        for name, version in found.items()
        if name not in pins or pins[name].version != version
    )
    if foreign:
        raise PlatformError(
            f"{recipe.requirements} does not pin what was installed: {', '.join(foreign)}",
            hint="compile the file again with `make lock`",
        )
    return [pins[name] for name in sorted(found)]


def _library(reference: str) -> dict[str, Any]:
    name, _, version = reference.partition("@")
    return {"bom-ref": reference, "type": "library", "name": name, "version": version}


def _package(pin: Pin) -> dict[str, Any]:
    return {
        "bom-ref": _reference(pin),
        "type": "library",
        "name": pin.name,
        "version": pin.version,
        "purl": _reference(pin),
        "scope": "required",
    }


def _reference(pin: Pin) -> str:
    return f"pkg:pypi/{pin.name}@{pin.version}"


def _needs(pin: Pin, pins: Iterable[Pin]) -> list[str]:
    return [_reference(each) for each in pins if pin.name in each.wanted_by]
