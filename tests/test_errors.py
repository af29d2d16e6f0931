from __future__ import annotations

from catalog_platform.errors import FindingsError, PlatformError, ToolError, UsageError
from support.manifests import a_finding


def test_every_expected_failure_is_a_platform_error_with_message_and_hint() -> None:
    assert {UsageError, FindingsError, ToolError} <= set(PlatformError.__subclasses__())
    error = UsageError("no such environment", hint="did you mean prod?")
    assert (str(error), error.message, error.hint) == (
        "no such environment",
        "no such environment",
        "did you mean prod?",
    )


def test_findings_stay_in_their_order() -> None:
    findings = [a_finding(rule="b"), a_finding(rule="a")]
    error = FindingsError(findings)
    assert error.findings == tuple(findings)
    assert error.message == "2 finding(s)"


def test_the_failure_of_a_program_has_its_exit_code_and_the_end_of_its_output() -> None:
    error = ToolError("git failed", returncode=128, tail="fatal: no", hint="")
    assert (error.returncode, error.tail) == (128, "fatal: no")
    assert ToolError("git timed out", returncode=None, tail="").returncode is None
