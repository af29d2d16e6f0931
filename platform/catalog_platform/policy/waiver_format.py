"""The format of a waiver in `policies/waivers.yaml`; policies/README.md documents it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args, get_type_hints

from catalog_platform.model import Environment, Release
from catalog_platform.policy.waiver_horizon import MAXIMUM_DAYS, Listed, horizon_errors

FILE = "waivers.yaml"
KINDS = ("policy", "scanner", "change", "drift")
# The verdicts of a plan that block a merge and can be acknowledged: the rules of these kinds.
VERDICTS: Mapping[str, tuple[str, ...]] = {
    "change": ("unprotected", "irreversible", "at_risk", "lost"),
    "drift": ("at_risk",),
}
REQUIRED = (
    "id", "kind", "scope", "rules", "resources", "reason", "owner", "created", "expires",
)  # fmt: skip
MINIMUM_REASON = 20
MAXIMUM_ID = 60
TICKET = re.compile(r"https?://\S+|[A-Za-z][A-Za-z0-9_]*-[0-9]+")
# A policy, or one of its results on a resource, by the path of the property.
POLICY_RULE = re.compile(r"[^\[\]\s]+(\[[^\[\]\s]+\])?")


def _choices(section: type, key: str) -> tuple[str, ...]:
    return get_args(get_type_hints(section)[key])


SELECTORS: Mapping[str, tuple[str, ...]] = {
    "environments": (),
    "tiers": _choices(Environment, "tier"),
    "targets": _choices(Release, "target"),
}


@dataclass(frozen=True, slots=True)
class WaiverPart:
    """One rule for one resource in one element of the scope; rule and resource may be globs.

    `selector` is a key of `SELECTORS` and `value` one of its names; both are empty for scope `all`.
    """

    waiver: str
    selector: str
    value: str
    rule: str
    resource: str

    @property
    def scope(self) -> str:
        """Return the element of the scope, for messages."""
        return {
            "environments": self.value,
            "tiers": f"any environment of tier {self.value}",
            "targets": f"any environment on {self.value}",
        }.get(self.selector, "any environment")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A waiver: it covers each of its rules for each of its resources in its whole scope.

    With a `digest` (`sha256:…`) it covers only violating values with that digest.
    """

    id: str
    kind: str
    selector: str
    selected: tuple[str, ...]
    rules: tuple[str, ...]
    resources: tuple[str, ...]
    reason: str
    owner: str
    created: datetime.date
    expires: datetime.date
    digest: str = ""
    ticket: str = ""
    line: int = 1

    @property
    def scope(self) -> str | dict[str, list[str]]:
        """Return the scope as in the file."""
        return {self.selector: [*self.selected]} if self.selector else "all"

    @property
    def parts(self) -> Iterator[WaiverPart]:
        """Yield every combination of scope, rule and resource; each must be needed."""
        for value in self.selected or ("",):
            for rule in self.rules:
                for resource in self.resources:
                    yield WaiverPart(self.id, self.selector, value, rule, resource)


def parse_entry(entry: Mapping[str, Any], line: int) -> Waiver:
    """Convert an entry without `entry_errors` to a waiver."""
    scope = {} if entry["scope"] == "all" else entry["scope"]
    selector, selected = next(iter(scope.items()), ("", ()))
    texts = {key: entry[key] for key in ("id", "kind", "owner", "created", "expires")}
    return Waiver(
        **texts,
        selector=selector,
        selected=tuple(selected),
        rules=tuple(entry["rules"]),
        resources=tuple(entry["resources"]),
        reason=entry["reason"].strip(),
        digest=entry.get("digest", ""),
        ticket=entry.get("ticket", ""),
        line=line,
    )


def entry_errors(
    entry: Mapping[str, Any],
    environments: Collection[str],
    today: datetime.date,
    listed: Listed,
) -> list[str]:
    """Return the errors of an entry; `environments` are the names that exist.

    `listed` has the severities of policies, which limit how long a waiver of kind policy is valid.
    """
    if wrong := [*_key_errors(entry)]:
        return wrong
    kind, rules, dates = entry["kind"], entry["rules"], (entry["created"], entry["expires"])
    of_rules = [
        *_glob_errors(kind, rules, entry["resources"]),
        *_verdict_errors(kind, rules),
    ]
    policies = rules if kind == "policy" and not of_rules else ()
    return [
        *_text_errors(entry),
        *_scope_errors(entry["scope"], environments),
        *of_rules,
        *_date_errors(*dates, today),
        *horizon_errors(policies, listed, *dates),
    ]


