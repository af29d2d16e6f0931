"""The AWS endpoint: the emulator with our adapter, in an environment of its own."""

from __future__ import annotations

import http.client
import json
import os
from pathlib import Path

import catalog_platform
from catalog_platform.local import ports, processes
from catalog_platform.local.layout import Layout, write_private
from catalog_platform.local.ports import LOOPBACK
from catalog_platform.local.processes import Process
from catalog_platform.workspace import Toolchain

NAME = "aws"


def start(
    toolchain: Toolchain,
    layout: Layout,
    *,
    account: str,
    region: str,
    port: int,
    postgres_url: str,
    cache_port: int,
    cache_password: str,
    session_token: str,
) -> Process:
    """Start the emulator; it is not yet ready on return. Raises `ToolError` when it cannot.

    What only the adapter may know goes through a file: handlers are children of this process,
    and an environment is inherited.
    """
    folder = layout.data / NAME
    folder.mkdir(exist_ok=True)
    settings = layout.scratch / "adapter.json"
    told = {
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
    write_private(settings, json.dumps(told))
    return processes.spawn(
        [toolchain.embedded_python, "-m", "catalog_platform.local.emulator", settings],
        log=layout.log(NAME),
        environment={
            **_environment(toolchain, layout),
            "GATEWAY_PORT": str(port),
            "MINISTACK_ACCOUNT_ID": account,
            "MINISTACK_REGION": region,
            "REDIS_PORT": str(cache_port),
        },
        cwd=layout.scratch,
        generation=layout.generation,
    )


def _environment(toolchain: Toolchain, layout: Layout) -> dict[str, str]:
    """What is the same for every start of a workspace."""
    return {
        "PATH": f"{toolchain.node.parent}:/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONPATH": str(Path(catalog_platform.__file__).parent.parent),
        "TMPDIR": str(layout.scratch),
        "BIND_HOST": LOOPBACK,
        "MINISTACK_HOST": LOOPBACK,
        "REDIS_HOST": LOOPBACK,
        "PERSIST_STATE": "1",
        "STATE_DIR": str(states(layout)),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(layout.data / NAME / "s3"),
        # Doors that nobody here knocks on.
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "DOCKER_HOST": f"unix://{layout.scratch}/no-docker.sock",
    }


def states(layout: Layout) -> Path:
    """Where the emulator stores its state: one JSON file per service."""
    return layout.data / NAME / "state"


def ready(port: int, session_token: str) -> bool:
    """Whether the endpoint answers whoever knows the session token."""
    if not ports.listens_for(port, os.geteuid()):
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
    """The endpoint's address."""
    return f"http://{LOOPBACK}:{port}"
