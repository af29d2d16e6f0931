"""The chart of an environment's failures and waivers."""

from __future__ import annotations

from catalog_platform.report import trend_chart
from support.scans import a_record, counted


def test_a_chart_has_a_line_for_failures_and_one_for_waivers() -> None:
    records = [
        a_record(1, a=counted(waived=2, high=4)),
        a_record(9, a=counted(waived=0, problems=1)),
    ]
    (chart,) = trend_chart.charts(records, ["a", "never scanned"])
    failed, waived = sorted(chart.lines, key=lambda each: each.name)
    assert (chart.environment, chart.maximum, chart.first, chart.last) == (
        "a",
        4,
        "2030-06-01",
        "2030-06-09",
    )
    assert failed.points == ((chart.left, chart.top), (chart.right, 84))
    assert (failed.last, waived.last) == (1, 0)
    assert chart.description == (
        "From 2030-06-01 to 2030-06-09: failed from 4 to 1 and waived from 2 to 0."
    )


def test_a_scan_without_the_environment_interrupts_the_line() -> None:
    records = [a_record(day, **({} if day == 3 else {"a": counted()})) for day in range(1, 6)]
    (chart,) = trend_chart.charts(records, ["a"])
    assert [each.path.count("M") for each in chart.lines] == [2, 2]
    assert [len(each.points) for each in chart.lines] == [4, 4]


def test_a_single_scan_without_failures_is_a_point() -> None:
    (chart,) = trend_chart.charts([a_record(1, a=counted(waived=0))], ["a"])
    assert chart.maximum == 1
    assert {each.points for each in chart.lines} == {((chart.left, chart.bottom),)}


def test_labels_of_equal_lines_do_not_cover_each_other() -> None:
    (chart,) = trend_chart.charts([a_record(1, a=counted(waived=3, high=3))], ["a"])
    first, second = sorted(each.label_y for each in chart.lines)
    assert second - first >= 14


def test_only_the_last_scans_are_drawn() -> None:
    records = [a_record(1, a=counted(high=number)) for number in range(100)]
    (chart,) = trend_chart.charts(records, ["a"])
    assert {len(each.points) for each in chart.lines} == {trend_chart.MAXIMUM}
    assert {each.last for each in chart.lines if each.name == "failed"} == {99}


def test_every_point_is_inside() -> None:
    records = [a_record(1, a=counted(waived=at, high=40 - at)) for at in range(41)]
    (chart,) = trend_chart.charts(records, ["a"])
    for x, y in (point for line in chart.lines for point in line.points):
        assert chart.left <= x <= chart.right
        assert chart.top <= y <= chart.bottom
