"""Build a bundle once per recipe and target; concurrent builds are safe."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from catalog_platform import bundle, process, variables
from catalog_platform.errors import PlatformError, ToolError
from catalog_platform.packaging import bytecode
from catalog_platform.packaging.recipe import Recipe, source_files
from catalog_platform.packaging.target import BuildTarget
from catalog_platform.packaging.tree import missing_services, prune
from catalog_platform.packaging.user_bundles import UserBundles, touch

INSTALL_TIMEOUT_SECONDS = 600.0


def build(
    function: Path, target: BuildTarget, out: Path, uv: Path, shared: UserBundles | None = None
) -> Path:
    """Build the Lambda bundle of `functions/<name>` for a target and return its path.

    It is `out/<name>/<digest>.zip`. The digest is that of the recipe, so an unchanged function is
    not built again. With `shared`, what another repository has built is taken from there. The file
    appears only when it is complete, and one that is damaged is replaced. Raises `ToolError` if the
    pinned wheels cannot be installed or the sources cannot be compiled, and `PlatformError` if
    `function` is not a function's folder or the bundle cannot be written.
    """
    recipe = Recipe.read(function)
    digest = recipe.digest(target)
    path = out.resolve() / recipe.name / f"{digest[:32]}.zip"
    if bundle.is_intact(path):
        touch(path)
        return path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if shared is None:
            _build(recipe, target, path, uv)
        elif not shared.take(recipe.name, digest, path):
            _build(recipe, target, path, uv)
            shared.keep(recipe.name, digest, path)
    except OSError as error:
        raise PlatformError(
            f"cannot write the bundle of {recipe.name} to {out}: {error.strerror or error}",
            hint="check the free space and the permissions of that folder",
        ) from error
    return path


def _build(recipe: Recipe, target: BuildTarget, path: Path, uv: Path) -> None:
    # Only builds need the CycloneDX library, and importing it takes 0.2 seconds.
    from catalog_platform.packaging import sbom

    with tempfile.TemporaryDirectory(prefix=".building-", dir=path.parent) as folder:
        tree, built = Path(folder) / "tree", Path(folder) / path.name
        _install(recipe, target, tree, uv)
        _copy_sources(recipe, tree)
        prune(tree, recipe.services)
        bytecode.add(tree, target)
        sbom.write(recipe, target, tree)
        bundle.pack(tree, built)
        built.replace(path)


def _install(recipe: Recipe, target: BuildTarget, tree: Path, uv: Path) -> None:
    tree.mkdir()
    command: list[str | Path] = [
        uv,
        # Use the machine's certificates, as pip does: companies use their own for mirrors.
        "--system-certs",
        *("--no-progress", "--color", "never", "pip", "install", "--quiet", "--target"),
        tree,
        *("--python", sys.executable, *target.uv_options()),
        *("--require-hashes", "--only-binary", ":all:", "--no-compile-bytecode"),
        # With hard links, a source that replaces a package's file would change uv's cache.
        *("--link-mode", "copy", "--requirements"),
        recipe.requirements,
    ]
    try:
        process.run(
            command,
            timeout=INSTALL_TIMEOUT_SECONDS,
            environment=variables.inherit(variables.NETWORK, variables.UV),
        )
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
            f"{recipe.name}/bundle.toml: services: not in botocore: {', '.join(unknown)}",
            hint="use botocore's service names, such as s3 or secretsmanager, and list botocore in "
            "requirements.txt",
        )


def _hint(recipe: Recipe, target: BuildTarget, tail: str) -> str:
    output = " ".join(tail.lower().split())
    if "hash mismatch" in output:
        return (
            f"a wheel's hash differs from the one in {recipe.requirements}: if you changed the "
            "pins, run `make lock`; otherwise the package index may be compromised"
        )
    if "no wheels with a matching" in output:
        return (
            f"a pinned package has no wheel for {target}: choose another runtime or architecture "
            "(python3.12 and later accept newer wheels), or pin another version"
        )
    if "no space left" in output:
        return "the disk is full: free some space, then try again"
    return "the wheels come from the package index: check the network, then try again"


def _copy_sources(recipe: Recipe, tree: Path) -> None:
    for source in recipe.sources:
        for path in source_files(source):
            destination = tree / path.relative_to(source)
            destination.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, destination)
