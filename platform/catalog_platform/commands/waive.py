"""`catalogctl waive`: waive results of the last scan in `policies/waivers.yaml`."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from catalog_platform.errors import UsageError
from catalog_platform.findings import suggestion
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline import last_scan
from catalog_platform.pipeline.scan import environment_facts
from catalog_platform.plural import plural
from catalog_platform.policy import new_waivers, scan_model, waiver_entries, waiver_file
from catalog_platform.policy.new_waivers import Request, Selection, selection
from catalog_platform.policy.waiver_format import FILE, MINIMUM_REASON, Waiver, entry_errors
from catalog_platform.policy.waiver_horizon import Listed, maximum_days, severity_of
from catalog_platform.policy.waivers import Violation, Waivers, matches
from catalog_platform.report import file
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Workspace

OPTIONS = ("reason", "owner", "ticket")
VALID_REASON = "x" * MINIMUM_REASON
MAXIMUM_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options as they are written; at most one of `environment`, `tier` and `everywhere`."""

    reason: str
    owner: str
    ticket: str
    days: str | None
    expires: str | None
    environment: str | None
    tier: str | None
    everywhere: bool


def run(
    workspace: Workspace,
    today: datetime.date | None = None,
    *,
    selections: Sequence[str],
    reason: str,
    owner: str,
    days: str | None = None,
    expires: str | None = None,
    ticket: str | None = None,
    environment: str | None = None,
    tier: str | None = None,
    everywhere: bool = False,
    write: bool,
) -> int:
    """Print an entry per policy and digest; with `write`, append them to the file.

    Each entry covers results of the last scan that no valid waiver covers. At most one of `days`
    and `expires` is given, and at most one of `environment`, `tier` and `everywhere`. Raises
    `UsageError` with every malformed option and every selection without such a result, and
    `PlatformError` when there is no current scan or the file would be malformed.
    """
    options = Options(
        reason=reason.strip(),
        owner=owner.strip(),
        days=days,
        expires=expires,
        ticket=(ticket or "").strip(),
        environment=environment,
        tier=tier,
        everywhere=everywhere,
    )
    return _waive(workspace, selections, options, write, today or _today())


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


def _waive(
    workspace: Workspace,
    selections: Sequence[str],
    options: Options,
    write: bool,
    today: datetime.date,
) -> int:
    progress = Progress()
    scan = last_scan.load(workspace)
    manifests = Manifests(workspace)
    known = [environment_facts(manifests, each) for each in workspace.environment_names()]
    waivers = Waivers(workspace.policies, "policy", today, known)
    listed = waiver_file.severities(workspace.policies)
    expires, errors = _expiry(options, today)
    wrong_scope = [*_scope_errors(options, workspace, scan)]
    errors += wrong_scope
    results = [*_in_scope(scan, options)]
    chosen: list[tuple[Selection, Violation]] = []
    unmatched: list[str] = []
    for each in dict.fromkeys(map(selection, selections)):
        found = [violation for violation in results if each.selects(violation)]
        unwaived = [violation for violation in found if not waivers.waives(violation)]
        chosen += [(each, violation) for violation in unwaived]
        if not unwaived:
            unmatched.append(_nothing(each, found, waivers))
    if unmatched and not wrong_scope:
        errors += [*unmatched, _failing(results, waivers)]
    request = _request(options, today, expires)
    taken = waiver_entries.ids(workspace.policies)
    made = [*new_waivers.build(chosen, request, listed, taken)]
    errors += _format_errors(made, request, listed, workspace, today)
    if errors:
        raise UsageError("\n  ".join(["nothing can be waived:", *dict.fromkeys(errors)]))
    sys.stdout.write("\n".join(map(waiver_entries.entry, made)))
    for waiver in made:
        progress.note(_covers(waiver, chosen, listed))
    if write:
        text = waiver_entries.with_entries(workspace.policies, made, known)
        file.write(workspace.policies / FILE, text)
        progress.note(f"{plural(len(made), 'entry', 'entries')} added to policies/{FILE}")
    else:
        progress.note(f"nothing is written; --write appends this to policies/{FILE}")
    return 0


