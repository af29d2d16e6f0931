"""Paths of the repository to work on (`Workspace`) and of installed programs (`Toolchain`).

The two differ when `catalogctl -C DIR` selects another checkout: manifests, policies and state are
then those of DIR; the programs are those installed with this package.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from catalog_platform import folders
from catalog_platform.errors import UsageError
from catalog_platform.findings import suggestion

DEFAULTS = "defaults"


@dataclass(frozen=True, slots=True)
class Workspace:
    """A repository with an `environments/` folder; its paths derive from `root`."""

    root: Path

    @classmethod
    def find(cls, start: Path) -> Workspace:
        """Return the repository that contains `start`.

        It is the nearest folder with `environments/defaults.yaml`. Raises `UsageError` if neither
        `start` nor a parent has that file.
        """
        try:
            start = start.resolve()
        except FileNotFoundError as error:
            raise UsageError(
                "the current folder no longer exists",
                hint="change to another folder, or pass an absolute path with -C DIR",
            ) from error
        for folder in (start, *start.parents):
            if (folder / "environments" / f"{DEFAULTS}.yaml").is_file():
                return cls(folder)
        raise UsageError(
            f"{start}: no environments/{DEFAULTS}.yaml here or in a parent folder",
            hint="run catalogctl in a platform repository, or pass its folder with -C DIR",
        )

    @property
    def environments(self) -> Path:
        """Return the folder of manifests."""
        return self.root / "environments"

    @property
    def functions(self) -> Path:
        """Return the folder with a subfolder per Lambda function."""
        return self.root / "functions"

    @property
    def policies(self) -> Path:
        """Return the folder of checkov policies and waivers."""
        return self.root / "policies"

    @property
    def build(self) -> Path:
        """Return the folder of generated files: bundles, assemblies, reports."""
        return self.root / "build"

    @property
    def state(self) -> Path:
        """Return the folder of the embedded AWS's state."""
        return self.root / ".local"

    def environment_names(self) -> tuple[str, ...]:
        """Return the names of environments that have a manifest, in alphabetical order.

        Raises `OSError` when the folder cannot be listed.
        """
        if not self.environments.is_dir():
            return ()
        names = folders.names_in(self.environments)
        found = (name.removesuffix(".yaml") for name in names if name.endswith(".yaml"))
        # Editors leave hidden files such as `.#prod.yaml` next to the edited file.
        return tuple(
            sorted(name for name in found if name not in ("", DEFAULTS) and name[0] != ".")
        )

    def select(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return `names` without duplicates, in the order given, or all environments if empty.

        Raises `UsageError` for a name without a manifest.
        """
        known = self.environment_names()
        for name in names:
            if name not in known:
                raise UsageError(
                    f"unknown environment '{name}'; environments: {', '.join(known) or 'none'}",
                    hint=suggestion(name, known),
                )
        return tuple(dict.fromkeys(names)) or known


@dataclass(frozen=True, slots=True)
class Toolchain:
    """The programs that `make setup` installs along with this package."""

    home: Path

    @classmethod
    def installed(cls) -> Toolchain:
        """Return the tools of the virtual environment that runs this process."""
        return cls(Path(sys.prefix).parent)

    @property
    def node(self) -> Path:
        """Return the Node.js of a Python package, which the CDK and jsii use."""
        return Path(sys.prefix) / "bin" / "node"

    @property
    def cdk(self) -> Path:
        """Return the CDK command line, a script that `node` runs."""
        return self.home / "node_modules" / "aws-cdk" / "bin" / "cdk"

    @property
    def uv(self) -> Path:
        """Return uv, which installs a function's pinned requirements into its bundle."""
        return Path(sys.prefix) / "bin" / "uv"

    @property
    def embedded_python(self) -> Path:
        """Return the Python interpreter of the embedded AWS's virtual environment."""
        return self.home / ".venv-embedded" / "bin" / "python"
