"""Start the AWS endpoint: the emulator with our adapter, in a Python environment of its own."""

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
    """Start the emulator and return before it is ready. Raises `ToolError` when it cannot start.

    Secrets and paths for the adapter are passed in a file: function handlers are child processes
    and would inherit environment variables.
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
    """Return the environment variables that every start of a workspace has in common."""
    return {
        "PATH": f"{toolchain.node.parent}:/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONPATH": str(Path(catalog_platform.__file__).parent.parent),
        "TMPDIR": str(layout.scratch),
        # Otherwise the AWS clients of the emulator and of functions read the user's ~/.aws.
        "HOME": str(layout.scratch),
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
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


def ready(port: int, session_token: str) -> bool:
    """Return whether the endpoint answers a request that carries the session token."""
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
    """Return the URL of the endpoint."""
    return f"http://{LOOPBACK}:{port}"
