"""The acts of a rehearsal: each deploys an assembly and accounts for every update around it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from catalog_platform.aws import stack_outputs
from catalog_platform.aws.reachable import reachable
from catalog_platform.aws.session import Session
from catalog_platform.aws.stack import stack_name
from catalog_platform.aws.stack_outputs import Outputs
from catalog_platform.errors import PlatformError, ToolError
from catalog_platform.rehearsal.availability import Availability
from catalog_platform.rehearsal.background_traffic import Traffic
from catalog_platform.rehearsal.fault_injection import OUTPUT as PROCESSOR
from catalog_platform.rehearsal.result import StepResult, added
from catalog_platform.rehearsal.store_snapshot import snapshot
from catalog_platform.release import deploy as deployment
from catalog_platform.verification.feed import Feed, generate
from catalog_platform.verification.producer import Sent, put
from catalog_platform.verification.reconcile import Row, reconcile
from catalog_platform.workspace import Toolchain

PATIENCE_SECONDS = 20.0
# What was there before needs no time to arrive.
SNAPSHOT_SECONDS = 1.0
# Updates that show whether a service works at all.
PROBE = 100
# Traffic before and after a deployment, so that both sides of it are seen.
MARGIN_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Fed:
    """Updates that were put, and what their SKUs begin with."""

    feed: Feed
    sent: Sent
    prefix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsalContext:
    """Where the acts take place. `run` is part of every SKU of this rehearsal."""

    toolchain: Toolchain
    session: Session
    environment: str
    run: str
    timeout: float
    tell: Callable[[str], None]

    def deploy(self, assembly: Path) -> str:
        """Deploy; returns why it failed, in one line, or an empty string."""
        try:
            deployment.deploy(
                self.toolchain,
                self.session,
                assembly,
                self.environment,
                timeout=self.timeout,
                on_line=self.tell,
            )
        except ToolError as error:
            return _reason(error)
        return ""

    def status(self) -> str:
        """The stack's status. Raises `PlatformError`."""
        stack = stack_name(self.environment)
        with reachable(f"stack {stack}"):
            answer = self.session.client("cloudformation").describe_stacks(StackName=stack)
        return str(answer["Stacks"][0]["StackStatus"])

    def throttled(self, since: datetime) -> int:
        """How many calls of the processor were refused since then. Raises `PlatformError`."""
        stack = stack_name(self.environment)
        with reachable(f"stack {stack}"):
            answer = self.session.client("cloudformation").describe_stacks(StackName=stack)
            named = {o["OutputKey"]: o["OutputValue"] for o in answer["Stacks"][0]["Outputs"]}
            points = self.session.client("cloudwatch").get_metric_statistics(
                Namespace="AWS/Lambda",
                MetricName="Throttles",
                Dimensions=[{"Name": "FunctionName", "Value": named[PROCESSOR]}],
                # Counts stand at the begin of their minute.
                StartTime=since.replace(second=0, microsecond=0),
                EndTime=datetime.now(UTC) + timedelta(minutes=1),
                Period=60,
                Statistics=["Sum"],
            )["Datapoints"]
        return int(sum(point["Sum"] for point in points))

    def outputs(self) -> Outputs:
        """The stack's outputs as they are now. Raises `PlatformError`."""
        return stack_outputs.read(self.session, self.environment)

    def account(
        self, fed: Fed, started: float, patience: float
    ) -> tuple[tuple[Row, ...], tuple[str, ...]]:
        """Where the updates are, and why a place cannot be read."""
        outputs = self.outputs()
        try:
            rows = reconcile(
                self.session,
                outputs,
                fed.feed,
                fed.sent,
                prefix=fed.prefix,
                started=started,
                patience=patience,
                on_progress=lambda count: self.tell(f"{count:,} of {fed.sent.total:,} are through"),
            ).rows
        except PlatformError:
            return snapshot(self.session, outputs, fed.feed, fed.sent, fed.prefix)
        return rows, ()


