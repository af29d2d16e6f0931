"""The state of the embedded AWS: its processes, its addresses and its contents."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from catalog_platform.errors import PlatformError
from catalog_platform.local import disk, incidents, processes, state
from catalog_platform.local.files import Files
from catalog_platform.local.incidents import Incident
from catalog_platform.local.inventory import Inventory, Stack, take_inventory
from catalog_platform.local.state import SUPERVISOR, Part
from catalog_platform.plural import plural
from catalog_platform.workspace import Workspace

LOG_LINES = 15
# Outputs whose values people need in commands of their own.
PASTED_OUTPUTS = (
    "StreamName",
    "ArchiveBucketName",
    "DeadLetterBucketName",
    "DeadLetterQueueUrl",
    "ProcessorFunctionName",
    "ReaderFunctionName",
)
NOTHING = "the embedded AWS is not running; start it with: catalogctl local up"


@dataclass(frozen=True, slots=True)
class PartStatus:
    """A server process; a dead one has `last_lines` and no `uptime_seconds`."""

    name: str
    running: bool
    pid: int
    port: int
    uptime_seconds: float | None
    log: str
    last_lines: str


@dataclass(frozen=True, slots=True)
class Status:
    """Everything that `local status` shows; addresses are empty when nothing was started.

    `session_token` must be in the credentials of every request to the endpoint. `exports` are shell
    lines that connect any AWS client to it.
    """

    running: bool
    endpoint_url: str
    region: str
    account: str
    postgres_url: str
    cache_url: str
    parts: tuple[PartStatus, ...]
    incidents: tuple[Incident, ...]
    contents: Inventory
    session_token: str = field(default="", repr=False)
    exports: tuple[str, ...] = field(default=(), repr=False)
    disk_full: bool = False

    def database_urls(self) -> tuple[str, ...]:
        """Return the URL of each stack's database, or of the server when there is no stack."""
        server, _, _ = self.postgres_url.rpartition("/")
        names = dict.fromkeys(
            stack.outputs["DatabaseName"]
            for stack in self.contents.stacks
            if "DatabaseName" in stack.outputs
        )
        return tuple(f"{server}/{name}" for name in names) or (self.postgres_url,)

    def without_token(self) -> Status:
        """Return a copy without the token, for output that others can read, such as CI logs."""
        return replace(self, session_token="", exports=())

    def as_json(self) -> str:
        """Return an indented JSON object."""
        shown = asdict(self)
        contents = shown.pop("contents")
        for name in ("rows", "objects", "unknown"):
            contents[name] = dict(contents[name])
        return json.dumps({**shown, **contents}, indent=2)

    def as_text(self) -> str:
        """Return lines for people."""
        crashes = [incident.as_text() for incident in self.incidents]
        if not self.parts:
            return "\n\n".join([NOTHING, *crashes])
        rows = [(part.name, _describe(part)) for part in self.parts]
        rows += [
            ("endpoint", self.endpoint_url),
            ("region", self.region),
            ("account", self.account),
            ("token", self.session_token or "shown by: catalogctl local status"),
            *(("psql", url) for url in self.database_urls()),
            ("redis-cli -u", self.cache_url),
        ]
        rows += _shown(self.contents)
        if self.disk_full:
            rows.append(
                ("disk", "FULL: free some space; until then, nothing can be stored or restarted")
            )
        width = max(len(name) for name, _ in rows)
        lines = [f"{name:<{width}}  {value}" for name, value in rows]
        if self.exports:
            lines += ["", "for any AWS client, in this shell:", *self.exports]
        for stack in self.contents.stacks:
            lines += _pasted(stack)
        for part in self.parts:
            if part.last_lines:
                lines += ["", f"the end of {part.log}:", part.last_lines]
        return "\n".join([*lines, *(("", *crashes) if crashes else ())])


def read(workspace: Workspace) -> Status:
    """Inspect the processes and query the endpoint; dead parts are shown with their last log
    lines.

    Raises `PlatformError` when the record of what runs cannot be read.
    """
    files = Files.of(workspace)
    is_recorded = files.state.exists()
    found = state.recorded(workspace)
    if is_recorded and found is None and files.state.exists():
        raise PlatformError(
            f"{files.state}: cannot be read, so what runs is unknown",
            hint="check its permissions; if it is damaged: catalogctl local down",
        )
    crashes = incidents.read(workspace)
    if found is None:
        return Status(False, "", "", "", "", "", (), crashes, Inventory())
    parts = tuple(_part(part) for part in found.parts)
    running = all(part.running for part in parts if part.name != SUPERVISOR)
    return Status(
        running=running,
        endpoint_url=found.endpoint_url,
        region=found.region,
        account=found.account,
        postgres_url=found.postgres_url,
        cache_url=found.cache_url,
        parts=parts,
        incidents=crashes,
        contents=take_inventory(found, files) if running else Inventory(),
        session_token=found.session_token,
        disk_full=disk.is_full(files.home),
        exports=tuple(
            f"export {name}={shlex.quote(value)}" for name, value in found.aws_environment().items()
        ),
    )


def _part(part: Part) -> PartStatus:
    running = processes.alive(part.process)
    return PartStatus(
        name=part.name,
        running=running,
        pid=part.pid,
        port=part.port,
        uptime_seconds=processes.uptime(part.process),
        log=str(part.log),
        last_lines="" if running else _last_lines(part.log),
    )


def _last_lines(log: Path) -> str:
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return "\n".join(text.rstrip().splitlines()[-LOG_LINES:])


def _describe(part: PartStatus) -> str:
    port = f", port {part.port}" if part.port else ""
    if not part.running:
        return f"DEAD (was pid {part.pid}{port})"
    uptime = "" if part.uptime_seconds is None else f", up {part.uptime_seconds:.0f} s"
    return f"pid {part.pid}{port}{uptime}"


def _pasted(stack: Stack) -> Iterator[str]:
    """Yield the outputs that people paste into commands, and a command that reads an article."""
    named = [(name, stack.outputs[name]) for name in PASTED_OUTPUTS if name in stack.outputs]
    if named:
        width = max(len(name) for name, _ in named)
        yield from ("", f"outputs of {stack.name}:")
        yield from (f"{name:<{width}}  {value}" for name, value in named)
    reader = stack.outputs.get("ReaderFunctionName")
    if reader:
        yield from ("", "read an article, with the AWS client:")
        yield (
            f"aws lambda invoke --function-name {reader}"
            ' --cli-binary-format raw-in-base64-out --payload \'{"skus": ["CUP-1"]}\' /dev/stdout'
        )


def _shown(contents: Inventory) -> Iterator[tuple[str, str]]:
    for stack in contents.stacks:
        resources = plural(sum(stack.resources.values()), "resource")
        yield "stack", f"{stack.name}: {stack.status}, {resources}"
    for mapping in contents.mappings:
        age = f"iterator age {mapping.iterator_age_seconds:.1f} s"
        yield "mapping", f"{mapping.stream} to {mapping.function}: {mapping.state}, {age}"
    for queue in contents.queues:
        waiting = f"{plural(queue.depth, 'message')}, {queue.in_flight:,} in flight"
        yield "queue", f"{queue.name}: {waiting}"
    for table, count in contents.rows:
        yield "table", f"{table}: {plural(count, 'row')}"
    unknown = dict(contents.unknown)
    if "keys" not in unknown:
        yield "cache", plural(contents.keys, "key")
    for bucket, count in contents.objects:
        yield "bucket", f"{bucket}: {plural(count, 'object')}"
    for what, reason in unknown.items():
        yield what, f"UNKNOWN, the query failed: {reason}"
