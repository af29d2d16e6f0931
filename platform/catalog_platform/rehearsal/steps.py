"""The steps of a rehearsal: each deploys an assembly and reconciles the updates around it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from catalog_platform.aws import stack_outputs
from catalog_platform.aws.client_errors import translate_errors
from catalog_platform.aws.session import Session
from catalog_platform.aws.stack import stack_name
from catalog_platform.aws.stack_outputs import Outputs
from catalog_platform.errors import PlatformError, ToolError
from catalog_platform.rehearsal.availability import Availability
from catalog_platform.rehearsal.background_traffic import BackgroundTraffic
from catalog_platform.rehearsal.fault_injection import OUTPUT as PROCESSOR
from catalog_platform.rehearsal.result import StepResult, sum_rows
from catalog_platform.rehearsal.store_snapshot import snapshot
from catalog_platform.release import deploy as deployment
from catalog_platform.verification.feed import Feed, generate
from catalog_platform.verification.producer import Sent, put
from catalog_platform.verification.reconcile import Row, reconcile
from catalog_platform.workspace import Toolchain

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html
CANCELLED = re.compile(r"(update|creation|deletion) (was )?cancelled", re.IGNORECASE)
STALL_SECONDS = 20.0
# Updates that arrived in an earlier step need no time to arrive.
SNAPSHOT_SECONDS = 1.0
# Updates sent to test whether the service works at all.
PROBE_UPDATES = 100
# Traffic before and after a deployment.
MARGIN_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class SentFeed:
    """Updates that were sent, and the prefix of their SKUs."""

    feed: Feed
    sent: Sent
    prefix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsalContext:
    """The embedded AWS of a rehearsal. `run` is part of every SKU of the rehearsal."""

    toolchain: Toolchain
    session: Session
    environment: str
    run: str
    timeout: float
    on_line: Callable[[str], None]

    def deploy(self, assembly: Path) -> str:
        """Deploy an assembly; return the reason of a failure in one line, or an empty string."""
        try:
            deployment.deploy(
                self.toolchain,
                self.session,
                assembly,
                self.environment,
                timeout=self.timeout,
                on_line=self.on_line,
            )
        except ToolError as error:
            return _reason(error)
        return ""

    def status(self) -> str:
        """Return the stack's status. Raises `PlatformError`."""
        stack = stack_name(self.environment)
        with translate_errors(f"stack {stack}"):
            answer = self.session.client("cloudformation").describe_stacks(StackName=stack)
        return str(answer["Stacks"][0]["StackStatus"])

    def throttled(self, since: datetime) -> int:
        """Return the number of throttled calls of the processor since the start of a minute.

        Raises `PlatformError`.
        """
        stack = stack_name(self.environment)
        with translate_errors(f"stack {stack}"):
            answer = self.session.client("cloudformation").describe_stacks(StackName=stack)
            named = {o["OutputKey"]: o["OutputValue"] for o in answer["Stacks"][0]["Outputs"]}
            points = self.session.client("cloudwatch").get_metric_statistics(
                Namespace="AWS/Lambda",
                MetricName="Throttles",
                Dimensions=[{"Name": "FunctionName", "Value": named[PROCESSOR]}],
                # CloudWatch dates a count at the start of its minute.
                StartTime=since.replace(second=0, microsecond=0),
                EndTime=datetime.now(UTC) + timedelta(minutes=1),
                Period=60,
                Statistics=["Sum"],
            )["Datapoints"]
        return int(sum(point["Sum"] for point in points))

    def outputs(self) -> Outputs:
        """Return the stack's current outputs. Raises `PlatformError`."""
        return stack_outputs.read(self.session, self.environment)

    def reconcile(
        self, fed: SentFeed, started: float, stall_seconds: float
    ) -> tuple[tuple[Row, ...], tuple[str, ...]]:
        """Reconcile the updates; return the rows, and the reasons why stores cannot be read."""
        outputs = self.outputs()
        try:
            rows = reconcile(
                self.session,
                outputs,
                fed.feed,
                fed.sent,
                prefix=fed.prefix,
                started=started,
                stall_seconds=stall_seconds,
                on_progress=lambda count: self.on_line(f"{count:,} of {fed.sent.total:,}"),
            ).rows
        except PlatformError:
            return snapshot(self.session, outputs, fed.feed, fed.sent, fed.prefix)
        return rows, ()


