"""Environment variables and files in a home folder that would change what our tools do."""

from __future__ import annotations

import contextlib
import json
import random
import socket
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

CONTEXT = json.dumps({"@aws-cdk/core:bootstrapQualifier": "corp"})

# `{trap}` is the address of a server that nothing may connect to, `{other}` a folder.
VARIABLES = {
    # Each CDK_* is an option of the CDK command line, or read by the CDK itself.
    "CDK_APP": "exit 9",
    "CDK_BOOTSTRAP_BUCKET_NAME": "corp",
    "CDK_BUILD": "exit 9",
    "CDK_CONTEXT": "@aws-cdk/core:bootstrapQualifier=corp",
    "CDK_CONTEXT_JSON": CONTEXT,
    "CDK_DEBUG": "true",
    "CDK_DEFAULT_ACCOUNT": "999999999999",
    "CDK_DEFAULT_REGION": "xx-north-9",
    "CDK_EXECUTE": "false",
    "CDK_HOME": "/missing",
    "CDK_METHOD": "prepare-change-set",
    "CDK_NOTIFICATION_ARNS": "arn:aws:sns:eu-west-1:999999999999:corp",
    "CDK_OUTDIR": "/missing/outdir",
    "CDK_OUTPUT": "/missing/output",
    "CDK_PROFILE": "corp",
    "CDK_PROXY": "http://{trap}",
    "CDK_QUALIFIER": "corp",
    "CDK_ROLE_ARN": "arn:aws:iam::999999999999:role/corp",
    "CDK_TOOLKIT_STACK_NAME": "corp",
    "CDK_VALIDATION": "false",
    # The AWS SDKs.
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_CA_BUNDLE": "/missing/ca.pem",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://{trap}/credentials",
    "AWS_DATA_PATH": "{other}",
    "AWS_DEFAULTS_MODE": "mobile",
    "AWS_DEFAULT_PROFILE": "corp",
    "AWS_DEFAULT_REGION": "xx-north-9",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://{trap}",
    "AWS_ENDPOINT_URL": "http://{trap}",
    "AWS_ENDPOINT_URL_CLOUDFORMATION": "http://{trap}",
    "AWS_ENDPOINT_URL_KINESIS": "http://{trap}",
    "AWS_ENDPOINT_URL_S3": "http://{trap}",
    "AWS_ENDPOINT_URL_STS": "http://{trap}",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    "AWS_MAX_ATTEMPTS": "-1",
    "AWS_PROFILE": "corp",
    "AWS_REGION": "xx-north-9",
    "AWS_RETRY_MODE": "nonsense",
    "AWS_ROLE_ARN": "arn:aws:iam::999999999999:role/corp",
    "AWS_SECRET_ACCESS_KEY": "corp",
    "AWS_SESSION_TOKEN": "corp",
    "AWS_STS_REGIONAL_ENDPOINTS": "nonsense",
    "AWS_USE_DUALSTACK_ENDPOINT": "true",
    "AWS_USE_FIPS_ENDPOINT": "true",
    "AWS_WEB_IDENTITY_TOKEN_FILE": "/missing/token",
    "BOTO_DISABLE_CRT": "true",
    "REQUESTS_CA_BUNDLE": "/missing/ca.pem",
    # Proxies, TLS.
    "ALL_PROXY": "http://{trap}",
    "HTTPS_PROXY": "http://{trap}",
    "HTTP_PROXY": "http://{trap}",
    "http_proxy": "http://{trap}",
    "https_proxy": "http://{trap}",
    "NODE_EXTRA_CA_CERTS": "/missing/ca.pem",
    "OPENSSL_CONF": "/missing/openssl.cnf",
    "SSL_CERT_DIR": "/missing",
    "SSL_CERT_FILE": "/missing/ca.pem",
    # Node.js and jsii.
    "FORCE_COLOR": "3",
    "JSII_DEBUG": "1",
    "JSII_NODE": "/missing/node",
    "JSII_RUNTIME": "/missing/runtime.js",
    "JSII_RUNTIME_PACKAGE_CACHE_ROOT": "/missing",
    "NODE_ENV": "corp",
    "NODE_OPTIONS": "--require=/missing.js",
    "NODE_PATH": "{other}",
    "npm_config_prefix": "/missing",
    # libpq and PostgreSQL's programs.
    "PGAPPNAME": "corp",
    "PGCHANNELBINDING": "require",
    "PGCLIENTENCODING": "SQL_ASCII",
    "PGDATA": "/missing",
    "PGDATABASE": "corp",
    "PGDATESTYLE": "German",
    "PGGSSENCMODE": "require",
    "PGHOST": "192.0.2.1",
    "PGHOSTADDR": "192.0.2.1",
    "PGMAXPROTOCOLVERSION": "3.0",
    "PGMINPROTOCOLVERSION": "latest",
    "PGOPTIONS": "-c default_transaction_read_only=on -c search_path=corp",
    "PGPASSFILE": "/missing/pgpass",
    "PGPASSWORD": "corp",
    "PGPORT": "1",
    "PGREQUIREAUTH": "none",
    "PGREQUIREPEER": "corp",
    "PGSERVICE": "work",
    "PGSSLMODE": "verify-full",
    "PGSSLNEGOTIATION": "direct",
    "PGSSLROOTCERT": "/missing/ca.pem",
    "PGTARGETSESSIONATTRS": "standby",
    "PGTZ": "Mars/Olympus",
    "PGUSER": "corp",
    # Git.
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "core.worktree",
    "GIT_CONFIG_VALUE_0": "{other}",
    "GIT_DIR": "{other}/.git",
    "GIT_INDEX_FILE": "{other}/index",
    "GIT_OBJECT_DIRECTORY": "{other}",
    "GIT_WORK_TREE": "{other}",
    # checkov, cfn-lint, uv, Docker.
    "BC_API_KEY": "corp",
    "CHECKOV_EXTERNAL_MODULES": "corp",
    "CKV_SUPPORT_ALL_RESOURCE_TYPE": "corp",
    "CKV_CHECK": "CKV_AWS_1",
    "DOCKER_HOST": "tcp://{trap}",
    "LOG_LEVEL": "DEBUG",
    "PRISMA_API_URL": "http://{trap}",
    "UV_PYTHON": "/missing/python",
    "UV_SYSTEM_PYTHON": "true",
    "UV_TARGET": "/missing",
    # Python, for child processes and for the parent.
    "PYTHONSTARTUP": "/missing.py",
    "PSYCOPG_IMPL": "corp",
    "REDIS_URL": "redis://192.0.2.1:1",
    # The emulator.
    "GATEWAY_PORT": "1",
    "LOCALSTACK_HOST": "192.0.2.1",
    "MINISTACK_ACCOUNT_ID": "999999999999",
    "MINISTACK_REGION": "xx-north-9",
    "STATE_DIR": "/missing",
    # Language and time.
    "LANG": "tr_TR.UTF-8",
    "LC_ALL": "tr_TR.UTF-8",
    "TZ": "Pacific/Kiritimati",
}

