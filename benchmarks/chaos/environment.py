"""A separate data path on the embedded AWS, whose servers can be killed and restarted.

It consists of a stream, the inventory processor, its stores and its buckets.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import signal
import time
from collections import defaultdict, deque
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import psutil
import psycopg
from redis import Redis, RedisCluster

from catalog_platform import packaging
from catalog_platform.aws.session import Session
from catalog_platform.aws.stack_outputs import Outputs
from catalog_platform.local import launcher, state
from catalog_platform.workspace import Toolchain, Workspace
from chaos.replicated import ReplicatedStores
from chaos.s3_proxy import S3Proxy
from embedded_aws.servers import cache, endpoint, last_run, postgres, supervisor
from embedded_aws.servers.layout import Layout
from embedded_aws.servers.processes import Process
from embedded_aws.servers.startup import server
from schema_migrator.access import Role, provide
from schema_migrator.migrate import migrate

ACCOUNT, REGION = "000000000001", "us-east-1"
NAME, DATABASE = "chaos", "chaos"
APPLICATION, PASSWORD = "application", "chaos-benchmark-only"
READY_SECONDS = 60.0
SLACK_SECONDS = 5.0
UNLIMITED = -1


class KillLimiter:
    """Space the kills of one server, because the supervisor restarts it a limited number of times.

    The limits are `supervisor.RESTARTS` within `supervisor.WITHIN_SECONDS`.
    """

    def __init__(self) -> None:
        self._recent: deque[float] = deque(maxlen=supervisor.RESTARTS)

    def wait(self) -> None:
        """Wait until the supervisor restarts the server after another kill."""
        if len(self._recent) == supervisor.RESTARTS:
            restart_at = self._recent[0] + supervisor.WITHIN_SECONDS + SLACK_SECONDS
            time.sleep(max(0.0, restart_at - time.monotonic()))
        self._recent.append(time.monotonic())


class Environment:
    """A data path that `build` starts and deploys, and `close` removes."""

    def __init__(
        self, root: Path, repository: Workspace, stores: ReplicatedStores | None = None
    ) -> None:
        """Use `stores` as database and cache if given, and close them in `close`."""
        self._workspace, self._repository = Workspace(root), repository
        self.stores = stores
        self._toolchain = Toolchain.installed()
        self._layout = Layout(self._workspace.state)
        self.session = Session(REGION)
        self._proxy: S3Proxy | None = None
        self._kill_limiters: dict[str, KillLimiter] = defaultdict(KillLimiter)

    def build(self, *, shards: int, lanes: int, batch_size: int, window: int) -> None:
        """Start the servers and deploy the function; the supervisor restarts servers that exit.

        The supervisor stops and removes everything when this process is killed.
        """
        running = launcher.start(
            self._workspace, self._toolchain, account=ACCOUNT, region=REGION, owner=os.getpid()
        )
        self.session = Session(REGION, running.aws_environment())
        # The proxy keeps its port while the emulator behind it is killed.
        self._proxy = S3Proxy(self._running().endpoint_url)
        self._prepare_database()
        self._deploy(shards, lanes, batch_size, window)

    def close(self) -> None:
        """Stop every process and remove every file."""
        with contextlib.ExitStack() as closing:
            # In reverse order; each one is closed even if another one fails.
            closing.callback(launcher.discard, self._workspace)
            if self._proxy is not None:
                closing.callback(self._proxy.close)
            if self.stores is not None:
                closing.callback(self.stores.close)

    @property
    def proxy(self) -> S3Proxy:
        """Return the proxy of S3, which `build` starts."""
        if self._proxy is None:
            raise RuntimeError("the environment was not built")
        return self._proxy

    def database(self) -> psycopg.Connection[Any]:
        """Connect to the function's database as the administrator."""
        return self._connect_to(DATABASE)

    def _connect_to(self, name: str) -> psycopg.Connection[Any]:
        if self.stores is not None:
            return self.stores.database(name)
        url = urlsplit(self._running().postgres_url)
        return psycopg.connect(url._replace(path=f"/{name}").geturl(), autocommit=True)

    def cache_client(self) -> Redis | RedisCluster:
        """Return a client of the cache: of one server or of a cluster."""
        if self.stores is not None:
            return self.stores.cache_client()
        return Redis.from_url(self._running().cache_url, decode_responses=True)

    def kill(self, *names: str) -> None:
        """Kill the named servers with SIGKILL and wait until each one is restarted and ready.

        The names are `postgres`, `cache` and `aws`.
        """
        killed = {name: self._recorded().pids[name] for name in names}
        for name in names:
            self._kill_limiters[name].wait()
        for pid in killed.values():
            os.kill(pid, signal.SIGKILL)
        for name, pid in killed.items():
            _wait(functools.partial(self._restarted, name, pid))

    def empty_cache(self) -> None:
        """Delete everything in the cache; a single server is killed too."""
        if self.stores is not None:
            self.stores.cache.flush()
            return
        with self.cache_client() as client:
            client.flushall()
        self.kill(cache.NAME)

    def kill_worker(self) -> bool:
        """Kill one process that runs the function with SIGKILL; return False without one."""
        parent = self._recorded().pids[endpoint.NAME]
        # The emulator or a worker can end at any moment, also between two of these calls.
        with contextlib.suppress(psutil.NoSuchProcess):
            for worker in psutil.Process(parent).children():
                with contextlib.suppress(psutil.NoSuchProcess):
                    worker.kill()
                    return True
        return False

    def _running(self) -> state.Embedded:
        found = state.read(self._workspace)
        if found is None:
            raise RuntimeError("the embedded AWS is not running")
        return found

    def _recorded(self) -> state.Embedded:
        found = state.recorded(self._workspace)
        if found is None:
            raise RuntimeError("the embedded AWS was not started")
        return found

    def _restarted(self, name: str, killed: int) -> bool:
        return self._recorded().pids[name] != killed and self._ready(name)

    def _ready(self, name: str) -> bool:
        now = last_run.last(self._layout)
        part = next((part for part in self._recorded().parts if part.name == name), None)
        if now is None or part is None:
            return False
        process = Process(part.process.pid, part.process.started)
        if name == cache.NAME:
            return cache.ready(process, now.cache_port, now.cache_password)
        if name == postgres.NAME:
            return postgres.ready(server(self._layout, now))
        return endpoint.ready(process, now.endpoint_port, now.session_token)

    def _prepare_database(self) -> None:
        with self._connect_to("postgres") as administrator:
            administrator.execute(f"create database {DATABASE}")
        with self.database() as connection:
            migrate(connection)
            provide(connection, Role(APPLICATION, PASSWORD))

    def _deploy(self, shards: int, lanes: int, batch_size: int, window: int) -> None:
        client = self.session.client
        url = urlsplit(self.stores.postgres.url if self.stores else self._running().postgres_url)
        owner = self._secret("owner", url.username or "", url.password or "")
        for bucket in ("archive", "dead-letters"):
            client("s3").create_bucket(Bucket=f"{NAME}-{bucket}")
        queue = client("sqs").create_queue(QueueName=NAME)["QueueUrl"]
        client("kinesis").create_stream(StreamName=NAME, ShardCount=shards)
        self.outputs = Outputs(
            stream_name=NAME,
            database_endpoint=url.hostname or "",
            database_port=url.port or 0,
            database_name=DATABASE,
            database_secret_arn=owner,
            cache_endpoint="127.0.0.1",
            cache_port=self.stores.cache.port if self.stores else self._cache_address().port or 0,
            archive_bucket_name=f"{NAME}-archive",
            dead_letter_bucket_name=f"{NAME}-dead-letters",
        )
        client("lambda").create_function(
            FunctionName=NAME,
            Runtime="python3.13",
            Role=f"arn:aws:iam::{ACCOUNT}:role/any",
            Handler="inventory_processor.handler.handle",
            Code={"ZipFile": self._bundle()},
            Timeout=60,
            Environment={"Variables": self._variables(queue)},
        )
        client("lambda").create_event_source_mapping(
            FunctionName=NAME,
            EventSourceArn=f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/{NAME}",
            StartingPosition="TRIM_HORIZON",
            BatchSize=batch_size,
            MaximumBatchingWindowInSeconds=window,
            ParallelizationFactor=lanes,
            MaximumRetryAttempts=UNLIMITED,
            BisectBatchOnFunctionError=True,
            FunctionResponseTypes=["ReportBatchItemFailures"],
            DestinationConfig={"OnFailure": {"Destination": f"arn:aws:s3:::{NAME}-dead-letters"}},
        )

    def _secret(self, name: str, username: str, password: str) -> str:
        return self._text_secret(name, json.dumps({"username": username, "password": password}))

    def _cache_secret(self) -> str:
        if self.stores is not None:
            return ""
        return self._text_secret("cache", self._cache_address().password or "")

    def _cache_address(self) -> SplitResult:
        return urlsplit(self._running().cache_url)

    def _text_secret(self, name: str, text: str) -> str:
        created = self.session.client("secretsmanager").create_secret(Name=name, SecretString=text)
        return str(created["ARN"])

    def _variables(self, queue: str) -> dict[str, str]:
        return {
            "ENVIRONMENT_NAME": NAME,
            "LOG_LEVEL": "WARNING",
            "DATABASE_HOST": self.outputs.database_endpoint,
            "DATABASE_PORT": str(self.outputs.database_port),
            "DATABASE_NAME": DATABASE,
            "DATABASE_AUTHENTICATION": "password",
            "DATABASE_USERNAME": APPLICATION,
            "DATABASE_SECRET_ARN": self._secret(APPLICATION, APPLICATION, PASSWORD),
            "DATABASE_TLS": "disable",
            "DATABASE_AUTHORITIES": "rds",
            "CACHE_HOST": self.outputs.cache_endpoint,
            "CACHE_PORT": str(self.outputs.cache_port),
            "CACHE_TLS": "false",
            "CACHE_CLUSTER_MODE": "false" if self.stores is None else "true",
            "CACHE_SECRET_ARN": self._cache_secret(),
            "ARCHIVE_BUCKET": self.outputs.archive_bucket_name,
            "DEAD_LETTER_BUCKET": self.outputs.dead_letter_bucket_name,
            "DEAD_LETTER_QUEUE_URL": queue,
            "AWS_ENDPOINT_URL_S3": self.proxy.url,
        }

    def _bundle(self) -> bytes:
        return packaging.build(
            self._repository.functions / "inventory_processor",
            packaging.BuildTarget.of_this_machine(),
            self._repository.build / "bundles",
            self._toolchain.uv,
        ).read_bytes()


def _wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(f"the server was not ready again within {READY_SECONDS:g} s")
        time.sleep(0.05)
