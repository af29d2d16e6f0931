from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from catalog_platform.policy import assembly as assemblies
from catalog_platform.policy.isolation import isolated
from catalog_platform.policy.verdicts import PolicyOutcome, TemplateScan
from support import templates
from support.templates import QUEUE, VALID, python_policy, yaml_policy


@pytest.fixture
def engine() -> Iterator[None]:
    with isolated():
        yield


def scanned(tmp_path: Path, resources: dict[str, object], **checks: str) -> TemplateScan:
    from catalog_platform.policy import checkov_engine, registration

    folder = templates.policies(tmp_path / "policies", **checks)
    out = templates.assembly(tmp_path / "out", dev=resources)
    ((stack,), _) = assemblies.read(out, ["dev"])
    with registration.registered(folder / "checks") as (policies, problems, _):
        assert not problems
        return checkov_engine.scan(stack, policies)


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ("return CheckResult.FAILED", PolicyOutcome.FAILED),
        ("return CheckResult.PASSED", PolicyOutcome.PASSED),
    ],
)
def test_a_verdict_names_policy_resource_and_outcome(
    body: str, outcome: PolicyOutcome, tmp_path: Path
) -> None:
    found = scanned(tmp_path, {"Queue": QUEUE, "Value": VALID}, rule_py=python_policy(body=body))
    assert found.problems == []
    (own,) = [verdict for verdict in found.verdicts if verdict.policy == "OUR_1"]
    assert (own.logical_id, own.outcome) == ("Queue", outcome)


@pytest.mark.usefixtures("engine")
def test_a_policy_that_raises_is_a_problem_of_the_resource_and_no_pass(tmp_path: Path) -> None:
    found = scanned(tmp_path, {"Queue": QUEUE}, rule_py=python_policy(body="raise KeyError('x')"))
    assert [verdict for verdict in found.verdicts if verdict.policy == "OUR_1"] == []
    (problem,) = found.problems
    assert (problem.rule, problem.logical_id) == ("scan-policy", "Queue")
    assert "the policy OUR_1 raised KeyError('x')" in problem.message


TWO_KEYS = """
        if conf["Properties"].get("DelaySeconds") == 9:
            self.evaluated_keys = ["Properties/DelaySeconds", "Properties/Tags/[0]"]
        return CheckResult.FAILED
"""


@pytest.mark.usefixtures("engine")
def test_a_policy_of_ours_has_a_verdict_for_each_property_of_this_resource(tmp_path: Path) -> None:
    two = {**QUEUE, "Properties": {**QUEUE["Properties"], "DelaySeconds": 9}}
    found = scanned(
        tmp_path, {"First": two, "Other": QUEUE}, rule_py=python_policy(body=TWO_KEYS.strip())
    )
    own = [
        (each.logical_id, each.detail, each.paths)
        for each in found.verdicts
        if each.policy == "OUR_1"
    ]
    assert own == [
        ("First", "DelaySeconds", ("DelaySeconds",)),
        ("First", "Tags/0", ("Tags/0",)),
        ("Other", "", ()),
    ]


@pytest.mark.usefixtures("engine")
def test_a_policy_of_the_graph_has_the_paths_of_the_resource_itself(tmp_path: Path) -> None:
    late = {**QUEUE, "Properties": {**QUEUE["Properties"], "DelaySeconds": 2}}
    check = yaml_policy()
    found = scanned(tmp_path, {"Late": late, "Unset": QUEUE}, rule_yaml=check)
    assert {each.logical_id: each.paths for each in found.verdicts if each.policy == "OUR_2"} == {
        "Late": ("DelaySeconds",),
        "Unset": ("DelaySeconds",),
    }


@pytest.mark.usefixtures("engine")
def test_evaluated_paths_have_no_prefix_and_no_brackets() -> None:
    from catalog_platform.policy.checkov_engine import _paths, _without_path

    assert _paths(["Properties/Parameters/rds.force_ssl"], "/") == ("Parameters/rds.force_ssl",)
    assert _paths(["Properties/Tags/[0]/Key", "Endpoint.Port", 7]) == (
        "Tags/0/Key",
        "Endpoint/Port",
    )
    assert _without_path({"a": [{"__file__": "/x", "b": 1}], "__file__": "/x"}) == {"a": [{"b": 1}]}


TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}


@pytest.mark.usefixtures("engine")
def test_a_policy_of_checkov_that_cannot_decide_is_a_problem(tmp_path: Path) -> None:
    properties: dict[str, object] = {"AssumeRolePolicyDocument": TRUST}
    role = {"Type": "AWS::IAM::Role", "Properties": properties}
    assert scanned(tmp_path / "a", {"Role": role}).problems == []
    properties["Policies"] = [{"PolicyName": "p", "PolicyDocument": {"Statement": {"Action": "*"}}}]
    messages = [each.message for each in scanned(tmp_path / "b", {"Role": role}).problems]
    assert "the policy CKV_AWS_110 cannot decide" in messages


@pytest.mark.usefixtures("engine")
def test_a_policy_of_checkov_that_is_left_out_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from checkov.runner_filter import RunnerFilter

    monkeypatch.setattr(
        RunnerFilter, "should_run_check", lambda self, check, **_: check.id != "CKV_AWS_27"
    )
    found = scanned(
        tmp_path, {"Queue": QUEUE}, rule_py=python_policy(body="return CheckResult.PASSED")
    )
    assert [each.message for each in found.problems] == ["the policy CKV_AWS_27 did not run"]
