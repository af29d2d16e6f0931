from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from catalog_platform.manifest.aws import data
from catalog_platform.manifest.checks import endpoint

EXAMPLES = {
    protocol: text.format(partition="aws", region="eu-west-1", account="111111111111")
    for protocol, text in endpoint.EXAMPLES.items()
}


@pytest.mark.parametrize("protocol", EXAMPLES)
@pytest.mark.parametrize("other", EXAMPLES)
def test_only_the_example_of_the_protocol_has_its_form(protocol: str, other: str) -> None:
    fault = endpoint.fault(protocol, EXAMPLES[other], "eu-west-1")
    assert (fault == "") == (protocol == other)


@given(text=st.text(max_size=60) | st.text(max_size=60).map("https://{}".format))
@example("https://[2001:db8::1/sns")
@example("https://host.example]/sns")
@example("https://example.℀m/sns")
def test_any_text_has_a_verdict(text: str) -> None:
    for protocol in endpoint.FAULTS:
        assert isinstance(endpoint.fault(protocol, text, "eu-west-1"), str)
        assert isinstance(endpoint.normalised(protocol, text), str)


@given(address=st.emails(domains=st.just("example.com")))
def test_addresses_are_accepted(address: str) -> None:
    assert endpoint.fault("email", address, "eu-west-1") == ""


@given(
    region=st.sampled_from(sorted(data.partitions())),
    other=st.sampled_from(sorted(data.partitions())),
)
def test_an_arn_is_accepted_in_the_own_partition_only(region: str, other: str) -> None:
    partition = data.partitions()[other]
    arn = f"arn:{partition}:sqs:{other}:111111111111:alarms"
    accepted = endpoint.fault("sqs", arn, region) == ""
    assert accepted == (partition == data.partitions()[region])