def deploy_base(
    context: RehearsalContext, assembly: Path, updates: int
) -> tuple[StepResult, SentFeed]:
    """Deploy the base, send updates, and wait until all of them have arrived."""
    started = time.monotonic()
    run = f"{context.run}a"
    feed = generate(
        updates=updates, malformed=updates // 100, seed=0, run=run, now=datetime.now(UTC)
    )
    title = "the base is deployed and receives updates"
    failure = context.deploy(assembly)
    if failure:
        step = StepResult(
            title=title, seconds=round(time.monotonic() - started, 1), status="", failure=failure
        )
        return step, SentFeed(feed, Sent(), run)
    sent = put(
        context.session, context.outputs().stream_name, feed, on_progress=lambda _count: None
    )
    fed = SentFeed(feed, sent, f"VERIFY-{run}-")
    rows, unreadable = context.reconcile(fed, time.monotonic(), STALL_SECONDS)
    step = StepResult(
        title=title,
        seconds=round(time.monotonic() - started, 1),
        status=context.status(),
        sent=sent.total,
        fed=rows,
        unreadable=unreadable,
    )
    return step, fed


def under_traffic(
    context: RehearsalContext, assembly: Path, title: str, letter: str, earlier: Sequence[SentFeed]
) -> tuple[StepResult, SentFeed]:
    """Deploy an assembly under traffic; then reconcile the updates sent now and earlier."""
    started, started_at = time.monotonic(), datetime.now(UTC)
    # An earlier step may have throttled calls in the same minute.
    throttled_before = context.throttled(started_at)
    outputs = context.outputs()
    with ExitStack() as stack:
        availability = stack.enter_context(
            Availability(context.session, outputs.archive_bucket_name)
        )
        traffic = stack.enter_context(
            BackgroundTraffic(context.session, outputs.stream_name, f"{context.run}{letter}")
        )
        time.sleep(MARGIN_SECONDS)
        failure = context.deploy(assembly)
        time.sleep(MARGIN_SECONDS)
    fed = SentFeed(traffic.feed(), traffic.sent, traffic.prefix)
    during, unreadable = context.reconcile(fed, traffic.started, STALL_SECONDS)
    step = StepResult(
        title=title,
        status=context.status(),
        failure=failure,
        sent=fed.sent.total,
        longest_pause=round(availability.longest_pause, 1),
        throttled=context.throttled(started_at) - throttled_before,
        fed=during,
        earlier=_arrived(context, earlier),
        unreadable=tuple(filter(None, (traffic.failure, *unreadable))),
        seconds=0.0,
    )
    if step.needs_probe:
        rows, reasons = _afterwards(context, letter)
        step = replace(step, afterwards=rows, unreadable=(*step.unreadable, *reasons))
        if step.works_again:
            # On a slow machine, updates are late. What is missing after later ones came is lost.
            late, again = _arrived(context, [fed]), _arrived(context, earlier)
            step = replace(step, fed=late, earlier=again)
    return replace(step, seconds=round(time.monotonic() - started, 1)), fed


def _arrived(context: RehearsalContext, feeds: Sequence[SentFeed]) -> tuple[Row, ...]:
    """Reconcile what has arrived of some feeds by now, without waiting for the rest."""
    started = time.monotonic()
    return sum_rows(context.reconcile(each, started, SNAPSHOT_SECONDS)[0] for each in feeds)


def _afterwards(context: RehearsalContext, letter: str) -> tuple[tuple[Row, ...], tuple[str, ...]]:
    """Test whether the service works: reconcile a few more updates, or return what fails."""
    run = f"{context.run}{letter.upper()}"
    feed = generate(updates=PROBE_UPDATES, malformed=1, seed=0, run=run, now=datetime.now(UTC))
    started = time.monotonic()
    try:
        sent = put(
            context.session, context.outputs().stream_name, feed, on_progress=lambda _count: None
        )
    except PlatformError as error:
        return (), (error.message,)
    return context.reconcile(SentFeed(feed, sent, f"VERIFY-{run}-"), started, STALL_SECONDS)


def _reason(error: ToolError) -> str:
    """Return CloudFormation's reasons for the failed resources, or the end of the CDK's output.

    The CDK prints events as columns: stack, progress, time, status, type, resource and reason.
    Resources that were only cancelled because another one failed are omitted.
    """
    found = []
    for line in error.tail.splitlines():
        columns = [column.strip() for column in line.split("|")]
        if "_FAILED" not in line or len(columns) <= 5 or columns[3].startswith("ROLLBACK"):
            continue
        reason = f"{columns[4]} {' | '.join(columns[5:])}"
        if not CANCELLED.search(reason):
            found.append(reason)
    output = [line.strip() for line in error.tail.splitlines() if line.strip()]
    return "; ".join(dict.fromkeys(found)) or ": ".join([error.message, *output[-1:]])