FILES = {
    ".aws/config": "[default]\nregion = xx-north-9\nuse_fips_endpoint = true\n"
    "use_dualstack_endpoint = true\nignore_configured_endpoint_urls = true\n"
    "endpoint_url = http://{trap}\nca_bundle = /missing\nretry_mode = nonsense\n"
    "s3 =\n  use_accelerate_endpoint = true\n  addressing_style = virtual\n",
    ".aws/credentials": "[default]\naws_access_key_id = corp\naws_secret_access_key = corp\n",
    ".aws/models/endpoints.json": "{}",
    ".bridgecrew/credentials": "[default]\nlog_api_key = corp\n",
    ".cdk.json": json.dumps({"toolkitStackName": "corp", "context": json.loads(CONTEXT)}),
    ".cfnlintrc": "ignore_checks: [E]\nregions: [xx-north-9]\ntemplates: [/missing/*.yaml]\n",
    ".gitconfig": "[core]\n  worktree = {other}\n  autocrlf = true\n  attributesFile = {other}/a\n",
    ".config/git/attributes": "* export-ignore\n",
    ".config/git/ignore": "*\n",
    ".npmrc": "prefix = /missing\n",
    ".pg_service.conf": "[work]\nhost=192.0.2.1\nsslmode=verify-full\n",
    ".pgpass": "*:*:*:*:corp\n",
    ".postgresql/root.crt": "not a certificate\n",
    ".postgresql/postgresql.crt": "not a certificate\n",
}
PREFIXES = ("AWS_", "BOTO_", "CDK_", "CHECKOV_", "CKV_", "GIT_", "JSII_", "NODE_", "PG", "UV_")


@dataclass
class Trap:
    """A server that counts connections; `address` is its host and port."""

    address: str
    connections: list[object] = field(default_factory=list)


@contextlib.contextmanager
def trap() -> Iterator[Trap]:
    """Listen on loopback. The connections that arrived are counted at the end."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(100)
        found = Trap(f"127.0.0.1:{server.getsockname()[1]}")
        yield found
        server.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                connection, origin = server.accept()
                connection.close()
                found.connections.append(origin)


def write_home(folder: Path, trap_address: str) -> Path:
    """Write every file of `FILES` below `folder`, a home folder, and return it."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = text.replace("{trap}", trap_address).replace("{other}", str(folder / "other"))
        path.write_text(text)
        path.chmod(0o600)
    (folder / "other").mkdir(exist_ok=True)
    # Shared, because jsii takes half a minute to fill it.
    cache = Path.home() / ".cache"
    cache.mkdir(exist_ok=True)
    if not (folder / ".cache").exists():
        (folder / ".cache").symlink_to(cache)
    return folder


def variables(home: Path, trap_address: str) -> dict[str, str]:
    """Return every variable of `VARIABLES`, with `home` as the home folder."""
    values = {
        name: value.replace("{trap}", trap_address).replace("{other}", str(home / "other"))
        for name, value in VARIABLES.items()
    }
    return {**values, "HOME": str(home)}


def random_variables(seed: int, count: int = 60) -> Mapping[str, str]:
    """Return variables with random names, most with the prefix of a tool."""
    chosen = random.Random(seed)
    names = string.ascii_uppercase + "_"
    return {
        chosen.choice(PREFIXES) + "".join(chosen.choices(names, k=8)): "".join(
            chosen.choices(string.printable.strip(), k=12)
        )
        for _ in range(count)
    }
