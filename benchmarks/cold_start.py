"""What a cold start costs: wall time beyond a bare interpreter, with and without bytecode.

The bundle is measured as it is deployed. The others are libraries that it could have used
instead; they are installed into a folder of their own, with bytecode.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from catalog_platform import packaging
from catalog_platform.workspace import Toolchain, Workspace

REPOSITORY = Workspace(Path(__file__).resolve().parents[1])
RUNS = 9
OTHERS = (
    "aws-lambda-powertools[tracer]==3.37.0",
    "aws-kinesis-agg==1.2.3",
    "boto3==1.43.106",
    "pydantic==2.14.3",
)
# What the handler does before its first batch, the connections apart.
READY = "from inventory_processor import handler, wiring; wiring.processor()"
PROGRAMS = {
    "inventory_processor, ready for its first batch": READY,
    "  of which msgspec": "import msgspec",
    "  of which psycopg": "import psycopg",
    "  of which redis": "import redis",
    "  of which botocore and a client of S3": (
        "import botocore.session as b; b.get_session().create_client('s3')"
    ),
}
ALTERNATIVES = {
    "powertools: logger, metrics": (
        "from aws_lambda_powertools import Logger, Metrics;"
        " Logger(service='s'); Metrics(namespace='n')"
    ),
    "powertools: logger, metrics, tracer": (
        "from aws_lambda_powertools import Logger, Metrics, Tracer;"
        " Logger(service='s'); Metrics(namespace='n'); Tracer(service='s')"
    ),
    "our logs and metrics": (
        "from catalog_runtime import logs; from catalog_runtime.metrics import Metrics;"
        " logs.configure('n', 'INFO'); Metrics('n')"
    ),
    "aws-kinesis-agg": "import aws_kinesis_agg.deaggregator",
    "our decoder of aggregates": "from inventory_processor import aggregation",
    "boto3 and a client of S3": "import boto3; boto3.client('s3')",
    "pydantic": "import pydantic; pydantic.create_model('M', a=(int, ...))",
    "json": "import json",
}


def main() -> None:
    """Print the table."""
    bundle = packaging.build(
        REPOSITORY.functions / "inventory_processor",
        packaging.Target.of_this_machine(),
        REPOSITORY.build / "bundles",
        Toolchain.installed().uv,
    )
    with tempfile.TemporaryDirectory(prefix="catalog-cold-") as scratch:
        print(f"bundle: {_zipped(bundle, Path(scratch)) / 1e6:.1f} MB zipped")
        compiled = Path(scratch) / "compiled"
        shutil.copytree(bundle, compiled)
        _run([sys.executable, "-m", "compileall", "-q", str(compiled)])
        others = Path(scratch) / "others"
        uv = Toolchain.installed().uv
        install = [str(uv), "pip", "install", "-q", "--compile-bytecode", "--target", str(others)]
        _run([*install, *OTHERS])
        bare = _milliseconds("pass", [])
        print(f"{'milliseconds beyond a bare interpreter':<50} as deployed  with bytecode")
        for name, program in PROGRAMS.items():
            rest = [_milliseconds(program, [each]) - bare for each in (bundle, compiled)]
            print(f"{name:<50} {rest[0]:>11.0f} {rest[1]:>14.0f}", flush=True)
        for name, program in ALTERNATIVES.items():
            rest_compiled = _milliseconds(program, [compiled, others]) - bare
            print(f"{name:<50} {'':>11} {rest_compiled:>14.0f}", flush=True)


def _zipped(tree: Path, scratch: Path) -> int:
    target = scratch / "bundle.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(tree.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(tree))
    return target.stat().st_size


def _milliseconds(program: str, folders: list[Path]) -> float:
    """The median of some runs after one to warm the disk up."""
    seconds = []
    for _ in range(RUNS + 1):
        began = time.perf_counter()
        _run([sys.executable, "-S", "-c", program], folders)
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds[1:]) * 1000


def _run(command: list[str], folders: list[Path] | None = None) -> None:
    settings = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "PYTHONPATH": ":".join(map(str, folders or [])),
        # As on Lambda, where the folder of the function cannot be written.
        "PYTHONDONTWRITEBYTECODE": "1" if folders else "",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "POWERTOOLS_TRACE_DISABLED": "1",
        "ENVIRONMENT_NAME": "cold",
        "LOG_LEVEL": "INFO",
        "DATABASE_HOST": "localhost",
        "DATABASE_PORT": "5432",
        "DATABASE_NAME": "n",
        "DATABASE_AUTHENTICATION": "iam",
        "DATABASE_USERNAME": "n",
        "DATABASE_SECRET_ARN": "",
        "DATABASE_TLS": "verify-full",
        "DATABASE_AUTHORITIES": "rds",
        "CACHE_HOST": "localhost",
        "CACHE_PORT": "6379",
        "CACHE_TLS": "true",
        "CACHE_CLUSTER_MODE": "false",
        "CACHE_SECRET_ARN": "",
        "ARCHIVE_BUCKET": "a",
        "DEAD_LETTER_BUCKET": "d",
        "DEAD_LETTER_QUEUE_URL": "https://localhost/q",
    }
    subprocess.run(command, env=settings, check=True)


if __name__ == "__main__":
    main()
