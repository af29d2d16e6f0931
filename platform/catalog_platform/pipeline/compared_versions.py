"""The two versions that a plan or a scan compares, with what Git says about them.

Git is asked once for each answer. What depends on nothing but the base's commit is kept while a
process compares with it: `watch` answers again and again. A branch can move, so the caller finds
the commit anew each time.
"""

from __future__ import annotations

import datetime
import functools
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.kept import is_committed
from catalog_platform.stages import stage
from catalog_platform.versions.checkout import check_out
from catalog_platform.versions.comparison_base import Base
from catalog_platform.versions.files import CommitFiles, changed_files, is_below
from catalog_platform.workspace import Workspace

MANIFESTS = "environments"
POLICIES = "policies"
# What a stack is made of, other than manifests.
CODE = (
    "platform",
    "functions",
    "requirements",
    "package.json",
    "package-lock.json",
    "pyproject.toml",
)
# A distribution of its own, which no stack is made of.
OTHER = "platform/embedded_aws"


@dataclass(frozen=True)
class ComparedVersions:
    """A base, and the working tree `now`.

    `files` are those of the base's commit. The workspace of `before` has the manifests of the base,
    and its policies where they are compared. `changed` are the files of code and policies that
    differ, new ones included. `check_out` returns the whole base in a folder.
    """

    base: Base
    files: CommitFiles
    before: Manifests
    now: Manifests
    changed: list[str]
    check_out: Callable[[], Workspace]

    @functools.cached_property
    def code(self) -> list[str]:
        """Return the files of the code that differ."""
        code = (name for name in self.changed if is_below(name, CODE))
        return [name for name in code if not is_below(name, (OTHER,))]

    @functools.cached_property
    def policies(self) -> list[str]:
        """Return the files of the policies that differ."""
        return [name for name in self.changed if is_below(name, (POLICIES,))]

    @functools.cached_property
    def is_build_committed(self) -> bool:
        """Return whether the build folder may have files of a commit; see `is_committed`."""
        return is_committed(self.now.workspace)


class Bases:
    """The bases that a process compares its working tree with, in a temporary folder.

    `parts` are the folders that are checked out of each: manifests, and policies if need be. The
    last base is kept until another one is compared with; `close` it at the end.
    """

    def __init__(self, *parts: str) -> None:
        self._parts = parts
        self._last: _Checkout | None = None

    def close(self) -> None:
        """Remove what is checked out."""
        if self._last is not None:
            self._last.folder.cleanup()
            self._last = None

    def compare(self, now: Manifests, base: Base) -> ComparedVersions:
        """Return the base and the working tree `now`.

        Raises `PlatformError` when the base can't be checked out.
        """
        last, workspace = self._last, now.workspace
        # Notes about manifests depend on the day.
        key = (workspace, base.commit, datetime.datetime.now(datetime.UTC).date())
        if last is None or last.key != key:
            self.close()
            with stage("check the base out"):
                last = self._last = _Checkout(key, self._parts, now)
        return ComparedVersions(
            base=base,
            files=last.files,
            before=last.manifests,
            now=now,
            changed=changed_files(workspace, base.commit, *CODE, POLICIES),
            check_out=last.whole,
        )


class _Checkout:
    """A commit of a workspace on a day: parts of it in a folder, and all of it when needed."""

    def __init__(
        self, key: tuple[Workspace, str, datetime.date], parts: Sequence[str], now: Manifests
    ) -> None:
        self.key = key
        workspace, commit, _ = key
        self.files = CommitFiles(workspace, commit, *CODE, MANIFESTS, POLICIES)
        self.folder = tempfile.TemporaryDirectory(prefix="catalogctl-base-")
        try:
            found = [each for each in parts if self.files.has(each)]
            # A fraction of the files, and often enough.
            some = self._check_out(*found) if found else Workspace(Path(self.folder.name) / "none")
        except BaseException:
            self.folder.cleanup()
            raise
        self.manifests = Manifests(some, now.kept)

    @functools.cached_property
    def _whole(self) -> Workspace:
        return self._check_out()

    def whole(self) -> Workspace:
        """Return the whole commit in a folder. Raises `PlatformError` if that fails."""
        return self._whole

    def _check_out(self, *paths: str) -> Workspace:
        workspace, commit, _ = self.key
        folder = Path(tempfile.mkdtemp(dir=self.folder.name)) / "checkout"
        return check_out(workspace, commit, folder, *paths)
