"""A waiver covers one of several results on a resource, and only the values that it is for."""

from __future__ import annotations

from pathlib import Path

from catalog_platform.policy.results import ScanResult
from support import templates
from support.templates import QUEUE, placed, python_policy, rules, scan

EACH_TAG = """
        tags = conf["Properties"]["Tags"]
        self.evaluated_keys = [f"Properties/Tags/[{place}]" for place, _ in enumerate(tags)]
        return CheckResult.FAILED if tags else CheckResult.PASSED
"""


def waiver(name: str, digest: str = "", rule: str = "OUR_1") -> str:
    return f"""
  - id: {name}
    kind: policy
    scope: {{environments: [dev]}}
    rules: ['{rule}']
    resources: [Stream/Queue]
    reason: the queue is emptied by hand
    owner: catalog-platform
    created: 2030-06-01
    expires: 2030-12-31
""" + (f"    digest: {digest}\n" if digest else "")


def tagged(tmp_path: Path, text: str, *values: str) -> ScanResult:
    """Scan a queue with a policy that each of its tags violates."""
    tags = [{"Key": value, "Value": value} for value in values]
    queue = {**QUEUE, "Properties": {**QUEUE["Properties"], "Tags": tags}}
    assembly = templates.assembly(tmp_path / "out", dev={"Queue": placed(queue, "Stream/Queue")})
    policies = templates.policies(
        tmp_path / "policies",
        waivers=f"waivers:\n{text}" if text else "",
        severities=templates.severities(OUR_1="medium"),
        rule_py=python_policy(body=EACH_TAG.strip()),
    )
    return scan(assembly, policies)


def test_a_waiver_can_name_one_of_several_results_on_a_resource(tmp_path: Path) -> None:
    first = waiver("first", rule="OUR_1[Tags/0]")
    result = tagged(tmp_path, first, "a", "b")
    assert [(each.detail, each.waiver is None) for each in result.results] == [
        ("Tags/0", False),
        ("Tags/1", True),
    ]
    assert rules(result) == {"OUR_1"}
    assert rules(tagged(tmp_path, first, "a")) == set()
    assert rules(tagged(tmp_path, waiver("whole"), "a", "b")) == set()


def test_a_digest_is_for_one_result_and_ends_with_a_change_of_its_value(tmp_path: Path) -> None:
    digests = [each.digest for each in tagged(tmp_path, "", "a", "b").results]
    each_one = "".join(waiver(f"tag-{at}", digest) for at, digest in enumerate(digests))
    assert rules(tagged(tmp_path, each_one, "a", "b")) == set()
    assert rules(tagged(tmp_path, each_one, "b", "a")) == set()
    changed = tagged(tmp_path, each_one, "a", "c")
    (result,) = (each for each in changed.results if each.waiver is None)
    assert result.detail == "Tags/1"
    assert "the waiver tag-1 is for other values: they have changed" in result.hint
    assert [each.message for each in changed.findings if each.rule == "waiver-unmatched"] == [
        "OUR_1 does not fail for Stream/Queue in dev"
    ]
