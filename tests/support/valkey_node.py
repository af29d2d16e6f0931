"""One server of a Valkey cluster on loopback."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from embedded_aws.servers import ports, processes
from embedded_aws.servers.processes import Process
from support.forwarder import Forwarder
from support.servers import READY_SECONDS, VALKEY

NODE_TIMEOUT_MS = 1500


@dataclass
class Node:
    """One server; clients are sent to `announced`, which a forwarder may own."""

    port: int
    bus: int
    folder: Path
    forwarder: Forwarder | None = None
    process: Process | None = None
    password: str | None = None

    @property
    def announced(self) -> int:
        """Return the port that the cluster announces to clients."""
        return self.forwarder.port if self.forwarder else self.port

    def start(self) -> None:
        """Start it and wait until it answers; its folder has the cluster configuration."""
        options = {
            "port": self.port,
            "cluster-port": self.bus,
            "bind": ports.LOOPBACK,
            "cluster-enabled": "yes",
            "cluster-node-timeout": NODE_TIMEOUT_MS,
            "cluster-announce-port": self.announced,
            "cluster-announce-bus-port": self.bus,
            "repl-diskless-sync-delay": 0,
            "repl-ping-replica-period": 1,
            "save": "",
        }
        arguments = [part for name, value in options.items() for part in (f"--{name}", str(value))]
        self.process = processes.spawn(
            [VALKEY / "valkey-server", *arguments],
            log=self.folder / "valkey.log",
            environment={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
            cwd=self.folder,
        )
        wait_until(lambda: bool(self.ask("PING")), f"node {self.port} does not answer")

    def kill(self) -> None:
        """End it at once, as a crash would."""
        if self.process is not None:
            processes.end(self.process, signal.SIGKILL)
            # Collects what may have been a zombie a moment ago.
            processes.alive(self.process)
            self.process = None

    def pause(self) -> None:
        """Let it hang: the kernel accepts its connections, nothing answers them."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Resume the process."""
        self._signal(signal.SIGCONT)

    def ask(self, *command: object) -> Any:
        """Send a command to this very node, past its forwarder."""
        with self.client() as client:
            return client.execute_command(*command)

    def client(self) -> Redis:
        """A client of this very node, which follows no redirection."""
        return Redis(
            port=self.port, password=self.password, socket_timeout=5, decode_responses=True
        )

    def _signal(self, number: signal.Signals) -> None:
        if self.process is not None and processes.alive(self.process):
            os.kill(self.process.pid, number)


def wait_until(condition: Callable[[], bool], failure: str) -> None:
    """Wait until a condition holds; a server that does not answer counts as no."""
    deadline = time.monotonic() + READY_SECONDS
    while True:
        with contextlib.suppress(RedisError):
            if condition():
                return
        assert time.monotonic() < deadline, failure
        time.sleep(0.02)
