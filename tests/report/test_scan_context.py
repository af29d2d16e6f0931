"""The facts of a scan that its result doesn't have."""

from __future__ import annotations

import datetime

from support.scans import a_context


def test_today_is_the_date_in_utc() -> None:
    zone = datetime.timezone(datetime.timedelta(hours=5))
    time = datetime.datetime(2030, 1, 2, 3, tzinfo=zone)
    assert a_context(time=time).today == datetime.date(2030, 1, 1)
