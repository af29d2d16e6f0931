"""The monthly bill as a person reads it in a terminal."""

from __future__ import annotations

from catalog_platform.aws.prices.table import PriceTable
from catalog_platform.plan.cost.bill import bill
from catalog_platform.report.cost_text import render
from support.costs import prices, stack_of

STACK = stack_of(
    {
        "K": {"Type": "AWS::KMS::Key"},
        "T": {"Type": "AWS::DynamoDB::Table"},
        "E": {
            "Type": "AWS::EC2::VPCEndpoint",
            "Properties": {
                "VpcEndpointType": "Interface",
                "SubnetIds": ["a", "b"],
                "ServiceName": "com.amazonaws.eu-west-1.kms",
            },
        },
        "S": {"Type": "AWS::SNS::Subscription", "Properties": {"Protocol": "sms"}},
    }
)


def test_lines_usage_and_unknown_parts_are_listed() -> None:
    hour, key = (
        prices().prices[name, "eu-west-1"] for name in ("vpc.endpoint_hour", "kms.key_month")
    )
    assert hour.usd is not None
    amount = 1460 * hour.usd
    date = min(str(hour.as_of), str(key.as_of))
    assert render("shop", bill(STACK, prices())).splitlines() == [
        f"shop: {amount + 1:,.2f} USD a month without usage, list prices of {date} or later",
        f"  E  kms endpoint in 2 zones: 1,460 at {hour.usd} per hour = {amount:,.2f}",
        "  K  key: 1 at 1 per key-month = 1.00",
        "billed by use, not in the total:",
        "  E: data through the endpoint: 0.01 per GB",
        "  K: requests: 0.03 per 10,000 requests",
        "  S: deliveries by sms: price unknown",
        "unknown, not in the total:",
        "  T: nothing is known about AWS::DynamoDB::Table",
    ]


def test_an_environment_without_prices_has_a_total_of_zero_and_says_what_is_unknown() -> None:
    text = render("shop", bill(STACK, PriceTable({})))
    assert text.startswith("shop: 0.00 USD a month without usage\n")
    assert "  K: key: no price kms.key_month in eu-west-1\n" in text
