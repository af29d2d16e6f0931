"""The `tags` section: tags of every resource that supports them."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from catalog_platform.model.section import Section

# RDS Proxy allows 128 characters, Kinesis 255, other services 256. AWS reserves the prefixes `aws:`
# and `rds:` for keys and values. A space at an end is hard to see.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-resource-tags.html
TagValue = Annotated[
    str,
    Meta(
        max_length=128,
        pattern=r"^(?!([aA][wW][sS]|[rR][dD][sS]):)[\w.:/=+@-]([\w .:/=+@-]*[\w.:/=+@-])?$",
        examples=["product-catalog"],
    ),
]


CHARACTERS = "Letters, digits, spaces and _ . : / = + - @ are allowed."


class Tags(Section, frozen=True, kw_only=True):
    """The tags that every resource gets, in addition to the tag `environment`."""

    owner: Annotated[
        TagValue, Meta(description=f"Team that is responsible for the environment. {CHARACTERS}")
    ]
    cost_center: Annotated[TagValue, Meta(description=f"Cost center for billing. {CHARACTERS}")]
    data_classification: Annotated[
        TagValue, Meta(description=f"Sensitivity of the data. {CHARACTERS}", examples=["internal"])
    ]
