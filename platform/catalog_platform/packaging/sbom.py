"""Create a bundle's software bill of materials (SBOM) in CycloneDX 1.6.

It depends only on the bundle's files and the pins of the installed packages. The timestamp is fixed
and the serial number derived from the rest, because the library's would make every build differ.
https://cyclonedx.org/docs/1.6/json/
"""

from __future__ import annotations

import datetime
import threading
import uuid
import warnings
from collections.abc import Sequence
from pathlib import Path

from cyclonedx.model import Property, Tool
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from catalog_platform import __version__, bundle
from catalog_platform.errors import PlatformError
from catalog_platform.packaging.pins import Pin, normalise_name, read
from catalog_platform.packaging.recipe import Recipe
from catalog_platform.packaging.target import BuildTarget

FILE = "sbom.cdx.json"
_TIMESTAMP = datetime.datetime(1980, 1, 1, tzinfo=datetime.UTC)
_SERIAL_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://cyclonedx.org/docs/1.6/json/")
_FILTERS = threading.Lock()


def write(recipe: Recipe, target: BuildTarget, tree: Path) -> Path:
    """Write the SBOM of a complete tree into the tree.

    Raises `PlatformError` if the installed packages differ from the pinned ones.
    """
    path = tree / FILE
    path.unlink(missing_ok=True)
    digest = bundle.tree_digest(tree)
    bill = bill_of_materials(recipe, target, _installed(recipe, tree), digest)
    # The library warns about functions without dependencies. Warning filters are global to the
    # process, and builds run in several threads.
    with _FILTERS, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The Component this BOM is describing", UserWarning)
        bill.serial_number = uuid.uuid5(_SERIAL_NAMESPACE, JsonV1Dot6(bill).output_as_string())
        text = JsonV1Dot6(bill).output_as_string(indent=1)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def bill_of_materials(recipe: Recipe, target: BuildTarget, pins: Sequence[Pin], digest: str) -> Bom:
    """Return the SBOM of a function with these packages; `digest` is that of all other files."""
    function = _own(recipe.name, ComponentType.APPLICATION)
    libraries = [_own(source.parent.name, ComponentType.LIBRARY) for source in recipe.sources[1:]]
    packages = {pin.name: _package(pin) for pin in pins}
    bill = Bom(
        serial_number=_SERIAL_NAMESPACE,
        components=[*libraries, *packages.values()],
        metadata=BomMetaData(
            component=function,
            timestamp=_TIMESTAMP,
            tools=[Tool(name="catalog-platform", version=__version__)],
            properties=[
                Property(name="catalog-platform:files-sha256", value=digest),
                Property(name="catalog-platform:target", value=str(target)),
            ],
        ),
    )
    direct = [packages[pin.name] for pin in pins if pin.direct or not pin.required_by]
    bill.register_dependency(function, [*libraries, *direct])
    for name, package in packages.items():
        needed = [packages[pin.name] for pin in pins if name in pin.required_by]
        bill.register_dependency(package, needed)
    return bill


def _installed(recipe: Recipe, tree: Path) -> list[Pin]:
    """Return the pins of the installed packages, which are those that apply to the target."""
    pins = {pin.name: pin for pin in read(recipe.requirements.read_text("utf-8"))}
    found = {}
    for folder in sorted(tree.glob("*.dist-info")):
        name, _, version = folder.name.removesuffix(".dist-info").partition("-")
        found[normalise_name(name)] = version
    unpinned = sorted(
        f"{name}=={version}"
        for name, version in found.items()
        if name not in pins or pins[name].version != version
    )
    if unpinned:
        raise PlatformError(
            f"{recipe.requirements}: installed but not pinned: {', '.join(unpinned)}",
            hint="compile the file again with `make lock`",
        )
    return [pins[name] for name in sorted(found)]


def _own(name: str, kind: ComponentType) -> Component:
    return Component(name=name, version=__version__, type=kind, bom_ref=f"{name}@{__version__}")


def _package(pin: Pin) -> Component:
    url = PackageURL("pypi", name=pin.name, version=pin.version)
    return Component(
        name=pin.name,
        version=pin.version,
        purl=url,
        bom_ref=url.to_string(),
        scope=ComponentScope.REQUIRED,
    )
