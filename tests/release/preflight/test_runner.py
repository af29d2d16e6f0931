from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from catalog_platform.aws.session import Session
from catalog_platform.errors import PlatformError
from catalog_platform.manifest import Manifests
from catalog_platform.release.preflight import runner
from catalog_platform.release.preflight.calls import CallError, Cause
from catalog_platform.release.preflight.context import Context
from catalog_platform.release.preflight.model import Check, Preflight, Result, Status, passed
from catalog_platform.release.preflight.registry import FIRST
from support.aws import FakeSession
from support.manifests import EXAMPLES
from support.templates import assembly

MANIFEST = Manifests(EXAMPLES).load("production")
ACCOUNT = MANIFEST.environment.account


class Identity:
    """STS, which answers with an account."""

    def __init__(self, account: str) -> None:
        self._account = account

    def get_caller_identity(self) -> dict[str, str]:
        return {"Account": self._account, "Arn": f"arn:aws:iam::{self._account}:user/x"}


def a_check(run: Callable[[Context], Any], name: str = "checked", **options: Any) -> Check:
    return Check(name=name, looks_at="x.", blind_to="y.", actions=(), run=run, **options)


def run(
    folder: Path,
    *checks: Check,
    account: str = ACCOUNT,
    session: Session | None = None,
    seconds: float = 5.0,
) -> Preflight:
    import json

    assembly(folder, production={"Queue": {"Type": "AWS::SQS::Queue"}})
    content = json.loads((folder / "manifest.json").read_text())
    artifact = content["artifacts"]["catalog-production"]
    artifact["environment"] = f"aws://{ACCOUNT}/eu-west-1"
    (folder / "manifest.json").write_text(json.dumps(content))
    return runner.run(
        session or FakeSession(sts=Identity(account)),
        MANIFEST,
        folder,
        checks=(FIRST, *checks),
        seconds=seconds,
    )


def only(found: Preflight, name: str = "checked") -> Result:
    (result,) = (each.result for each in found.results if each.check == name)
    return result


def test_results_are_in_the_order_of_the_checks(tmp_path: Path) -> None:
    def slow(_: Context) -> Iterator[Result]:
        time.sleep(0.1)
        yield passed("slow")

    found = run(tmp_path, a_check(slow, "a"), a_check(lambda _: [passed("fast")], "b"))
    assert [each.check for each in found.results] == ["account", "a", "b"]
    assert not found.has_failed


def test_a_missing_permission_leaves_other_checks_and_earlier_results(tmp_path: Path) -> None:
    def denied(_: Context) -> Iterator[Result]:
        yield passed("first")
        raise CallError(Cause.DENIED, "ec2:DescribeVpcs", "no")

    found = run(tmp_path, a_check(denied, "a"), a_check(lambda _: [passed("done")], "b"))
    assert [(each.check, each.result.message) for each in found.results[1:]] == [
        ("a", "first"),
        ("a", "needs the permission ec2:DescribeVpcs"),
        ("b", "done"),
    ]


def test_a_check_that_does_not_end_holds_nobody_up(tmp_path: Path) -> None:
    def hang(_: Context) -> Iterator[Result]:
        time.sleep(30)
        yield passed("never")

    started = time.monotonic()
    result = only(run(tmp_path, a_check(hang), seconds=0.2))
    assert result.status is Status.NOT_CHECKED
    assert time.monotonic() - started < 10


def test_a_response_that_cannot_be_read_is_not_checked(tmp_path: Path) -> None:
    def surprised(_: Context) -> Iterator[Result]:
        response: dict[str, str] = {}
        yield passed(response["Quota"])

    result = only(run(tmp_path, a_check(surprised)))
    assert (result.status, result.message) == (
        Status.NOT_CHECKED,
        "AWS's response can't be read: KeyError: 'Quota'",
    )


def test_a_bug_is_not_hidden(tmp_path: Path) -> None:
    def broken(_: Context) -> Iterator[Result]:
        raise AssertionError("bug")

    with pytest.raises(AssertionError, match="bug"):
        run(tmp_path, a_check(broken))


def test_a_check_without_results_has_nothing_to_check(tmp_path: Path) -> None:
    assert only(run(tmp_path, a_check(lambda _: []))).status is Status.NOT_CHECKED


def test_in_another_account_nothing_else_is_looked_at(tmp_path: Path) -> None:
    found = run(tmp_path, a_check(lambda _: pytest.fail("looked")), account="999999999999")
    assert [each.result.status for each in found.results] == [Status.FAILED, Status.NOT_CHECKED]
    assert found.has_failed


def test_an_embedded_aws_answers_the_checks_that_are_made_for_it(tmp_path: Path) -> None:
    class Here(FakeSession):
        @property
        def on_this_machine(self) -> bool:
            return True

    found = run(
        tmp_path,
        a_check(lambda _: pytest.fail("asked"), "a"),
        a_check(lambda _: [passed("done")], "b", on_embedded=True),
        session=Here(sts=Identity(ACCOUNT)),
    )
    assert [each.result.status for each in found.results[1:]] == [
        Status.NOT_CHECKED,
        Status.PASSED,
    ]


def test_an_unreadable_assembly_is_an_expected_failure(tmp_path: Path) -> None:
    with pytest.raises(PlatformError, match="No such file"):
        runner.run(FakeSession(sts=Identity(ACCOUNT)), MANIFEST, tmp_path)
