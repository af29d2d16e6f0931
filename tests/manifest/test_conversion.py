from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from catalog_platform import model
from catalog_platform.manifest import Manifests, schema_check
from catalog_platform.manifest.conversion import convert
from catalog_platform.manifest.documentation import leaves
from support.manifests import EXAMPLES

TREE: Any = Manifests(EXAMPLES).resolve("production").tree
words = ["", "17.9", "eu-west-1a", "mon:04:30-mon:05:30", "valkey", 1.0, 30.0, [], {}, ["kms"]]
odd = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 10**6), st.floats(), st.text(max_size=8),
    st.sampled_from(words),
)  # fmt: skip


@given(st.sampled_from(leaves()), odd)
def test_the_model_accepts_exactly_what_the_schema_accepts(key, value):
    changed = inner = copy.deepcopy(TREE)
    *sections, name = key.split(".")
    for each in sections:
        inner = inner[each]
    inner[name] = value
    assert (convert(changed) is not None) == schema_check._validator(model.Manifest).is_valid(
        changed
    )
