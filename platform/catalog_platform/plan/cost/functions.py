"""Lambda functions and what invokes them: billed by use only.

https://aws.amazon.com/lambda/pricing/ and https://aws.amazon.com/xray/pricing/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from catalog_platform.plan.cost.dimension import Billing, Dimension, Usage
from catalog_platform.plan.cost.resource import Resource

INCLUDED_STORAGE_MIB = 512


def function(resource: Resource) -> Iterator[Dimension]:
    """Yield the duration and the number of invocations."""
    suffix = "arm" if resource.value("Architectures") == ["arm64"] else "x86"
    memory = resource.number("MemorySize", 128)
    what = f"duration with {memory} MB of memory"
    yield Usage(price=f"lambda.gb_second_{suffix}", what=what)
    yield Usage(price=f"lambda.requests_{suffix}", what="invocations")
    if resource.number("EphemeralStorage.Size", INCLUDED_STORAGE_MIB) > INCLUDED_STORAGE_MIB:
        price = "lambda.ephemeral_storage" if suffix == "x86" else ""
        yield Usage(price=price, what=f"temporary storage above {INCLUDED_STORAGE_MIB} MB")
    if resource.value("TracingConfig.Mode") == "Active":
        yield Usage(price="", what="X-Ray traces")


def mapping(resource: Resource) -> Iterator[Dimension]:
    """Yield the metrics of a mapping; reading a stream is not billed by Lambda."""
    if resource.value("MetricsConfig.Metrics"):
        yield Usage(price="cloudwatch.custom_metric", what="metrics of the mapping")


BILLED: Mapping[str, Billing] = {
    "AWS::Lambda::EventSourceMapping": mapping,
    "AWS::Lambda::Function": function,
}
FREE: Mapping[str, str] = {
    "AWS::Lambda::Permission": "https://aws.amazon.com/lambda/pricing/",
    "AWS::Lambda::Url": "https://aws.amazon.com/lambda/pricing/",
    "Custom::CatalogSchema": "an invocation of a function",
}
