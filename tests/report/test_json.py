from __future__ import annotations

import json

from catalog_platform.report import json as report
from support.manifests import SOURCES, a_finding


def test_every_field_of_a_finding_is_there():
    assert json.loads(report.render([a_finding()], SOURCES)) == {
        "findings": [
            {
                "rule": "out-of-range",
                "severity": "error",
                "message": "9 is above the allowed range, 0 to 6",
                "hint": "use 3",
                "path": "network.nat_gateways",
                "environment": "prod",
                "file": "environments/prod.yaml",
                "line": 12,
                "column": 3,
                "excerpt": "  nat_gateways: 9",
                "documentation": "docs/rules.md#out-of-range",
            }
        ]
    }


def test_no_findings_are_an_empty_list():
    assert json.loads(report.render([], SOURCES)) == {"findings": []}
