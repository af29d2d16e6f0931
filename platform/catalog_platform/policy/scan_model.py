"""The JSON of a scan; `catalogctl schema --of scan` prints its schema.

A key that is absent is not null: the scan was not compared, the result is not waived, and so on.
"""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import UNSET, Struct, UnsetType

SCHEMA_VERSION: Literal[1] = 1
Severity = Literal["critical", "high", "medium", "low", "info"]


class Base(Struct, kw_only=True):
    """The version that the scan is compared with.

    `policies` is true if its policies, waivers and prices count, not those of the working tree.
    """

    ref: str
    commit: str
    policies: bool | UnsetType = UNSET


class Environment(Struct, kw_only=True):
    """An environment with its counts; a failing policy is an error from the threshold on.

    `failed` includes the problems of the environment.
    """

    environment: str
    tier: str
    target: str
    threshold: Severity
    passed: int
    failed: int
    waived: int


class AppliedWaiver(Struct, kw_only=True):
    """The waiver that covers a result."""

    id: str
    owner: str
    expires: str
    days: int


class Cause(Struct, kw_only=True):
    """A manifest key, or the code, that was edited and led to a result."""

    kind: Literal["key", "code"]
    file: str
    line: int
    key: str | UnsetType = UNSET


class Place(Struct, kw_only=True):
    """A line of the repository's code."""

    file: str
    line: int


class Result(Struct, kw_only=True):
    """A policy that failed, or was skipped, on a resource; see `results.PolicyResult`."""

    environment: str
    policy: str
    message: str
    severity: Severity
    outcome: Literal["failed", "skipped"]
    blocking: bool
    resource: str
    logical_id: str
    type: str
    section: str
    detail: str
    paths: list[str]
    digest: str
    hint: str
    file: str
    line: int
    column: int
    key: str | UnsetType = UNSET
    status: Literal["new", "unchanged"] | UnsetType = UNSET
    source: Place | UnsetType = UNSET
    causes: list[Cause] = []
    waiver: AppliedWaiver | UnsetType = UNSET


class Check(Struct, kw_only=True):
    """On how many resources of a manifest section a policy passed, failed or is waived."""

    environment: str
    section: str
    policy: str
    severity: Severity
    passed: int
    failed: int
    waived: int


class Finding(Struct, kw_only=True):
    """A finding, as in the JSON of every command."""

    rule: str
    severity: Literal["error", "warning", "note"]
    message: str
    hint: str
    path: str
    environment: str
    file: str
    line: int
    column: int
    excerpt: str
    documentation: str


class Scan(Struct, kw_only=True):
    """A scan: what each policy decided, and the findings that follow from it."""

    schema_version: Literal[1] = SCHEMA_VERSION
    base: Base | UnsetType = UNSET
    environments: list[Environment]
    results: list[Result]
    fixed: list[Result]
    checks: list[Check]
    findings: list[Finding]


def decode(text: bytes | str) -> Scan:
    """Return the scan of a JSON text. Raises `msgspec.ValidationError` or `DecodeError`."""
    return msgspec.json.decode(text, type=Scan)