def deploy_base(context: RehearsalContext, assembly: Path, updates: int) -> tuple[StepResult, Fed]:
    """Deploy the base, feed it, and wait until all of the feed has arrived."""
    started = time.monotonic()
    run = f"{context.run}a"
    feed = generate(
        updates=updates, malformed=updates // 100, seed=0, run=run, now=datetime.now(UTC)
    )
    title = "the base is deployed and fed"
    failure = context.deploy(assembly)
    if failure:
        act = StepResult(
            title=title, seconds=round(time.monotonic() - started, 1), status="", failure=failure
        )
        return act, Fed(feed, Sent(), run)
    sent = put(
        context.session, context.outputs().stream_name, feed, on_progress=lambda _count: None
    )
    fed = Fed(feed, sent, f"VERIFY-{run}-")
    rows, unreadable = context.account(fed, time.monotonic(), PATIENCE_SECONDS)
    act = StepResult(
        title=title,
        seconds=round(time.monotonic() - started, 1),
        status=context.status(),
        sent=sent.total,
        fed=rows,
        unreadable=unreadable,
    )
    return act, fed


def under_traffic(
    context: RehearsalContext, assembly: Path, title: str, letter: str, earlier: Sequence[Fed]
) -> tuple[StepResult, Fed]:
    """Deploy while updates keep coming, then account for these and for all `earlier` ones."""
    started, begun = time.monotonic(), datetime.now(UTC)
    outputs = context.outputs()
    with ExitStack() as around:
        pulse = around.enter_context(Availability(context.session, outputs.archive_bucket_name))
        traffic = around.enter_context(
            Traffic(context.session, outputs.stream_name, f"{context.run}{letter}")
        )
        time.sleep(MARGIN_SECONDS)
        failure = context.deploy(assembly)
        time.sleep(MARGIN_SECONDS)
    fed = Fed(traffic.feed(), traffic.sent, traffic.prefix)
    meanwhile, unreadable = context.account(fed, traffic.started, PATIENCE_SECONDS)
    before = [context.account(each, started, SNAPSHOT_SECONDS) for each in earlier]
    act = StepResult(
        title=title,
        status=context.status(),
        failure=failure,
        sent=fed.sent.total,
        longest_pause=round(pulse.longest_pause, 1),
        throttled=context.throttled(begun),
        fed=meanwhile,
        earlier=added(rows for rows, _ in before),
        unreadable=tuple(filter(None, (traffic.refusal, *unreadable))),
        seconds=0.0,
    )
    if act.disturbed:
        rows, reasons = _afterwards(context, letter)
        act = replace(act, afterwards=rows, unreadable=(*act.unreadable, *reasons))
    return replace(act, seconds=round(time.monotonic() - started, 1)), fed


def _afterwards(context: RehearsalContext, letter: str) -> tuple[tuple[Row, ...], tuple[str, ...]]:
    """Whether the service works now: an account of a few updates more, and what prevents one."""
    run = f"{context.run}{letter.upper()}"
    feed = generate(updates=PROBE, malformed=1, seed=0, run=run, now=datetime.now(UTC))
    started = time.monotonic()
    try:
        sent = put(
            context.session, context.outputs().stream_name, feed, on_progress=lambda _count: None
        )
    except PlatformError as error:
        return (), (error.message,)
    return context.account(Fed(feed, sent, f"VERIFY-{run}-"), started, PATIENCE_SECONDS)


def _reason(error: ToolError) -> str:
    """What CloudFormation says about the first resource that failed, or the error's own message.

    The CDK prints events as columns: stack, progress, time, status, type, resource and reason.
    """
    for line in error.tail.splitlines():
        columns = [column.strip() for column in line.split("|")]
        if "_FAILED" in line and len(columns) > 5 and not columns[3].startswith("ROLLBACK"):
            return f"{columns[4]} {columns[5]}"
    return error.message
