"""A year's report comes within a few times of what fetching its bytes costs; `make bench` measures ten years."""

from __future__ import annotations

from bench_reports import BOUND, measured
from ten_years import make

SLACK = 3  # of one year, where what is done once weighs more, on a machine where tests run beside


def test_each_view_of_a_year_is_near_its_floor(tmp_path):
    floor, views = measured(make(tmp_path, 1), 1)
    slow = {name: seconds / floor for name, seconds in views.items() if seconds > SLACK * BOUND * floor}
    assert slow == {}, floor
