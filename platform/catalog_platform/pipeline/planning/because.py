"""The lines of the manifests, and the files of the code, that cause each change."""

from __future__ import annotations

from collections.abc import Sequence

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
    files of the code that differ.
    """
    try:
        edits = variants.edits()
    except FindingsError:
        return found, bool(files)
    attribution = Attribution(
        edits,
        variants.changes,
        every={each.logical_id: each for each in rows},
        # The base's manifest and the same code make the base's stack.
        of_code=None if files else {},
    )
    causes, of_code = attribution.causes(), attribution.of_code() if files else {}
    explained = [
        msgspec.structs.replace(
            change,
            because=[
                *(_of_edit(edit) for edit in causes.get(change.logical_id, ())),
                *([_of_code(change, files)] if change.logical_id in of_code else []),
            ],
        )
        for change in found
    ]
    return explained, bool(of_code)


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


def _of_code(change: Change, files: list[str]) -> Because:
    """Return the cause of a change by the code, with the files that may concern it."""
    is_bundle = change.type == "AWS::Lambda::Function" and all(
        each.path.startswith("Code.") for each in change.properties
    )
    own = [each for each in files if each.startswith("functions/") is is_bundle] or files
    return Because(kind="code", side="head", file=own[0], line=1, files=own)
