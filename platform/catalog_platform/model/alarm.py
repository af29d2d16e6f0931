"""The settings of one alarm: its threshold and its severity.

The field that holds the threshold is named after its direction and unit, such as
`above_seconds`. Code that creates alarms reads every threshold as `threshold`.
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
            description="critical: needs a response at any hour. warning: needs a response within "
            "a day. off: the alarm is not created."
        ),
    ]


class ThresholdAlarm(Alarm, frozen=True, kw_only=True):
    """An alarm that fires when a metric crosses a threshold."""

    @property
    def threshold(self) -> int:
        """Return the last value at which the alarm doesn't fire, in the unit of its field."""
        raise NotImplementedError

    @property
    def fires_below(self) -> bool:
        """Return whether the alarm fires below its threshold instead of above."""
        return False


class SecondsAlarm(ThresholdAlarm, frozen=True, kw_only=True):
    """An alarm that fires above a number of seconds."""

    above_seconds: Annotated[
        int, Meta(description="Fires above this many seconds.", ge=1, le=604800)
    ]

    @property
    def threshold(self) -> int:
        """Return the threshold in seconds."""
        return self.above_seconds


class PercentAlarm(ThresholdAlarm, frozen=True, kw_only=True):
    """An alarm that fires above a percentage."""

    above_percent: Annotated[int, Meta(description="Fires above this percentage.", ge=0, le=100)]

    @property
    def threshold(self) -> int:
        """Return the threshold in percent."""
        return self.above_percent


class CountAlarm(ThresholdAlarm, frozen=True, kw_only=True):
    """An alarm that fires above a count."""

    above_count: Annotated[int, Meta(description="Fires above this count.", ge=0, le=1000000000)]

    @property
    def threshold(self) -> int:
        """Return the threshold as a count."""
        return self.above_count


class _LowerBoundAlarm(ThresholdAlarm, frozen=True, kw_only=True):
    @property
    def fires_below(self) -> bool:
        return True


class LowCountAlarm(_LowerBoundAlarm, frozen=True, kw_only=True):
    """An alarm that fires below a count."""

    below_count: Annotated[int, Meta(description="Fires below this count.", ge=1, le=1000000000)]

    @property
    def threshold(self) -> int:
        """Return the threshold as a count."""
        return self.below_count


class LowPercentAlarm(_LowerBoundAlarm, frozen=True, kw_only=True):
    """An alarm that fires below a percentage."""

    below_percent: Annotated[int, Meta(description="Fires below this percentage.", ge=1, le=100)]

    @property
    def threshold(self) -> int:
        """Return the threshold in percent."""
        return self.below_percent


class StorageAlarm(_LowerBoundAlarm, frozen=True, kw_only=True):
    """An alarm that fires when free storage runs low."""

    below_gib: Annotated[
        int, Meta(description="Fires below this much free storage, in GiB.", ge=1, le=65536)
    ]

    @property
    def threshold(self) -> int:
        """Return the threshold in GiB."""
        return self.below_gib


class MemoryAlarm(_LowerBoundAlarm, frozen=True, kw_only=True):
    """An alarm that fires when free memory runs low."""

    below_mib: Annotated[
        int, Meta(description="Fires below this much free memory, in MiB.", ge=1, le=1048576)
    ]

    @property
    def threshold(self) -> int:
        """Return the threshold in MiB."""
        return self.below_mib
