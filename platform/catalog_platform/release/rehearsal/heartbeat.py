"""How long a service stood still: the longest time in which nothing new reached the archive."""

from __future__ import annotations

import threading
import time
from types import TracebackType

from botocore.exceptions import BotoCoreError, ClientError

from catalog_platform.release.session import Session

POLL_SECONDS = 0.25


class Heartbeat:
    """Counts the archive's objects on a thread of its own; S3 not answering counts as silence."""

    def __init__(self, session: Session, bucket: str) -> None:
        self.longest_pause = 0.0
        self._s3 = session.client("s3")
        self._bucket = bucket
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="heartbeat", daemon=True)

    def __enter__(self) -> Heartbeat:
        """Begin to listen."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        """Stop."""
        self._stop.set()
        self._thread.join()

    def _listen(self) -> None:
        count, beat = self._count(), time.monotonic()
        while not self._stop.wait(POLL_SECONDS):
            found, now = self._count(), time.monotonic()
            self.longest_pause = max(self.longest_pause, now - beat)
            if found is not None and found != count:
                count, beat = found, now

    def _count(self) -> int | None:
        try:
            pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket)
            return sum(int(page["KeyCount"]) for page in pages)
        except (BotoCoreError, ClientError):
            return None
