"""Settings of a mapping in the forms of the Lambda API and CloudFormation:
https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
"""

from __future__ import annotations

from embedded_aws.emulator.event_source.model import Rules


def test_missing_settings_have_the_defaults_of_streams() -> None:
    assert Rules.of({}) == Rules(
        batch_size=100,
        window=0.0,
        retries=None,
        maximum_age=None,
        bisect=False,
        partial=False,
        lanes=1,
    )


def test_minus_one_means_no_limit() -> None:
    found = Rules.of({"MaximumRetryAttempts": -1, "MaximumRecordAgeInSeconds": -1})
    assert (found.retries, found.maximum_age) == (None, None)


def test_zero_retries_are_a_limit() -> None:
    assert Rules.of({"MaximumRetryAttempts": 0}).retries == 0


def test_cloudformation_may_write_numbers_and_booleans_as_strings() -> None:
    found = Rules.of(
        {
            "BatchSize": "500",
            "MaximumBatchingWindowInSeconds": "5",
            "BisectBatchOnFunctionError": "true",
            "ParallelizationFactor": "10",
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
        }
    )
    assert found == Rules(batch_size=500, window=5.0, bisect=True, partial=True, lanes=10)
