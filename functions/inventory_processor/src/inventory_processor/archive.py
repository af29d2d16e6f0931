"""The archive in S3: one object per batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from inventory_processor.events import Valid
from inventory_processor.objects import S3Client, key, pack, put, stream_fields
from inventory_processor.ports import Packed


@dataclass(frozen=True, slots=True)
class S3Archive:
    """The archive below `inventory/` of a bucket; a repeated batch overwrites the same object."""

    s3: S3Client
    bucket: str

    def pack(self, records: Sequence[Valid]) -> Packed:
        """See `Archive`."""
        lines = (
            stream_fields(item.record) | {"event": msgspec.Raw(item.event)} for item in records
        )
        return Packed(key("inventory", records[0].record, records[-1].record), pack(lines))

    def store(self, packed: Packed) -> None:
        """See `Archive`."""
        put(self.s3, self.bucket, packed.name, packed.content)
