"""The target platform of a bundle: Python version and processor architecture."""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass
from typing import Literal

Architecture = Literal["arm64", "x86_64"]

# AWS Lambda's Python 3.12 and later run on Amazon Linux 2023 (glibc 2.34), 3.11 on Amazon
# Linux 2 (glibc 2.26): https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
_OLD_RUNTIMES = frozenset({"3.9", "3.10", "3.11"})
_MACHINES: dict[str, Architecture] = {"aarch64": "arm64", "arm64": "arm64", "x86_64": "x86_64"}


@dataclass(frozen=True, slots=True)
class BuildTarget:
    """A Python version, such as "3.13", on a processor architecture.

    With `native`, bundles contain wheels for the running interpreter instead of AWS Lambda.
    """

    python: str
    architecture: Architecture
    native: bool = False

    @classmethod
    def of_this_machine(cls) -> BuildTarget:
        """Return the running interpreter's target, for functions that run on this machine."""
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        return cls(version, _MACHINES.get(platform.machine(), "x86_64"), native=True)

    def uv_options(self) -> tuple[str, ...]:
        """Return the options of `uv pip install` that select this target's wheels."""
        if self.native:
            return ()
        machine = "aarch64" if self.architecture == "arm64" else "x86_64"
        libc = "manylinux2014" if self.python in _OLD_RUNTIMES else "manylinux_2_28"
        return ("--python-platform", f"{machine}-{libc}", "--python-version", self.python)

    def __str__(self) -> str:
        """Return architecture and Python version, as used in messages and digests."""
        return f"{self.architecture}/python{self.python}{'/native' if self.native else ''}"
