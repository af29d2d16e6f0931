"""One alarm: from which value on it rings, and for whom.

The field that holds the threshold names its direction and unit, `above_seconds`; the code that
hangs up the alarm reads it as `threshold`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from catalog_platform.model.section import Section

Severity = Literal["critical", "warning"]


class Alarm(Section, frozen=True, kw_only=True):
    """An alarm without a threshold of its own."""

    severity: Annotated[
        Literal["critical", "warning", "off"],
        Meta(
            description="critical: somebody gets up. warning: somebody looks in the morning. "
            "off: there is no such alarm."
        ),
    ]


class ThresholdAlarm(Alarm, frozen=True, kw_only=True):
    """An alarm that rings when a value passes a threshold."""

    @property
    def threshold(self) -> int:
        """The last value that is in order, in the unit of its field."""
        raise NotImplementedError

    @property
    def rings_below(self) -> bool:
        """Whether it is too little, not too much, that rings."""
        return False


class SecondsAlarm(ThresholdAlarm, frozen=True, kw_only=True):
    """Something is late."""

    above_seconds: Annotated[
        int, Meta(description="Seconds that are still in order.", ge=1, le=604800)
    ]

    @property
    def threshold(self) -> int:
        """Seconds."""
        return self.above_seconds


class PercentAlarm(ThresholdAlarm, frozen=True, kw_only=True):
    """Something takes too large a share."""

    above_percent: Annotated[int, Meta(description="Share that is still in order.", ge=0, le=100)]

    @property
    def threshold(self) -> int:
        """Percent."""
        return self.above_percent


class CountAlarm(ThresholdAlarm, frozen=True, kw_only=True):
    """Something happens too often."""

    above_count: Annotated[
        int, Meta(description="Number that is still in order.", ge=0, le=1000000000)
    ]

    @property
    def threshold(self) -> int:
        """A number of things."""
        return self.above_count


class _FloorAlarm(ThresholdAlarm, frozen=True, kw_only=True):
    @property
    def rings_below(self) -> bool:
        return True


class TooFewAlarm(_FloorAlarm, frozen=True, kw_only=True):
    """Something happens too rarely."""

    below_count: Annotated[
        int, Meta(description="Least number that is in order.", ge=1, le=1000000000)
    ]

    @property
    def threshold(self) -> int:
        """A number of things."""
        return self.below_count


class StorageAlarm(_FloorAlarm, frozen=True, kw_only=True):
    """A disk fills up."""

    below_gib: Annotated[
        int, Meta(description="Least free space that is in order, in GiB.", ge=1, le=65536)
    ]

    @property
    def threshold(self) -> int:
        """GiB."""
        return self.below_gib


class MemoryAlarm(_FloorAlarm, frozen=True, kw_only=True):
    """Memory runs short."""

    below_mib: Annotated[
        int, Meta(description="Least free memory that is in order, in MiB.", ge=1, le=1048576)
    ]

    @property
    def threshold(self) -> int:
        """MiB."""
        return self.below_mib
