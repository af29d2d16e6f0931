"""Builds a bundle once per content and target, safely beside other builders."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from catalog_platform import process
from catalog_platform.errors import PlatformError, ToolError
from catalog_platform.packaging.recipe import Recipe, source_files
from catalog_platform.packaging.target import Target
from catalog_platform.packaging.tree import missing_services, normalise, prune

INSTALL_TIMEOUT_SECONDS = 600.0


def build(function: Path, target: Target, out: Path, uv: Path) -> Path:
    """The bundle of `functions/<name>` for a target: `out/<name>/<digest>`, ready for Lambda.

    The name is the content's, so an unchanged function is not built again, and a half-built
    bundle is never seen. Raises `ToolError` when the pinned wheels cannot be installed,
    `PlatformError` when the folder is not a function or the disk refuses.
    """
    recipe = Recipe.read(function)
    bundle = out.resolve() / recipe.name / recipe.digest(target)[:32]
    if bundle.is_dir():
        return bundle
    # Only a build needs it, and loading CycloneDX's library takes a fifth of a second.
    from catalog_platform.packaging import sbom

    try:
        bundle.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".building-", dir=bundle.parent) as folder:
            tree = Path(folder) / "tree"
            _install(recipe, target, tree, uv)
            _copy_sources(recipe, tree)
            prune(tree, recipe.services)
            sbom.write(recipe, target, tree)
            normalise(tree)
            _publish(tree, bundle)
    except OSError as error:
        raise PlatformError(
            f"cannot write the bundle of {recipe.name} to {out}: {error.strerror or error}",
            hint="check free space and permissions of that folder",
        ) from error
    return bundle


def _install(recipe: Recipe, target: Target, tree: Path, uv: Path) -> None:
    tree.mkdir()
    command: list[str | Path] = [
        uv,
        # The machine's own certificates, as pip has them: companies put mirrors behind theirs.
        "--system-certs",
        *("--no-progress", "--color", "never", "pip", "install", "--quiet", "--target"),
        tree,
        *("--python", sys.executable, *target.uv_options()),
        *("--require-hashes", "--only-binary", ":all:", "--no-compile-bytecode"),
        # Hard links would let the normalised times and modes reach into uv's cache.
        *("--link-mode", "copy", "--requirements"),
        recipe.requirements,
    ]
    try:
        process.run(command, timeout=INSTALL_TIMEOUT_SECONDS)
    except ToolError as error:
        raise ToolError(
            f"cannot install the requirements of {recipe.name} for {target}: {error.message}",
            returncode=error.returncode,
            tail=error.tail,
            hint=_hint(recipe, target, error.tail),
        ) from error
    unknown = missing_services(tree, recipe.services)
    if unknown:
        raise PlatformError(
            f"{recipe.name}/bundle.toml: botocore knows no service {', '.join(unknown)}",
            hint="services have botocore's names, such as s3 or secretsmanager; "
            "botocore must be among the requirements",
        )


def _hint(recipe: Recipe, target: Target, tail: str) -> str:
    said = " ".join(tail.lower().split())
    if "hash mismatch" in said:
        return (
            f"a wheel is not the one that {recipe.requirements} pins: if the pins are meant to "
            "change, compile the file again with `make lock`; if not, do not trust the index"
        )
    if "no wheels with a matching" in said:
        return (
            f"a pinned package has no wheel for {target}: choose another runtime or architecture "
            "(python3.12 and later take newer wheels), or pin another version"
        )
    if "no space left" in said:
        return "the disk is full: free some space, then try again"
    return "the pinned wheels come from the package index: check the network, then try again"


def _copy_sources(recipe: Recipe, tree: Path) -> None:
    for source in recipe.sources:
        for path in source_files(source):
            place = tree / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)


def _publish(tree: Path, bundle: Path) -> None:
    try:
        tree.rename(bundle)
    except OSError:
        # Another builder was faster; equal names mean equal bytes.
        if not bundle.is_dir():
            raise
