"""Measure availability: the longest time without a new object in the archive."""

from __future__ import annotations

import time

from botocore.exceptions import BotoCoreError, ClientError

from catalog_platform.aws.session import Session
from catalog_platform.rehearsal.background_task import BackgroundTask

POLL_SECONDS = 0.25


class Availability(BackgroundTask):
    """Count the archive's objects in the background; an S3 failure counts as no new object."""

    def __init__(self, session: Session, bucket: str) -> None:
        super().__init__()
        self.longest_pause = 0.0
        self._s3 = session.client("s3")
        self._bucket = bucket

    def _run(self) -> None:
        count, changed_at = self._count(), time.monotonic()
        while not self._stop.wait(POLL_SECONDS):
            found, now = self._count(), time.monotonic()
            self.longest_pause = max(self.longest_pause, now - changed_at)
            if found is not None and found != count:
                count, changed_at = found, now

    def _count(self) -> int | None:
        try:
            pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket)
            return sum(int(page["KeyCount"]) for page in pages)
        except (BotoCoreError, ClientError):
            return None
