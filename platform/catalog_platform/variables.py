"""The environment variables that reach this process, its clients and its programs.

An allow list: every name that isn't here is removed. This is the only module that reads
`os.environ`. docs/environment-variables.md lists the groups and their reasons.
"""

from __future__ import annotations

import contextlib
import fnmatch
import os
import pwd
import tempfile
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

from catalog_platform.errors import UsageError

Group = tuple[str, ...]

# Every program gets these. Language and time zone are fixed, so that output can be parsed.
BASE: Group = ("HOME", "PATH", "TMPDIR")
FIXED = {"LANG": "C.UTF-8", "TZ": "UTC"}

# For catalogctl itself, not for its programs.
OWN: Group = (
    *("CATALOGCTL_TARGET", "CDK_OUTDIR", "CI", "GITHUB_ACTIONS"),
    *("COLORTERM", "COLUMNS", "FORCE_COLOR", "LINES", "NO_COLOR", "TERM"),
    *("LANG", "LC_ALL", "LC_CTYPE", "TZ"),
    "XDG_CACHE_HOME",
)
# https://docs.github.com/en/actions/reference/workflows-and-actions/variables
CI = ("CI", "GITHUB_ACTIONS")

PROXIES: Group = tuple(
    spelling
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
    for spelling in (name, name.lower())
)

