"""Public figures: two districts of one province, k = 3; then any cases at all."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from evenhand.flow.grievance import KINDS, NOT_UPHELD, UPHELD, Case, Event, Figure, Intake, figures, follow

UTC = ZoneInfo("UTC")
DAY = 86_400
PARENTS = {"V1": "V", "V2": "V", "V": "", "W": ""}


def case(number: int, area: str, kind: str, at: int = 10, outcome: str = "", days: int = 1) -> Case:
    intake = Intake(f"G{number}", kind, "", area, "page", True, at)
    events = [Event(1, "decision", at + days * DAY, "dora", "so", outcome)] if outcome else []
    return follow(intake, events, at + 100 * DAY, UTC)


def test_a_kind_with_enough_cases_stands_and_the_rest_of_the_district_is_folded() -> None:
    cases = [case(n, "V1", "quality", outcome=UPHELD) for n in range(4)]
    cases += [case(10, "V1", "conduct"), case(11, "V1", "other"), case(12, "V1", "abuse")]
    assert figures(cases, PARENTS, 3, 0, 50 * DAY) == [
        Figure("V1", "quality", 4, 4, 4, 4),
        Figure("V1", "several", 3, 0, 0, 0),
    ]


def test_two_small_districts_are_told_of_as_their_province_and_what_is_small_there_too_not_at_all() -> None:
    cases = [case(1, "V1", "quality"), case(2, "V1", "other"), case(3, "V2", "conduct"), case(4, "W", "quality")]
    assert figures(cases, PARENTS, 3, 0, 50 * DAY) == [
        Figure("", "several", None, 0, 0, 0),
        Figure("V", "several", 3, 0, 0, 0),
    ]


def test_one_late_decision_of_many_is_not_told_by_taking_away() -> None:
    cases = [case(n, "V1", "quality", outcome=NOT_UPHELD, days=20 if n == 0 else 1) for n in range(5)]
    assert figures(cases, PARENTS, 3, 0, 50 * DAY) == [Figure("V1", "quality", 5, 5, None, 0)]


def test_a_case_counts_in_the_span_in_which_it_came_and_in_which_it_was_decided() -> None:
    cases = [case(n, "V1", "quality", outcome=UPHELD, days=5) for n in range(3)]
    assert figures(cases, PARENTS, 3, 0, 2 * DAY) == [Figure("V1", "quality", 3, 0, 0, 0)]
    assert figures(cases, PARENTS, 3, 2 * DAY, 9 * DAY) == [Figure("V1", "quality", 0, 3, 3, 3)]
    assert figures(cases, PARENTS, 3, 9 * DAY, 20 * DAY) == []


drawn = st.lists(
    st.tuples(
        st.sampled_from(["V1", "V2", "V", "W", "unknown", ""]), st.sampled_from(sorted(KINDS)),
        st.sampled_from(["", UPHELD, NOT_UPHELD]), st.integers(0, 40),
    ),
    max_size=40,
)  # fmt: skip


@given(drawn, st.integers(2, 6), st.integers(0, 20), st.integers(1, 30))
def test_no_figure_tells_of_fewer_than_k(
    rows: list[tuple[str, str, str, int]], k: int, after: int, length: int
) -> None:
    cases = [case(n, area, kind, 10, outcome, days) for n, (area, kind, outcome, days) in enumerate(rows)]
    found = figures(cases, PARENTS, k, after * DAY, (after + length) * DAY)
    assert len({(row.area, row.kind) for row in found}) == len(found)
    for row in found:
        for number in (row.received, row.decided, row.in_time, row.upheld):
            assert number is None or number == 0 or number >= k
        for part in (row.in_time, row.upheld):
            if part is not None and row.decided is not None:
                assert row.decided - part == 0 or row.decided - part >= k


@given(drawn, st.integers(2, 6))
def test_what_is_told_is_never_more_than_what_came(rows: list[tuple[str, str, str, int]], k: int) -> None:
    cases = [case(n, area, kind, 10, outcome, days) for n, (area, kind, outcome, days) in enumerate(rows)]
    found = figures(cases, PARENTS, k, 0, 400 * DAY)
    hidden = [row for row in found if row.received is None]
    assert sum(row.received or 0 for row in found) + len(hidden) <= len(cases)
    assert len(hidden) <= 1 and all(row.area == "" for row in hidden)
