"""The lines of the manifests that cause the changes of a stack outside of its template."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from catalog_platform.plan.model import Because, Change, KeyChange

# The keys that set what is not in the template, by the name of the change's property.
KEYS = {
    "account": "environment.account",
    "region": "environment.region",
    "name": "environment.name",
    "termination_protection": "release.termination_protection",
}


def with_keys(
    found: Sequence[Change], keys: Sequence[KeyChange], files: Sequence[str]
) -> list[Change]:
    """Return changes of a stack with the changed keys that cause them.

    Without such a key, the cause is the code, of which `files` differ.
    """
    known = {each.key: each for each in keys}
    return [
        msgspec.structs.replace(change, because=[*_causes(change, known, files)])
        for change in found
    ]


def _causes(change: Change, known: dict[str, KeyChange], files: Sequence[str]) -> list[Because]:
    # The old stack of a renamed environment stays because of the new name.
    names = [each.path for each in change.properties] or ["name"]
    found = [known[KEYS[name]] for name in names if KEYS[name] in known]
    if found:
        return [
            Because(
                kind="key",
                side=each.side,
                key=each.key,
                old=each.old,
                new=each.new,
                file=each.file,
                line=each.line,
            )
            for each in found
        ]
    if not files:
        return []
    return [Because(kind="code", side="head", file=files[0], line=1, files=[*files])]


def as_additions(changes: Sequence[Change], of_stack: Sequence[Change]) -> list[Change]:
    """Return the additions to another stack with the causes of that stack."""
    causes: list[Because] = []
    for each in (cause for change in of_stack for cause in change.because):
        if each not in causes:
            causes.append(each)
    return [msgspec.structs.replace(change, because=causes) for change in changes]
