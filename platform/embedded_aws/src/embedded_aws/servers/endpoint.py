"""Start the AWS endpoint: the emulator with our adapter."""

from __future__ import annotations

import http.client
import json
import sys
from pathlib import Path

from embedded_aws.servers import processes
from embedded_aws.servers.layout import Layout, write_private
from embedded_aws.servers.ports import LOOPBACK
from embedded_aws.servers.processes import Process

NAME = "aws"


def start(
    layout: Layout,
    *,
    programs: str,
    account: str,
    region: str,
    port: int,
    postgres_url: str,
    cache_port: int,
    cache_password: str,
    session_token: str,
) -> Process:
    """Start the emulator and return before it is ready. Raises `ProgramError` when it cannot start.

    `programs` is the PATH of the functions. Secrets and paths for the adapter are passed in a file:
    function handlers are child processes and would inherit environment variables.
    """
    folder = layout.data / NAME
    folder.mkdir(exist_ok=True)
    settings = layout.scratch / "adapter.json"
    values = {
        "postgres_url": postgres_url,
        "cache_password": cache_password,
        "session_token": session_token,
        "checkpoints": str(layout.checkpoints),
        "records": str(folder / "records.jsonl"),
        "scratch": str(layout.scratch),
        "databases": str(layout.databases),
        "logs": str(layout.logs),
        "children": str(layout.children),
    }
    write_private(settings, json.dumps(values))
    return processes.spawn(
        [sys.executable, "-m", "embedded_aws.emulator", settings],
        log=layout.log(NAME),
        environment={
            **_environment(layout, programs),
            "GATEWAY_PORT": str(port),
            "MINISTACK_ACCOUNT_ID": account,
            "MINISTACK_REGION": region,
            "REDIS_PORT": str(cache_port),
        },
        cwd=layout.scratch,
        run=layout.run,
    )


def _environment(layout: Layout, programs: str) -> dict[str, str]:
    """Return the environment variables that every start in a folder has in common."""
    return {
        "PATH": programs,
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "TMPDIR": str(layout.scratch),
        "BIND_HOST": LOOPBACK,
        "MINISTACK_HOST": LOOPBACK,
        "REDIS_HOST": LOOPBACK,
        "PERSIST_STATE": "1",
        "STATE_DIR": str(state_folder(layout)),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(layout.data / NAME / "s3"),
        # Not used here: no further ports are opened.
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "DOCKER_HOST": f"unix://{layout.scratch}/no-docker.sock",
    }


def state_folder(layout: Layout) -> Path:
    """Return the folder of the emulator's state, which has one JSON file per service."""
    return layout.data / NAME / "state"


def ready(process: Process, port: int, session_token: str) -> bool:
    """Return whether the endpoint answers a request that carries the session token."""
    if not processes.listens(process, port):
        return False
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=2.0)
    try:
        headers = {"X-Amz-Security-Token": session_token}
        connection.request("GET", "/_ministack/health", headers=headers)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def url(port: int) -> str:
    """Return the URL of the endpoint."""
    return f"http://{LOOPBACK}:{port}"
