"""The lines of the manifests, and the files of the code, that cause each change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from msgspec import UNSET

from catalog_platform.errors import FindingsError
from catalog_platform.manifest.node import Node, plain
from catalog_platform.manifest.source_edits import SourceEdit
from catalog_platform.pipeline.planning.variants import Variants
from catalog_platform.plan.because import Attribution
from catalog_platform.plan.changes import ResourceChange
from catalog_platform.plan.model import Because, Change


def with_causes(
    variants: Variants, rows: Sequence[ResourceChange], found: list[Change], files: list[str]
) -> tuple[list[Change], bool]:
    """Return the changes with their causes, and whether the code is one of them.

    `rows` are the same changes as the comparison of the stacks gives them, and `files` are the
    files of the code that differ. If the head's code can't read the base's manifest, the keys that
    it needs for that are part of the code: what both change has both as its causes.
    """
    try:
        edits = variants.edits()
    except FindingsError:
        return found, bool(files)
    # The base's manifest and the same code make the base's stack.
    unedited = variants.changes(frozenset()) if files else {}
    is_readable = unedited is not None
    needed = frozenset[SourceEdit]() if is_readable else variants.needed(edits)
    attribution = Attribution(
        [each for each in edits if each not in needed],
        lambda some: variants.changes(needed | some),
        every={each.logical_id: each for each in rows},
        of_code=unedited,
    )
    causes, of_code = attribution.causes(), attribution.of_code() if files else {}
    code = _Code(files, [_of_edit(each) for each in edits if each in needed])
    explained = [
        msgspec.structs.replace(
            change,
            because=[
                *(_of_edit(edit) for edit in causes.get(change.logical_id, ())),
                *(code.of(change) if of_code is None or change.logical_id in of_code else ()),
            ],
        )
        for change in found
    ]
    return explained, not is_readable or bool(of_code)


def _of_edit(edit: SourceEdit) -> Because:
    return Because(
        kind="key",
        side="base" if edit.new is None else "head",
        key=edit.key,
        old=_value(edit.old),
        new=_value(edit.new),
        file=edit.location.file,
        line=edit.location.line,
    )


def _value(node: Node | None) -> object:
    return UNSET if node is None else plain(node)


@dataclass(frozen=True, slots=True)
class _Code:
    """The files of the code that differ, and the keys without which it can't read the base."""

    files: list[str]
    keys: list[Because]

    def of(self, change: Change) -> list[Because]:
        """Return the causes of a change by the code, with the files that may concern it."""
        is_bundle = (
            change.type == "AWS::Lambda::Function"
            and bool(change.properties)
            and all(each.path.startswith("Code.") for each in change.properties)
        )
        own = [each for each in self.files if each.startswith("functions/") is is_bundle]
        files = own or self.files
        code = Because(kind="code", side="head", file=files[0], line=1, files=files)
        return [code] if is_bundle else [*self.keys, code]
