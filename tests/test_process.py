from __future__ import annotations

import os
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from catalog_platform import process
from catalog_platform.errors import ToolError


def python(code: str, **options):
    return process.run([sys.executable, "-c", code], **({"timeout": 20} | options))


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_output_is_returned_and_passed_on_line_by_line():
    lines: list[str] = []
    code = "import sys; print('one', flush=True); print('two', file=sys.stderr)"
    assert python(code, on_line=lines.append) == "one\ntwo\n"
    assert lines == ["one", "two"]


def test_a_failing_program_leaves_its_code_and_its_last_lines():
    with pytest.raises(ToolError) as caught:
        python("for n in range(100): print(n)\nraise SystemExit(7)", hint="try again")
    assert caught.value.returncode == 7
    assert caught.value.tail.startswith("60\n")
    assert caught.value.tail.endswith("\n99")
    assert caught.value.hint == "try again"


def test_a_program_that_takes_too_long_is_stopped():
    started = time.monotonic()
    with pytest.raises(ToolError, match=r"exceeded its timeout of 0\.5 s"):
        python("import time; print('here', flush=True); time.sleep(60)", timeout=0.5)
    assert time.monotonic() - started < 5


def test_nothing_that_a_program_started_outlives_it():
    code = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'],"
        " stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n"
        "print(child.pid)\n"
    )
    started = time.monotonic()
    pid = int(python(code))
    while is_alive(pid) and time.monotonic() - started < 15:
        time.sleep(0.05)
    assert not is_alive(pid)


def test_a_program_that_does_not_exist_is_one_clear_message():
    with pytest.raises(ToolError, match="cannot start nothing-here: No such file"):
        process.run(["/nothing-here"], timeout=5)


def test_a_program_gets_only_the_given_environment_variables():
    printed = python("import os; print(sorted(os.environ))", environment={"A": "1"})
    assert "'A'" in printed
    assert "HOME" not in printed


def test_sigterm_unwinds_like_an_interruption_and_the_old_handler_returns():
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), process.interruptible():
        signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before


ECHO = "import sys\nfor line in sys.stdin:\n    print(line.strip()[::-1], flush=True)\n"


def test_a_worker_answers_each_line_until_it_is_stopped() -> None:
    worker = process.Worker([sys.executable, "-c", ECHO])
    answers = [worker.ask(word, timeout=30) for word in (b"abc", b"xyz")]
    worker.stop()
    assert answers == [b"cba\n", b"zyx\n"]


@pytest.mark.parametrize(
    ("program", "tail"),
    [("import sys; sys.exit('no space left')", "no space left"), ("print('half', end='')", "")],
)
def test_a_worker_that_ends_without_an_answer_is_an_error_with_its_last_lines(
    program: str, tail: str
) -> None:
    worker = process.Worker([sys.executable, "-c", program], hint="free some space")
    with pytest.raises(ToolError, match="ended without an answer") as raised:
        worker.ask(b"scan", timeout=30)
    worker.stop()
    assert (raised.value.tail, raised.value.hint) == (tail, "free some space")


def test_a_worker_that_hangs_is_an_error() -> None:
    worker = process.Worker([sys.executable, "-c", "import time; time.sleep(60)"])
    with pytest.raises(ToolError, match="ended without an answer"):
        worker.ask(b"scan", timeout=0.2)
    worker.stop()


def test_a_worker_can_be_stopped_while_a_thread_waits_for_its_answer() -> None:
    worker = process.Worker([sys.executable, "-c", "import time; time.sleep(60)"])
    started = time.monotonic()
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(worker.ask, b"scan", timeout=60)
        time.sleep(0.2)
        worker.stop()
        with pytest.raises(ToolError, match="ended without an answer"):
            answer.result(timeout=30)
    assert time.monotonic() - started < 20


def test_a_worker_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(ToolError, match="cannot be started: No such file"):
        process.Worker(["/nowhere/program"])
