"""Background traffic: sends updates during a deployment, and records them."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from catalog_platform.aws.session import Session
from catalog_platform.errors import PlatformError
from catalog_platform.rehearsal.background_task import BackgroundTask
from catalog_platform.verification.feed import Feed, generate
from catalog_platform.verification.producer import Sent, put

BURST = 50
PAUSE_SECONDS = 0.4


class BackgroundTraffic(BackgroundTask):
    """Send a burst of updates about twice a second until the `with` block ends."""

    def __init__(self, session: Session, stream: str, run: str) -> None:
        """Prepare the traffic. `run` is part of every SKU, so feeds don't share stocks.

        The traffic ends when the stream cannot be reached; `failure` is then the reason.
        """
        super().__init__()
        self.run = run
        self.sent = Sent()
        self.started = time.monotonic()
        self._session = session
        self._stream = stream
        self._feeds: list[Feed] = []
        self.failure = ""

    @property
    def prefix(self) -> str:
        """Return the prefix of the SKUs of this traffic."""
        return f"VERIFY-{self.run}"

    def feed(self) -> Feed:
        """Return all sent updates as one feed. Call it after the traffic has ended."""
        return merge_feeds(self._feeds)

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                number = len(self._feeds)
                feed = generate(
                    updates=BURST,
                    malformed=1,
                    seed=number,
                    run=f"{self.run}.{number:04}",
                    now=datetime.now(UTC),
                )
                burst = put(self._session, self._stream, feed, on_progress=lambda _count: None)
                self._feeds.append(feed)
                self.sent.valid |= burst.valid
                self.sent.malformed |= burst.malformed
                self._stop.wait(PAUSE_SECONDS)
        except PlatformError as error:
            self.failure = f"updates could no longer be sent: {error.message}"


def merge_feeds(feeds: list[Feed]) -> Feed:
    """Return one feed of several feeds about different stocks."""
    return Feed(
        updates=tuple(update for feed in feeds for update in feed.updates),
        levels={key: level for feed in feeds for key, level in feed.levels.items()},
        facts={key: fact for feed in feeds for key, fact in feed.facts.items()},
        duplicates=sum(feed.duplicates for feed in feeds),
        late=sum(feed.late for feed in feeds),
        malformed=sum(feed.malformed for feed in feeds),
    )