def _key_errors(entry: Mapping[str, Any]) -> Iterator[str]:
    for key in REQUIRED:
        if key not in entry:
            yield f"the key {key!r} is missing"
    for key, value in entry.items():
        if key in ("id", "kind", "reason", "owner", "digest", "ticket"):
            if not (isinstance(value, str) and value.strip()):
                yield f"{key}: must be text, not {value!r}"
        elif key in ("rules", "resources"):
            if not _is_list_of_texts(value):
                yield f"{key}: must be a list of different texts, not {value!r}"
        elif key in ("created", "expires"):
            if type(value) is not datetime.date:
                yield f"{key}: must be a date such as 2030-12-31, not {value!r}"
        elif key != "scope":
            yield f"the key {key!r} is unknown"


def _is_list_of_texts(value: object) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(each, str) and each.strip() for each in value)
        and len(set(value)) == len(value)
    )


def _text_errors(entry: Mapping[str, Any]) -> Iterator[str]:
    name = entry["id"]
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) or len(name) > MAXIMUM_ID:
        yield f"id: {name!r} must be at most {MAXIMUM_ID} lower-case letters, digits and hyphens"
    if entry["kind"] not in KINDS:
        yield f"kind: {entry['kind']!r} is not one of {', '.join(KINDS)}"
    length = len(entry["reason"].strip())
    if length < MINIMUM_REASON:
        yield f"reason: {length} characters are too short; at least {MINIMUM_REASON} are required"
    if not re.fullmatch(r"(sha256:[0-9a-f]{64})?", entry.get("digest", "")):
        yield "digest: must be `sha256:` and 64 hexadecimal digits"
    if entry["kind"] in VERDICTS and "digest" not in entry:
        yield (
            f"digest: a waiver of kind {entry['kind']} is for certain values only; "
            "catalogctl acknowledge writes it"
        )
    if "ticket" in entry and not TICKET.fullmatch(entry["ticket"]):
        yield f"ticket: {entry['ticket']!r} must be a URL, or an id such as OPS-123"


def _scope_errors(scope: object, environments: Collection[str]) -> Iterator[str]:
    if scope == "all":
        return
    if not isinstance(scope, dict) or len(scope) != 1 or not SELECTORS.keys() >= set(scope):
        yield f"scope: must be `all` or one of {', '.join(SELECTORS)}, not {scope!r}"
        return
    ((selector, names),) = scope.items()
    if not _is_list_of_texts(names):
        yield f"scope: {selector}: must be a list of different names, not {names!r}"
        return
    allowed = SELECTORS[selector] or environments
    for name in names:
        if name not in allowed:
            yield f"scope: {name!r} is not one of the {selector}: {', '.join(sorted(allowed))}"


def _glob_errors(kind: str, rules: list[str], resources: list[str]) -> Iterator[str]:
    for rule in rules:
        if "*" in rule and kind != "scanner":
            yield f"rules: {rule!r}: `*` is allowed only in rules of kind scanner"
        if kind == "scanner" and not re.match(r"[^*/]+/[^*]", rule):
            yield f"rules: {rule!r} must be SCANNER/RULE, with a literal start of the rule"
        if kind == "policy" and not POLICY_RULE.fullmatch(rule):
            yield (
                f"rules: {rule!r} must be a policy, or a policy and a property of the resource: "
                "CKV_CATALOG_17[PolicyDocument/Statement/0]"
            )
    for resource in resources:
        if "*" in resource.split("/")[0]:
            yield f"resources: {resource!r}: `*` is not allowed in the first component"


def _verdict_errors(kind: str, rules: list[str]) -> Iterator[str]:
    allowed = VERDICTS.get(kind, ())
    for rule in rules if allowed else ():
        if rule not in allowed:
            why = "AWS refuses the change" if rule == "rejected" else f"one of {', '.join(allowed)}"
            yield f"rules: {rule!r} is no verdict that kind {kind} can acknowledge: {why}"


def _date_errors(
    created: datetime.date, expires: datetime.date, today: datetime.date
) -> Iterator[str]:
    # `today` is in UTC; other time zones can already have the next day.
    if created > today + datetime.timedelta(days=1):
        yield f"created: {created} is in the future"
    if expires < created:
        yield f"expires: {expires} is before created, {created}"
    elif (expires - created).days > MAXIMUM_DAYS:
        yield f"expires: {expires} is more than {MAXIMUM_DAYS} days after created, {created}"
