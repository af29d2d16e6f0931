from __future__ import annotations

import datetime

from msgspec import UNSET

from catalog_platform.findings import Location
from catalog_platform.policy import scan_model
from catalog_platform.policy.results import Cause, ScanBase, ScannedEnvironment, ScanResult
from catalog_platform.report import scan_json
from support.manifests import SOURCES
from support.results import a_result, a_waiver

TODAY = datetime.date(2030, 6, 1)
SCAN = ScanResult(
    environments=(ScannedEnvironment(name="prod", tier="production", target="aws"),),
    base=ScanBase(reference="main", commit="1" * 40),
    results=(
        a_result(
            status="new",
            key="dead_letters.encryption",
            source=Location("platform/catalog_platform/infra/dead_letters.py", 40),
            causes=(Cause(kind="key", location=Location("environments/prod.yaml", 9), key="a.b"),),
        ),
        a_result(policy="CKV_AWS_7", waiver=a_waiver()),
    ),
    fixed=(a_result(policy="CKV_AWS_18"),),
)


def test_what_is_written_can_be_read_again() -> None:
    text = scan_json.render(SCAN, SOURCES, TODAY)
    assert scan_model.decode(text) == scan_json.as_model(SCAN, SOURCES, TODAY)


def test_a_result_has_key_cause_and_source_and_a_waived_one_its_waiver() -> None:
    found, waived = scan_json.as_model(SCAN, SOURCES, TODAY).results
    assert (found.blocking, found.status, found.key) == (True, "new", "dead_letters.encryption")
    assert found.waiver is UNSET
    assert not waived.blocking
    assert waived.waiver is not UNSET
    assert (waived.waiver.owner, waived.waiver.days) == ("catalog-team", 29)


def test_without_a_base_there_is_none_and_no_status() -> None:
    text = scan_json.render(ScanResult(results=(a_result(),)), SOURCES, TODAY)
    assert '"base"' not in text
    assert '"status"' not in text
