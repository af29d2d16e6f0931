"""The plan as JSON has it: what a merge does, per environment. `UNSET` fields are absent.

`docs/plan.schema.json` is generated from these types (`catalogctl schema --of plan`).
"""

from __future__ import annotations

from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType

SCHEMA_VERSION: Literal[1] = 1

Status = Literal["unchanged", "changed", "added", "removed", "renamed", "unknown"]
Action = Literal["add", "update", "replace", "remove", "rerun"]
Question = Literal["stack", "template", "change_set", "drift", "databases"]
VerdictName = Literal[
    "safe",
    "interrupts",
    "orphaned",
    "unprotected",
    "irreversible",
    "at_risk",
    "lost",
    "rejected",
]


class Base(Struct, frozen=True, kw_only=True):
    """The commit that is compared against, and how it was named.

    `policies` is true if its acknowledgements and prices count, not those of the working tree.
    """

    ref: str
    commit: str
    policies: bool | UnsetType = UNSET


class Head(Struct, frozen=True, kw_only=True):
    """The commit of the working tree; `dirty` is whether files differ from it."""

    commit: str
    dirty: bool


class KeyChange(Struct, frozen=True, kw_only=True):
    """A key whose value changes in the manifest, with the line that sets it.

    The line of a removed key is in the file as the base has it.
    """

    key: str
    old: Any | UnsetType = UNSET
    new: Any | UnsetType = UNSET
    side: Literal["base", "head"] = "head"
    file: str
    line: int


class Property(Struct, frozen=True, kw_only=True):
    """A property that changes. `requires` is what AWS does to change it."""

    path: str
    old: Any | UnsetType = UNSET
    new: Any | UnsetType = UNSET
    verdict: VerdictName
    requires: Literal["update", "replacement"]
    redacted: bool | UnsetType = UNSET
    folded: bool | UnsetType = UNSET


class Because(Struct, frozen=True, kw_only=True):
    """A cause of a change: a key of the manifest on one side, or files of the code."""

    kind: Literal["key", "code"]
    side: Literal["base", "head"]
    key: str | UnsetType = UNSET
    old: Any | UnsetType = UNSET
    new: Any | UnsetType = UNSET
    file: str
    line: int
    files: list[str] | UnsetType = UNSET


class Acknowledgement(Struct, frozen=True, kw_only=True):
    """The entry of `policies/waivers.yaml` that accepts a change."""

    id: str
    owner: str
    reason: str
    expires: str


class Change(Struct, frozen=True, kw_only=True):
    """The change of one resource, or of the stack itself (with the type `stack`).

    `account` has what makes the verdict worse than that of the templates, as the account says.
    `drift` is true if the change blocks only because the deployed resource isn't as its template
    says; its acknowledgement then has `kind: drift` instead of `kind: change`.
    """

    resource: str
    logical_id: str
    type: str
    action: Action
    verdict: VerdictName
    retained: bool
    group: str
    blocking: bool
    acknowledgement: Acknowledgement | UnsetType = UNSET
    properties: list[Property]
    because: list[Because]
    via: list[str]
    explanation: str
    source: str
    account: list[str] | UnsetType = UNSET
    drift: bool | UnsetType = UNSET


class Cost(Struct, frozen=True, kw_only=True):
    """Monthly cost, in `currency`, of everything that is billed by the hour or the piece.

    `as_of` is the date of the oldest price, empty without one. `new` includes what a merge leaves
    in the account, which `assumptions` names. `unknown` says which parts of either side have no
    known cost.
    """

    currency: str
    as_of: str
    old: float
    new: float
    difference: float
    assumptions: list[str]
    unknown: list[str]


class EnvironmentFinding(Struct, frozen=True, kw_only=True):
    """A finding that makes an environment unknown, on the side that has it."""

    side: Literal["base", "head"]
    rule: str
    message: str
    file: str
    line: int


class Answer(Struct, frozen=True, kw_only=True):
    """What the account answered to a question, or why there is no answer."""

    question: Question
    answered: bool
    message: str
    hint: str | UnsetType = UNSET


class Note(Struct, frozen=True, kw_only=True):
    """A fact about a resource that only the account knows; `expected` is the template's value."""

    question: Question
    resource: str
    logical_id: str
    verdict: VerdictName
    message: str
    property: str | UnsetType = UNSET
    expected: Any | UnsetType = UNSET
    actual: Any | UnsetType = UNSET
    redacted: bool | UnsetType = UNSET


class Account(Struct, frozen=True, kw_only=True):
    """What the account says about an environment; without `stack_status` there is no stack."""

    account: str
    region: str
    stack: str
    stack_status: str | UnsetType = UNSET
    answers: list[Answer]
    notes: list[Note]


class EnvironmentPlan(Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """What a merge does to one environment.

    `digest` is the SHA-256 over what the head's assembly has for it; it is absent when nothing was
    synthesised, because code and manifest are those of the base. `code` is whether the
    code changes its stack, with the manifest as it is. `deployed` is the commit in the account.
    `target` is where the working tree deploys it, if its manifest says so.
    """

    environment: str
    status: Status
    target: str | UnsetType = UNSET
    from_: str | UnsetType = UNSET
    findings: list[EnvironmentFinding] | UnsetType = UNSET
    verdict: VerdictName
    digest: str | UnsetType = UNSET
    deployed: str | UnsetType = UNSET
    keys: list[KeyChange]
    code: bool
    stack_changes: list[Change]
    changes: list[Change]
    cost: Cost | UnsetType = UNSET
    account: Account | UnsetType = UNSET


class Plan(Struct, frozen=True, kw_only=True):
    """What a merge does to all environments."""

    schema_version: Literal[1] = SCHEMA_VERSION
    base: Base
    head: Head
    environments: list[EnvironmentPlan]
