"""Where things are: the repository that is worked on, and the tools that work on it.

The two differ when `catalogctl -C DIR` points at another checkout: manifests, policies and state
are then DIR's, the programs stay those that were installed with this package.
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
    """A repository with an `environments/` folder; every path is derived from its root."""

    root: Path

    @classmethod
    def find(cls, start: Path) -> Workspace:
        """The repository that `start` lies in, looking upward for `environments/defaults.yaml`.

        Raises `UsageError` when there is none.
        """
        try:
            start = start.resolve()
        except FileNotFoundError as error:
            raise UsageError(
                "the working folder is not there any more",
                hint="change to one that is, or name a repository in full with -C DIR",
            ) from error
        for folder in (start, *start.parents):
            if (folder / "environments" / f"{DEFAULTS}.yaml").is_file():
                return cls(folder)
        raise UsageError(
            f"{start}: no environments/{DEFAULTS}.yaml here or in any folder above",
            hint="run catalogctl inside a platform repository, or name one with -C DIR",
        )

    @property
    def environments(self) -> Path:
        """The manifests."""
        return self.root / "environments"

    @property
    def functions(self) -> Path:
        """One folder per Lambda function."""
        return self.root / "functions"

    @property
    def policies(self) -> Path:
        """The checkov checks and the waivers."""
        return self.root / "policies"

    @property
    def build(self) -> Path:
        """Everything that can be made anew: bundles, assemblies, reports."""
        return self.root / "build"

    @property
    def state(self) -> Path:
        """What the embedded AWS keeps between runs."""
        return self.root / ".local"

    def environment_names(self) -> tuple[str, ...]:
        """The environments that have a manifest, in alphabetical order.

        Raises `OSError` when the folder cannot be listed.
        """
        if not self.environments.is_dir():
            return ()
        names = folders.names_in(self.environments)
        found = (name.removesuffix(".yaml") for name in names if name.endswith(".yaml"))
        # Editors leave hidden files such as `.#prod.yaml` beside the one being edited.
        return tuple(
            sorted(name for name in found if name not in ("", DEFAULTS) and name[0] != ".")
        )

    def select(self, names: Sequence[str]) -> tuple[str, ...]:
        """The named environments, each once, in the order given; all of them when none is named.

        Raises `UsageError` for a name without a manifest.
        """
        known = self.environment_names()
        for name in names:
            if name not in known:
                raise UsageError(
                    f"unknown environment '{name}'; there are: {', '.join(known) or 'none yet'}",
                    hint=suggestion(name, known),
                )
        return tuple(dict.fromkeys(names)) or known


@dataclass(frozen=True, slots=True)
class Toolchain:
    """The programs that `make setup` installed beside this package."""

    home: Path

    @classmethod
    def installed(cls) -> Toolchain:
        """The tools of the virtual environment that runs this process."""
        return cls(Path(sys.prefix).parent)

    @property
    def node(self) -> Path:
        """Node.js, from a Python package: neither CDK nor jsii needs one on the machine."""
        return Path(sys.prefix) / "bin" / "node"

    @property
    def cdk(self) -> Path:
        """The CDK command line, a script for `node`."""
        return self.home / "node_modules" / "aws-cdk" / "bin" / "cdk"

    @property
    def uv(self) -> Path:
        """Installs the pinned requirements of a function into its bundle."""
        return Path(sys.prefix) / "bin" / "uv"

    @property
    def embedded_python(self) -> Path:
        """Python of the environment that holds the embedded AWS and its servers."""
        return self.home / ".venv-embedded" / "bin" / "python"
