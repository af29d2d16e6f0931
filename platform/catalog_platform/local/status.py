"""What of the embedded AWS runs, how it is reached, and what is deployed to it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from catalog_platform.local import incidents, processes, state
from catalog_platform.local.clients import client
from catalog_platform.local.incidents import Incident
from catalog_platform.local.layout import Layout
from catalog_platform.local.state import SUPERVISOR, Embedded, Part
from catalog_platform.workspace import Workspace

NOTHING = "the embedded AWS is not running; start it with: catalogctl local up"


@dataclass(frozen=True, slots=True)
class PartStatus:
    """One server process; `uptime_seconds` is None and `last_lines` is set when it has died."""

    name: str
    running: bool
    pid: int
    port: int
    uptime_seconds: float | None
    log: str
    last_lines: str


@dataclass(frozen=True, slots=True)
class StackStatus:
    """One CloudFormation stack with its outputs."""

    name: str
    status: str
    outputs: dict[str, str]


@dataclass(frozen=True, slots=True)
class Survey:
    """Everything `local status` shows; addresses are empty when nothing was started."""

    running: bool
    endpoint_url: str
    region: str
    account: str
    postgres_url: str
    cache_url: str
    parts: tuple[PartStatus, ...]
    stacks: tuple[StackStatus, ...]
    incidents: tuple[Incident, ...]

    def as_json(self) -> str:
        """One object, indented."""
        return json.dumps(asdict(self), indent=2)

    def as_text(self) -> str:
        """Lines for people."""
        told = [incident.as_text() for incident in self.incidents]
        if not self.parts:
            return "\n\n".join([NOTHING, *told])
        rows = [(part.name, _describe(part)) for part in self.parts]
        rows += [
            ("endpoint", self.endpoint_url),
            ("region", self.region),
            ("account", self.account),
            ("psql", self.postgres_url),
            ("redis-cli -u", self.cache_url),
        ]
        rows += [(stack.name, stack.status) for stack in self.stacks]
        width = max(len(name) for name, _ in rows)
        lines = [f"{name:<{width}}  {value}" for name, value in rows]
        for part in self.parts:
            if part.last_lines:
                lines += ["", f"the end of {part.log}:", part.last_lines]
        return "\n".join([*lines, *(("", *told) if told else ())])


def survey(workspace: Workspace) -> Survey:
    """Look at the processes and ask the endpoint; what has died is shown with its last lines."""
    found = state.recorded(workspace)
    told = incidents.read(Layout.of(workspace))
    if found is None:
        return Survey(False, "", "", "", "", "", (), (), told)
    parts = tuple(_part(part) for part in found.parts)
    running = all(part.running for part in parts if part.name != SUPERVISOR)
    return Survey(
        running=running,
        endpoint_url=found.endpoint_url,
        region=found.region,
        account=found.account,
        postgres_url=found.postgres_url,
        cache_url=found.cache_url,
        parts=parts,
        stacks=_stacks(found) if any(p.running for p in parts if p.name == "aws") else (),
        incidents=told,
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
        last_lines="" if running else processes.last_lines(part.log),
    )


def _stacks(embedded: Embedded) -> tuple[StackStatus, ...]:
    try:
        answer: dict[str, Any] = client(embedded, "cloudformation").describe_stacks()
    except Exception:
        # Whatever it is, the processes have been told about already.
        return ()
    return tuple(
        StackStatus(
            stack["StackName"],
            stack["StackStatus"],
            {out["OutputKey"]: out["OutputValue"] for out in stack.get("Outputs", ())},
        )
        for stack in sorted(answer["Stacks"], key=lambda stack: str(stack["StackName"]))
    )


def _describe(part: PartStatus) -> str:
    if not part.running:
        return f"DEAD (was pid {part.pid}, port {part.port})"
    uptime = "" if part.uptime_seconds is None else f", up {part.uptime_seconds:.0f} s"
    return f"pid {part.pid}, port {part.port}{uptime}"
