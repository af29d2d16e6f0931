"""Stacks of the head's code for the base's manifest with some of the edits."""

from __future__ import annotations

import functools
import hashlib
import itertools
from collections.abc import Collection
from pathlib import Path

import msgspec

from catalog_platform.errors import PlatformError, ToolError
from catalog_platform.manifest import Manifests
from catalog_platform.manifest.source_edits import SourceEdit, source_edits, with_edits
from catalog_platform.model.manifest import Manifest
from catalog_platform.pipeline.planning.side import read_stacks
from catalog_platform.pipeline.planning.stack_cache import StackCache
from catalog_platform.pipeline.synth import InThisProcess, Synthesis, package, with_target
from catalog_platform.plan.changes import ResourceChange, changes
from catalog_platform.plan.stack import Stack
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Workspace


class Variants:
    """Compare the base's stack with those of manifests that are partly edited."""

    def __init__(
        self,
        base: Workspace,
        head: Workspace,
        name: str,
        stack: Stack,
        scratch: Path,
        synthesis: Synthesis | None = None,
        kept: StackCache | None = None,
    ) -> None:
        """Take the base's `stack`, as its own code makes it, and a folder for temporary files.

        `synthesis` is by default that of this process. `kept` has stacks that the head's code made
        earlier: who edits one key after the other needs the same ones again.
        """
        self._base = base
        self._head = head
        self._name = name
        self._stack = stack
        self._scratch = scratch
        self._synthesis = synthesis or InThisProcess()
        self._kept = kept
        self._numbers = itertools.count()
        # Building and verifying them again takes 0.03 seconds per variant.
        self._package = functools.cache(lambda target: package(head, target, Progress(quiet=True)))

    def edits(self) -> tuple[SourceEdit, ...]:
        """Return all edits between both versions. Raises `FindingsError`; see `source_edits`."""
        return source_edits(self._base, self._head, self._name)

    def changes(self, edits: frozenset[SourceEdit]) -> dict[str, ResourceChange] | None:
        """Return the changes by logical id; None if the edits can't be synthesised alone."""
        stack = self._synthesised(edits)
        if stack is None:
            return None
        return {each.logical_id: each for each in changes(self._stack, stack)}

    def needed(self, edits: Collection[SourceEdit]) -> frozenset[SourceEdit]:
        """Return the fewest edits without which the head's code can't read the manifest.

        These are keys that it has and the base's code hasn't, or the other way round. Of a key that
        several files set, the first file counts.
        """
        found = frozenset(edits)
        one_sided = frozenset(each for each in edits if each.old is None or each.new is None)
        if self._manifest(one_sided)[1] is not None:
            found = one_sided
        for edit in reversed([*edits]):
            if edit in found and self._manifest(found - {edit})[1] is not None:
                found -= {edit}
        return found

    def _manifest(self, edits: frozenset[SourceEdit]) -> tuple[Path, Manifest | None]:
        """Return the manifest, None if it is invalid, and a folder of its own with its files."""
        folder = self._scratch / f"variant-{next(self._numbers)}"
        for file, text in with_edits(self._base, self._name, edits).items():
            path = folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return folder, Manifests(Workspace(folder)).model(self._name)

    def _synthesised(self, edits: frozenset[SourceEdit]) -> Stack | None:
        folder, manifest = self._manifest(edits)
        if manifest is None:
            return None
        manifest, target = with_target(manifest, None)
        key = f"variant {hashlib.sha256(msgspec.json.encode(manifest)).hexdigest()}"
        if self._kept is not None and (found := self._kept.read(key)) is not None:
            return found[0]
        bundles = self._package(target)
        try:
            assembly = self._synthesis({self._name: (manifest, bundles)}, folder / "assembly")
        except ToolError:  # the process has ended: nothing is known about the edits
            raise
        except PlatformError:
            return None
        stacks, digests = read_stacks(assembly, (self._name,))
        if self._kept is not None:
            self._kept.write(key, stacks[self._name], digests[self._name])
        return stacks[self._name]