def _expiry(options: Options, today: datetime.date) -> tuple[datetime.date | None, list[str]]:
    """Return the last day that the options demand, if they do, and their errors."""
    if options.days is not None:
        text = options.days
        if text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= 99_999:
            return today + datetime.timedelta(days=int(text[:6])), []
        return None, [f"--days: {text!r} is not a number of days, at least 1"]
    if options.expires is not None:
        try:
            expires = datetime.date.fromisoformat(options.expires)
        except ValueError:
            return None, [f"--expires: {options.expires!r} is not a date such as 2030-12-31"]
        if expires < today:
            return expires, [f"--expires: {expires} is in the past"]
        return expires, []
    return None, []


def _scope_errors(options: Options, workspace: Workspace, scan: scan_model.Scan) -> Iterator[str]:
    scanned = [each.environment for each in scan.environments]
    name, tier = options.environment, options.tier
    if name is not None and name not in scanned:
        known = workspace.environment_names()
        what = "was not scanned" if name in known else "is not an environment"
        hint = suggestion(name, known) if name not in known else ""
        shown = ", ".join(scanned) or "none"
        yield f"--environment: {name!r} {what}; scanned: {shown} {hint}".strip()
    if tier is not None and tier not in {each.tier for each in scan.environments}:
        yield f"--tier: no environment of tier {tier} was scanned; scanned: {', '.join(scanned)}"


def _in_scope(scan: scan_model.Scan, options: Options) -> Iterator[Violation]:
    for violation in last_scan.violations(scan):
        environment = violation.environment
        if options.environment in (None, environment.name) and options.tier in (
            None,
            environment.tier,
        ):
            yield violation


def _request(options: Options, today: datetime.date, expires: datetime.date | None) -> Request:
    selector, selected = "environments", tuple(filter(None, [options.environment]))
    if options.tier is not None:
        selector, selected = "tiers", (options.tier,)
    elif options.everywhere:
        selector, selected = "", ()
    return Request(
        selector=selector,
        selected=selected,
        reason=options.reason,
        owner=options.owner,
        ticket=options.ticket,
        created=today,
        expires=expires,
    )


def _nothing(chosen: Selection, found: Sequence[Violation], waivers: Waivers) -> str:
    """Return why a selection has nothing to waive: all is waived, or nothing fails."""
    if not found:
        return f"{chosen}: nothing that the last scan found"
    covering = {each.id for each in waivers for one in found if matches(each, one)}
    return f"{chosen}: each result is waived already, by {', '.join(sorted(covering))}"


def _failing(results: Sequence[Violation], waivers: Waivers) -> str:
    """Return what can be waived: the results that no waiver covers."""
    failing = sorted(
        {
            f"{violation.rules[-1]}@{violation.resource}"
            for violation in results
            if not any(matches(each, violation) for each in waivers)
        }
    )
    more = len(failing) - MAXIMUM_SHOWN
    rest = [f"and {more} more"] if more > 0 else []
    shown = "".join(f"\n    {each}" for each in [*failing[:MAXIMUM_SHOWN], *rest])
    return f"results without a waiver:{shown or ' none'}"


def _format_errors(
    made: Sequence[Waiver],
    request: Request,
    listed: Listed,
    workspace: Workspace,
    today: datetime.date,
) -> Iterator[str]:
    """Yield what is wrong with the options as an entry would have them."""
    blank = [key for key in ("reason", "owner") if not getattr(request, key)]
    for key in blank:
        yield f"--{key}: must not be empty"
    example = Waiver(
        id="example",
        kind="scanner",
        selector="",
        selected=(),
        rules=("example/example",),
        resources=("Example",),
        reason=request.reason,
        owner=request.owner,
        created=today,
        expires=request.expires or today,
        ticket=request.ticket,
    )
    for waiver in made or [example]:
        valid = {"reason": VALID_REASON, "owner": "x"}
        entry = waiver_entries.fields(waiver) | {key: valid[key] for key in blank}
        for error in entry_errors(entry, workspace.environment_names(), today, listed):
            key = error.partition(":")[0]
            yield f"--{error}" if key in (*OPTIONS, "expires") else f"{waiver.id}: {error}"


def _covers(waiver: Waiver, chosen: Sequence[tuple[Selection, Violation]], listed: Listed) -> str:
    covered = [violation for _, violation in chosen if matches(waiver, violation)]
    names = sorted({each.environment.name for each in covered})
    severity = severity_of(waiver.rules[0], listed)
    days = (waiver.expires - waiver.created).days
    return (
        f"{waiver.id}: covers {plural(len(covered), 'result')} in {', '.join(names)}; ends after "
        f"{plural(days, 'day')} of at most {maximum_days(severity)} ({severity.value})"
    )
