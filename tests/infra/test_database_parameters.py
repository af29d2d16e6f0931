"""Server parameters."""

from __future__ import annotations

import pytest

from support.synthesis import Template

pytestmark = pytest.mark.synth


def test_tls_and_statement_audit_are_server_parameters(
    template: Template, minimal: Template
) -> None:
    assert template.properties("Database/Parameters")["Parameters"] == {
        "pgaudit.log": "ddl,role,write",
        "rds.force_ssl": "1",
        "shared_preload_libraries": "pg_stat_statements,pgaudit",
    }
    assert minimal.properties("Database/Parameters")["Parameters"] == {
        "rds.force_ssl": "0",
        "shared_preload_libraries": "pg_stat_statements",
    }


def test_another_set_of_static_parameters_is_another_group(
    template: Template, minimal: Template
) -> None:
    # CloudFormation replaces a group whose description changes, and reboots what uses it.
    descriptions = {
        found.properties("Database/Parameters")["Description"] for found in (template, minimal)
    }
    assert len(descriptions) == 2
