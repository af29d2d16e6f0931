from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from catalog_platform.errors import FindingsError
from catalog_platform.manifest import schema_check
from catalog_platform.manifest.node import dotted, parse_path
from support.manifests import DEFAULTS, a_repository, report_text, section, with_lines


def test_an_account_has_ascii_digits_only(tmp_path):
    text = with_lines("").replace("555555555555", "\N{ARABIC-INDIC DIGIT FIVE}" * 12)
    assert "does not have the required form" in report_text(
        a_repository(tmp_path / "r", sample=text)
    )


def test_a_float_is_not_a_whole_number(tmp_path):
    workspace = a_repository(tmp_path / "r", sample=with_lines("processor:\n  memory_mb: 512.0\n"))
    assert "processor.memory_mb: 512.0 is not a whole number" in report_text(workspace)


def test_a_very_long_value_is_cut_in_its_message(tmp_path):
    lines = f"cache:\n  engine: {'x' * 5000}\n"
    assert len(report_text(a_repository(tmp_path / "r", sample=with_lines(lines)))) < 1000


def test_all_errors_are_reported_at_once(tmp_path):
    lines = "database:\n  port: 1\n  multi: 2\ncache:\n  port: 1\n"
    assert report_text(a_repository(tmp_path / "r", sample=with_lines(lines))).endswith(
        "3 errors\n"
    )


def test_a_key_that_even_the_defaults_lack_must_be_set(tmp_path):
    defaults = DEFAULTS.replace("  read_replicas: 0\n", "")
    workspace = a_repository(
        tmp_path / "r", defaults=defaults, sample=with_lines("database:\n  port: 5433\n")
    )
    assert "environments/sample.yaml:7:1: database.read_replicas: is missing" in report_text(
        workspace
    )


scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.floats())


@given(
    st.dictionaries(
        st.sampled_from(["database", "network", "alarms", "x"]),
        st.recursive(
            scalars,
            lambda inner: st.one_of(
                st.lists(inner, max_size=3),
                st.dictionaries(
                    st.sampled_from(["port", "cidr", "subscriptions", "y"]), inner, max_size=3
                ),
            ),
            max_leaves=5,
        ),
    )
)
def test_any_tree_has_findings_with_location_and_message(tree):
    text = json.dumps(tree).replace("NaN", "0").replace("-Infinity", "0").replace("Infinity", "0")
    try:
        root = section(text)
    except FindingsError:  # a hidden character in a text
        return
    for found in schema_check.check(root, "sample.yaml", frozenset()):
        assert found.location.file == "sample.yaml"
        assert found.message
        assert dotted(parse_path(found.path)) == found.path
