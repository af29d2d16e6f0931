"""Plants weaknesses in the template of a production environment, and scans it."""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from catalog_platform.manifest.checks import RULES
from catalog_platform.manifest.checks.rule import rule_id
from support import coverage_page
from support.manifests import ROOT
from support.synthesis import Template
from support.weakness_study import Outcome, Study, production
from support.weaknesses import ATTRIBUTES, Planter

pytestmark = pytest.mark.synth

NEUTRAL = yaml.safe_load((Path(__file__).parent / "neutral.yaml").read_text())
PAGE = ROOT / "docs" / "policy-coverage.md"
ROW = re.compile(r"^(\| `[^`]+` \| .+ \|) .+ \| (?:yes|no) \|$", re.MULTILINE)
# One of each kind of resource and weakness, which one scan finds together.
SAMPLE = (
    "Archive/Bucket: `VersioningConfiguration` removed",
    "Audit/Trail: `IsLogging`: `false`",
    "Backup/Selection: resource removed",
    'Cache/Group: `UpdatePolicy`: `{"UseOnlineResharding": false}`',
    "Database/Instance: neither backups nor protection",
    "DeadLetters/Queue/Policy: everyone may send",
    "Stream/Stream: `DeletionPolicy`: `Delete`, `UpdateReplacePolicy`: `Delete`",
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return production(tmp_path_factory.mktemp("production"))


@pytest.fixture(scope="module")
def study(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Study:
    return Study(template, tmp_path_factory.mktemp("study"))


@pytest.fixture(scope="module")
def outcomes(study: Study) -> Mapping[str, Outcome]:
    """The outcomes of all weaknesses, which take about five minutes."""
    return study.outcomes(study.weaknesses)


def properties(template: Template) -> dict[str, set[str]]:
    """Return the properties and the attributes of protection by resource type."""
    found: dict[str, set[str]] = defaultdict(set)
    for resource in template.resources.values():
        found[resource["Type"]] |= resource.get("Properties", {}).keys()
        found[resource["Type"]] |= resource.keys() & set(ATTRIBUTES)
    return found


def neutral_properties(kind: str) -> set[str]:
    return {name for each in NEUTRAL for name in each["properties"].get(kind, ())}


def test_every_weakness_changes_the_template_and_has_an_id_of_its_own(template: Template) -> None:
    planter = Planter(template)
    assert [name for name, n in Counter(w.id for w in planter.weaknesses).items() if n > 1] == []
    for weakness in planter.weaknesses:
        assert planter.plant([weakness]) != template.content, weakness.id


def test_every_property_has_a_weakness_or_is_neutral(template: Template) -> None:
    planted: dict[str, set[str]] = defaultdict(set)
    for each in Planter(template).weaknesses:
        planted[each.type] |= {path.partition("/")[0] for path in each.edits}
    for kind, names in properties(template).items():
        neutral = neutral_properties(kind)
        assert names - planted[kind] - {"Tags"} == neutral, kind


def test_neutral_properties_are_those_of_the_template(template: Template) -> None:
    kinds = {kind for each in NEUTRAL for kind in each["properties"]}
    assert kinds <= properties(template).keys()


def test_the_page_has_the_outcomes_of_a_sample(study: Study) -> None:
    sample = [each for each in study.weaknesses if each.id in SAMPLE]
    assert len(sample) == len(SAMPLE)
    outcomes = study.outcomes(sample)
    text = PAGE.read_text()
    for each in sample:
        assert outcomes[each.id].caught_by, each.id
        assert coverage_page.row(each, outcomes[each.id]) in text


def test_the_page_lists_every_weakness(study: Study) -> None:
    rows = ROW.findall(PAGE.read_text())
    expected = [
        coverage_page.row(each, Outcome()).removesuffix(" nothing | no |")
        for each in study.weaknesses
    ]
    assert rows == expected


def test_reasons_name_rules_of_the_manifest() -> None:
    text = " ".join(each.text for each in coverage_page.reasons())
    known = set(map(rule_id, RULES))
    assert set(re.findall(r"`([a-z]+(?:-[a-z]+){2,})`", text)) <= known


@pytest.mark.exhaustive
def test_every_uncaught_weakness_has_a_reason_and_every_reason_is_needed(
    study: Study, outcomes: Mapping[str, Outcome]
) -> None:
    uncaught = [each.id for each in study.weaknesses if not outcomes[each.id].caught_by]
    assert sorted(name for each in coverage_page.reasons() for name in each.ids) == sorted(uncaught)


@pytest.mark.exhaustive
def test_the_page_is_up_to_date(
    study: Study, outcomes: Mapping[str, Outcome], golden: bool
) -> None:
    text = coverage_page.page(study.weaknesses, outcomes)
    if golden:
        PAGE.write_text(text)
    assert PAGE.read_text() == text, "pytest --golden tests/policies/test_weaknesses.py writes it"


@pytest.mark.exhaustive
def test_a_weakness_has_the_same_outcome_alone_as_with_others(
    study: Study, outcomes: Mapping[str, Outcome]
) -> None:
    sample = random.Random(14).sample(study.weaknesses, 20)
    assert study.alone(sample) == {each.id: outcomes[each.id] for each in sample}
