"""Scans of a working tree that are compared with a base, without synthesis and policies."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest

from catalog_platform.commands import scan
from catalog_platform.errors import PlatformError, UsageError
from catalog_platform.findings import has_errors
from catalog_platform.policy.results import ScanResult
from catalog_platform.release import attestation
from support.compared_scans import ScanRepository
from support.manifests import a_finding
from support.results import a_result, a_waiver

DIGEST = "sha256:" + "1" * 64
SHOP = a_result(environment="shop", digest=DIGEST)
OTHER = a_result(environment="other", digest=DIGEST)


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ScanRepository:
    return ScanRepository.create(tmp_path / "repository", monkeypatch)


def statuses(result: ScanResult) -> dict[str, str]:
    """Return the status of the result in each environment."""
    return {each.environment: each.status for each in result.results}


def rules(result: ScanResult) -> set[str]:
    return {each.rule for each in result.problems}


def rename_shop(made: ScanRepository) -> None:
    """Rename `shop` to `store` in the working tree."""
    old = made.workspace.environments / "shop.yaml"
    text = old.read_text().replace("name: shop", "name: store")
    (made.workspace.environments / "store.yaml").write_text(text)
    old.unlink()
    made.head.stacks["store"] = made.head.stacks.pop("shop")


def asked(made: ScanRepository) -> list[str]:
    """Return what was asked of the base."""
    return [" ".join(words) for words in made.calls]


def test_nothing_is_scanned_where_nothing_differs(made: ScanRepository) -> None:
    made.head.results = [SHOP, OTHER]
    result = made.scan()
    assert statuses(result) == {"shop": "unchanged", "other": "unchanged"}
    assert not has_errors(result.findings)
    assert made.calls == []


def test_only_affected_environments_of_the_base_are_scanned(made: ScanRepository) -> None:
    made.head.results = made.base.results = [SHOP, OTHER]
    made.affect("shop")
    made.scan("other")
    assert made.calls == []  # it is not selected
    result = made.scan()
    assert statuses(result) == {"shop": "unchanged", "other": "unchanged"}
    assert asked(made) == ["synth shop", "scan shop"]
    assert made.own == []  # the code is the same
    assert result.base is not None
    assert (result.base.reference, result.base.commit) == ("main", made.repository.head())


def test_a_second_comparison_scans_only_the_working_tree(made: ScanRepository) -> None:
    made.head.results = made.base.results = [SHOP, OTHER]
    made.affect("shop")
    first = made.scan()
    made.edit("shop", "shards: 3", "shards: 4")
    assert made.scan() == first
    assert len(made.calls) == 2
    (kept,) = (made.workspace.build / "scans").iterdir()
    kept.write_bytes(kept.read_bytes()[:-1])
    assert made.scan() == first
    assert len(made.calls) == 4


def test_another_day_or_other_policies_of_the_base_need_another_scan(
    made: ScanRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.affect("shop")
    made.scan()
    today = datetime.datetime.now(datetime.UTC)

    class Tomorrow(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Tomorrow:
            return cls.fromtimestamp(today.timestamp() + 86_400, tz)

    with monkeypatch.context() as patch:
        patch.setattr(datetime, "datetime", Tomorrow)
        made.scan()
    assert len(made.calls) == 4
    made.edit("shop", "shards: 3", "shards: 2")
    made.edit_policies()
    made.repository.commit("policies")
    made.edit("shop", "shards: 2", "shards: 3")
    made.scan()
    assert len(made.calls) == 6


def test_a_policy_that_differs_makes_the_base_s_scan_necessary(made: ScanRepository) -> None:
    made.head.results, made.base.results = [SHOP, OTHER], [OTHER]
    made.edit_policies()
    result = made.scan()
    assert statuses(result) == {"shop": "new", "other": "unchanged"}
    assert asked(made)[-1] == "scan other shop"


def test_a_waiver_that_the_head_no_longer_has_makes_the_result_new(made: ScanRepository) -> None:
    made.head.results = [OTHER]
    made.base.results = [a_result(environment="other", digest=DIGEST, waiver=a_waiver())]
    (made.workspace.policies / "waivers.yaml").write_text("waivers: []  # removed\n")
    result = made.scan()
    assert statuses(result) == {"other": "new"}
    assert has_errors(result.findings)


def test_a_result_that_is_gone_is_fixed(made: ScanRepository) -> None:
    made.base.results = [SHOP]
    made.affect("shop")
    (fixed,) = made.scan().fixed
    assert fixed.identity == SHOP.identity


def test_a_new_environment_has_only_new_results_and_no_scan_of_the_base(
    made: ScanRepository,
) -> None:
    text = (made.workspace.environments / "shop.yaml").read_text()
    (made.workspace.environments / "next.yaml").write_text(
        text.replace("shop", "next").replace("10.55", "10.57").replace("5" * 12, "6" * 12)
    )
    made.head.stacks["next"] = made.head.stacks["shop"]
    made.head.results = [a_result(environment="next")]
    result = made.scan("next")
    assert statuses(result) == {"next": "new"}
    assert (made.calls, rules(result)) == ([], set())


def test_a_renamed_environment_is_compared_with_the_one_that_it_was(made: ScanRepository) -> None:
    rename_shop(made)
    made.base.results = [SHOP]
    made.head.results = [
        a_result(environment="store", digest=DIGEST),
        a_result(environment="store", policy="CKV_AWS_26"),
    ]
    expired = a_finding(rule="waiver-expired", environment="store")
    made.head.problems = [expired]
    result = made.scan("store")
    assert [each.status for each in result.results] == ["unchanged", "new"]
    assert asked(made)[-1] == "scan shop"
    assert result.problems == (expired,)


@pytest.mark.parametrize(("affected", "fails"), [("shop", True), ("other", False)])
def test_an_expired_waiver_fails_only_where_the_change_deploys(
    affected: str, fails: bool, made: ScanRepository
) -> None:
    made.head.problems = [a_finding(rule="waiver-expired", environment="shop")]
    made.affect(affected)
    assert has_errors(made.scan().findings) is fails


def test_an_environment_with_another_manifest_and_the_same_stack_is_not_affected(
    made: ScanRepository,
) -> None:
    made.head.problems = [a_finding(rule="waiver-expired", environment="shop")]
    made.edit("shop", "shards: 2", "shards: 3")
    assert not has_errors(made.scan().findings)
    assert asked(made)[-1] == "scan shop"


def test_an_assembly_whose_errors_are_unchanged_is_not_attested(made: ScanRepository) -> None:
    made.head.results = [SHOP]
    assert not has_errors(made.scan().findings)
    with pytest.raises(PlatformError, match="was not scanned"):
        attestation.require(made.workspace.build / "head", "shop")
    made.head.results = []
    made.scan()
    assert attestation.require(made.workspace.build / "head", "shop")


def test_the_base_s_policies_judge_and_never_attest(made: ScanRepository) -> None:
    (made.workspace.policies / "waivers.yaml").write_text("waivers: []  # of the head\n")
    made.edit("other", "name: other", "name: third")
    (made.workspace.environments / "other.yaml").rename(made.workspace.environments / "third.yaml")
    made.head.stacks["third"] = made.head.stacks["other"]
    made.scan(from_base=True)
    assert made.judged_by == ["waivers: []\n"]
    assert made.known == ["shop", "third", "other"]
    with pytest.raises(PlatformError, match="was not scanned"):
        attestation.require(made.workspace.build / "head", "shop")
    made.scan()
    assert made.judged_by[1:] == ["waivers: []  # of the head\n"]


def test_a_base_without_policies_cannot_judge(made: ScanRepository) -> None:
    made.repository.git("rm", "-r", "--quiet", "policies")
    made.repository.commit("no policies")
    made.workspace.policies.mkdir()
    (made.workspace.policies / "waivers.yaml").write_text("waivers: []\n")
    with pytest.raises(UsageError, match="main has no folder policies"):
        made.scan(from_base=True)
    assert rules(made.scan()) == set()


@pytest.mark.parametrize("from_base", [False, True])
def test_weaker_policies_are_warnings(from_base: bool, made: ScanRepository) -> None:
    table = made.workspace.policies / "severities.yaml"
    table.write_text(table.read_text().replace("production: low", "production: critical"))
    result = made.scan(from_base=from_base)
    assert "threshold-raised" in rules(result)
    assert not has_errors(result.findings)


def test_a_comparison_with_the_base_ends_with_0_for_what_it_has_too(
    made: ScanRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(format: str) -> int:  # noqa: A002 - the option's name
        return scan.run(
            made.workspace,
            names=(),
            assembly=made.assembly,
            base="main",
            format=format,
            output=None,
            sarif=None,
        )

    same = a_result(environment="shop")
    made.head.results = made.base.results = [same]
    made.affect("shop")
    assert run("text") == 0
    printed = capsys.readouterr()
    assert "1 unchanged" in printed.out
    assert "note: " in printed.out
    made.head.results = [same, a_result(environment="shop", policy="CKV_AWS_26")]
    assert run("json") == 1
    data = json.loads(capsys.readouterr().out)
    assert data["base"] == {"ref": "main", "commit": made.repository.head()}
    assert [each["status"] for each in data["results"]] == ["unchanged", "new"]


def test_a_waiver_that_follows_a_renamed_environment_is_shown_with_its_new_scope(
    made: ScanRepository,
) -> None:
    today = datetime.datetime.now(datetime.UTC).date()
    file = made.workspace.policies / "waivers.yaml"
    file.write_text(f"""
waivers:
  - id: queue
    kind: policy
    scope: {{environments: [shop]}}
    rules: [CKV_AWS_27]
    resources: [Stream/Queue]
    reason: the queue is emptied by hand
    owner: catalog-platform
    created: {today}
    expires: {today}
""")
    made.repository.commit("a waiver")
    assert rules(made.scan("shop")) == set()
    rename_shop(made)
    file.write_text(file.read_text().replace("[shop]", "[store]"))
    (problem,) = made.scan("store").problems
    assert problem.rule == "waiver-added"
    assert problem.message.endswith("also covers CKV_AWS_27 for Stream/Queue in store")