# For programs that leave this machine.
NETWORK: Group = (
    *PROXIES,
    *("NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "SSL_CERT_DIR", "SSL_CERT_FILE"),
)

# For sessions with the real AWS. No pattern for all of `AWS_`: a new setting of an SDK is added
# here on purpose. https://docs.aws.amazon.com/sdkref/latest/guide/environment-variables.html
AWS: Group = (
    # Credentials of any source.
    *("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"),
    *("AWS_ACCOUNT_ID", "AWS_CREDENTIAL_EXPIRATION", "AWS_CREDENTIAL_SCOPE"),
    *("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"),
    *("AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME", "AWS_WEB_IDENTITY_TOKEN_FILE"),
    *("AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"),
    *("AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"),
    *("AWS_EC2_METADATA_DISABLED", "AWS_EC2_METADATA_V1_DISABLED"),
    *("AWS_EC2_METADATA_SERVICE_ENDPOINT", "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"),
    *("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "AWS_METADATA_SERVICE_TIMEOUT"),
    "AWS_LOGIN_CACHE_DIRECTORY",
    # For the key stores of programs that a profile names in `credential_process`.
    *("DBUS_SESSION_BUS_ADDRESS", "GNUPGHOME", "GPG_TTY", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"),
    # Endpoints.
    *("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_*", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"),
    *("AWS_USE_DUALSTACK_ENDPOINT", "AWS_USE_FIPS_ENDPOINT", "AWS_STS_REGIONAL_ENDPOINTS"),
    "AWS_ACCOUNT_ID_ENDPOINT_MODE",
    # Connections.
    *("AWS_CA_BUNDLE", "AWS_MAX_ATTEMPTS", "AWS_RETRY_MODE", "AWS_SDK_UA_APP_ID"),
)

# For uv: where packages come from and where they are kept. Hashes decide what is installed.
UV: Group = (
    *("UV_CACHE_DIR", "UV_CONFIG_FILE", "UV_OFFLINE"),
    *("UV_DEFAULT_INDEX", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS", "UV_INDEX", "UV_INDEX_URL"),
    *("UV_INDEX_STRATEGY", "UV_INDEX_*_PASSWORD", "UV_INDEX_*_USERNAME", "UV_NO_INDEX"),
    *("UV_INSECURE_HOST", "UV_KEYRING_PROVIDER", "NETRC"),
    *("UV_CONCURRENT_DOWNLOADS", "UV_HTTP_RETRIES", "UV_HTTP_TIMEOUT"),
    *("XDG_CACHE_HOME", "XDG_CONFIG_HOME"),
)

LOOPBACK = ("127.0.0.1", "localhost", "::1")

# No thread may read the variables while `replaced` holds others.
_lock = threading.RLock()


def inherit(*groups: Group) -> dict[str, str]:
    """Return the variables of a program: `BASE`, `FIXED`, and the set ones of `groups`.

    With a proxy, `NO_PROXY` contains the addresses of this machine.
    """
    with _lock:
        kept = _select(os.environ, (*BASE, *(name for group in groups for name in group)))
        kept["HOME"] = home()
    return _without_proxy_for_loopback({**kept, **FIXED})


def get(name: str) -> str | None:
    """Return one of catalogctl's own variables, or None when it is unset or empty."""
    if name not in OWN:
        raise ValueError(f"{name} is not in the allow list")
    with _lock:
        return os.environ.get(name) or None


def in_ci() -> bool:
    """Return whether this process is part of a CI job."""
    return any((get(each) or "").lower() not in ("", "0", "false") for each in CI)


def cache_folder() -> Path:
    """Return the folder of the user's caches: `XDG_CACHE_HOME`, else `.cache` in the home folder.

    A relative path is not valid: https://specifications.freedesktop.org/basedir-spec/latest/
    """
    chosen = Path(get("XDG_CACHE_HOME") or "")
    return chosen if chosen.is_absolute() else Path(home()) / ".cache"


def home() -> str:
    """Return the user's home folder: `HOME`, else the password database's, else a temporary
    one.
    """
    try:
        return os.environ.get("HOME") or pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        return tempfile.gettempdir()


def remove_foreign() -> None:
    """Remove every variable from this process that is in no group.

    Libraries in this process, such as libpq, jsii and OpenSSL, then see no other variable either.
    """
    with _lock:
        kept = _select(os.environ, (*BASE, *OWN, *NETWORK, *AWS, *UV))
        _replace(_without_proxy_for_loopback({**kept, "HOME": home()}))


def remove_matching(*patterns: str) -> None:
    """Remove the variables whose names match one of the patterns, such as `PG*`."""
    with _lock:
        for name in _select(os.environ, patterns):
            del os.environ[name]


@contextlib.contextmanager
def replaced(variables: Mapping[str, str]) -> Iterator[None]:
    """Replace all variables of this process within the block.

    Other threads that call this module wait until the block ends.
    """
    with _lock:
        before = dict(os.environ)
        try:
            _replace(variables)
            yield
        finally:
            _replace(before)


def check_folders() -> None:
    """Raise `UsageError` when `HOME` or `TMPDIR` has a value that programs cannot use."""
    chosen = os.environ.get("HOME")
    if chosen and not Path(chosen).is_absolute():
        raise UsageError(
            f"HOME={chosen}: is not an absolute path", hint="set it to your home folder"
        )
    chosen = os.environ.get("TMPDIR")
    try:
        # Permissions alone don't show that a file system is read-only.
        if chosen:
            tempfile.TemporaryFile(dir=chosen).close()
    except OSError as error:
        raise UsageError(
            f"TMPDIR={chosen}: is not a folder that you can write to: {error.strerror}",
            hint="unset TMPDIR to use /tmp, or set it to a folder of yours",
        ) from error


def _select(variables: Mapping[str, str], patterns: Group) -> dict[str, str]:
    return {
        name: value
        for name, value in variables.items()
        if any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
    }


def _without_proxy_for_loopback(variables: dict[str, str]) -> dict[str, str]:
    if not any(name in variables for name in PROXIES):
        return variables
    # Programs differ in the spelling that they prefer, so both have the same value.
    chosen = variables.get("no_proxy") or variables.get("NO_PROXY") or ""
    if chosen.strip() != "*":
        hosts = [each.strip() for each in chosen.split(",") if each.strip()]
        chosen = ",".join((*hosts, *(each for each in LOOPBACK if each not in hosts)))
    return {**variables, "NO_PROXY": chosen, "no_proxy": chosen}


def _replace(variables: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(variables)
