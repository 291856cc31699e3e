"""Rows that meet and rows that never fit: proved exactly, against trying every household there is."""

import itertools
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from policy.samples import GRAIN

from evenhand.core.errors import InputError
from evenhand.flow.policy import Policy, load, overlaps, period_for
from evenhand.flow.policy.compile import compile_policy
from evenhand.flow.policy.evaluate import Household
from evenhand.flow.policy.proof import Reader
from evenhand.flow.policy.regions import Work, meet, together, without
from evenhand.flow.policy.sheet import Faults

SMALL = """[policy]
id = "small"
period = "month"
leap = "{leap}"
[category]
card = ["A", "B", "C"]
[input]
card = {{of = "household", type = "category", purpose = "class"}}
rooms = {{of = "household", type = "number", parts = 2, range = [0, 3], purpose = "need"}}
alone = {{of = "household", type = "bool", purpose = "need"}}
birth_date = {{of = "member", type = "date", purpose = "age", range = [2019-02-25, 2020-03-05]}}
[benefit.grain]
kind = "good"
unit = "kg"
[step.crowded]
is = "rooms * 2 - 1 < 3 and not alone"
[table.due]
of = "{of}"
unit = "kg"
hit = "{hit}"
rows = [
  {{id = "one", when = "{one}", then = "1", because = "x"}},
  {{id = "two", when = "{two}", then = "2", because = "x"{over}}},
]
otherwise = {{then = "0", because = "x"}}
[[entitlement]]
benefit = "grain"
amount = "{amount}"
"""
DAY = date(2024, 2, 1)

numbers = st.sampled_from(["rooms", "rooms * 2", "3 - rooms", "rooms / 2 + 1"])
atoms = st.one_of(
    st.sampled_from(["card = 'A'", "card <> 'B'", "card in ('A', 'C')", "alone", "crowded", "true", "false"]),
    st.builds("{} {} {}".format, numbers, st.sampled_from(["=", "<>", "<", "<=", ">", ">="]),
              st.sampled_from(["0", "1", "1.25", "2", "2.5", "3"])),
    st.builds("size {} {}".format, st.sampled_from(["=", "<", ">="]), st.integers(1, 4)),
)  # fmt: skip
dated = st.one_of(
    st.builds("age(birth_date, {}) {} {}".format, st.sampled_from(["period_start", "period_end"]),
              st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), st.sampled_from(["3", "4", "4.5", "5"])),
    st.builds("add_years(birth_date, {}) {} period_{}".format, st.integers(3, 5),
              st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), st.sampled_from(["start", "end"])),
    st.builds("birth_date + {} {} period_start".format, st.integers(1450, 1830), st.sampled_from(["=", "<", ">="])),
    st.sampled_from(["card = 'A'", "alone"]),
)  # fmt: skip


def conditions(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.recursive(
        parts,
        lambda inner: st.one_of(
            st.builds("({} and {})".format, inner, inner), st.builds("({} or {})".format, inner, inner),
            st.builds("(not {})".format, inner)),
        max_leaves=5,
    )  # fmt: skip


def loaded(**parts: str) -> Policy:
    given_ = {"leap": "1 Mar", "of": "household", "hit": "unique", "amount": "due", "over": "", **parts}
    return load(SMALL.format(**given_), "small.toml")


def agree(one: str, two: str, households: list[tuple[dict[str, object], list[dict[str, object]] | None]], leap: str,
          of: str) -> None:  # fmt: skip
    """What the proof says of two conditions (each can hold, each can fail, both can hold) is what trying all says."""
    steps = "".join(f'[step.{name}]\nof = "{of}"\nis = "{text}"\n' for name, text in (("one", one), ("two", two)))
    text = SMALL.format(leap=leap, of="household", hit="unique", amount="due", over="", one="alone", two="not alone")
    policy = load(text.replace("[table.due]", f"{steps}[table.due]"), "small.toml")
    program = compile_policy(policy, [period_for(policy, DAY)], Faults("small.toml", {}))
    nodes = [program.rules[name].node for name in ("one", "two")]  # type: ignore[union-attr]
    reader, work = Reader(program, 0), Work(100_000)
    wanted = [(True, None), (False, None), (None, True), (None, False), (True, True), (True, False), (False, True)]
    proved = [
        together(
            [reader.condition(node, want) for node, want in zip(nodes, pair, strict=True) if want is not None], work
        )
        is not None
        for pair in wanted
    ]
    seen = set()
    for known, members in households:
        household = Household(program, known, members)
        seen.add(tuple(household.value(node, 0 if members else None) for node in nodes))
    tried = [
        any(all(want in (None, got) for want, got in zip(pair, row, strict=True)) for row in seen) for pair in wanted
    ]
    assert proved == tried


@given(conditions(atoms), conditions(atoms))
@settings(max_examples=80, deadline=None)
def test_the_proof_agrees_with_trying_every_household(one: str, two: str) -> None:
    all_there_are = itertools.product("ABC", range(7), (True, False), range(1, 7))
    agree(one, two, [({"card": card, "rooms": Fraction(rooms, 2), "alone": alone, "size": Fraction(size)}, None)
                     for card, rooms, alone, size in all_there_are], "1 Mar", "household")  # fmt: skip


@given(conditions(dated), conditions(dated), st.sampled_from(["1 Mar", "28 Feb"]))
@settings(max_examples=40, deadline=None)
def test_ages_and_birthdays_are_told_apart_to_the_day(one: str, two: str, leap: str) -> None:
    days = [date(2019, 2, 25) + timedelta(n) for n in range(375)]
    agree(one, two, [({"card": card, "alone": alone}, [{"birth_date": day}])
                     for day, card, alone in itertools.product(days, "AB", (True, False))], leap, "member")  # fmt: skip


def test_an_overlap_is_shown_by_a_household_however_many_values_there_are() -> None:
    """Six inputs of 5,001 values: no trying would find the one household in 10^22."""
    inputs = "\n".join(
        f'n{i} = {{of = "household", type = "number", range = [0, 5000], purpose = "need"}}' for i in range(6)
    )
    exact = " and ".join(f"n{i} = {700 + i}" for i in range(6))
    text = GRAIN.replace("rent = {of", f"{inputs}\nrent = {{of").replace("card = 'PHH'", f"card = 'PHH' or ({exact})")
    with pytest.raises(InputError) as caught:
        load(text, "grain.toml")
    (problem,) = caught.value.problems
    shown = ", ".join(f"n{i} = {700 + i}" for i in range(6))
    assert f'rows "aay" and "phh" both fit a household with card = AAY, {shown}' in problem.message
    apart = text.replace("card = 'AAY'", "card = 'AAY' and n3 <> 703")
    assert load(apart, "grain.toml").unproved == ()


def test_what_is_computed_is_told_apart_by_its_bounds_and_what_is_not_is_named() -> None:
    poor = GRAIN.replace("card = 'AAY'", "sum(income) <= 100").replace("card = 'PHH'", "sum(income) > 100")
    poor = poor[: poor.index("[[test]]")]
    assert load(poor, "grain.toml").unproved == ()
    beside = poor.replace("sum(income) > 100", "sum(income) > 100 and max(income) > 20")
    assert load(beside, "grain.toml").unproved == ()
    open_ = poor.replace("sum(income) > 100", "max(income) > 100")
    assert load(open_, "grain.toml").unproved == ("due",)
    meet_ = poor.replace("sum(income) > 100", "max(income) > 20")
    with pytest.raises(InputError) as caught:
        load(meet_, "grain.toml")
    assert 'rows "aay" and "phh" both fit' in caught.value.problems[0].message


def test_a_member_table_meets_in_a_household_of_the_size_it_asks_for() -> None:
    with pytest.raises(InputError) as caught:
        loaded(of="member", hit="unique", amount="sum(due)", one="size >= 3 and alone", two="card = 'B'")
    (problem,) = caught.value.problems
    assert 'rows "one" and "two" both fit a household with card = B, alone = True, size = 3' in problem.message


@pytest.mark.parametrize(("hit", "over"), [("first", ""), ("unique", ', over = "one"')])
def test_a_row_that_another_hides_can_never_fit(hit: str, over: str) -> None:
    one, two = ("rooms >= 1", "rooms > 2") if hit == "first" else ("rooms > 2", "rooms >= 1")
    with pytest.raises(InputError) as caught:
        loaded(hit=hit, over=over, one=one, two=two)
    (problem,) = caught.value.problems
    assert f'row "{"two" if hit == "first" else "one"}" can never fit' in problem.message


def test_a_search_that_costs_too_much_is_given_up_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overlaps, "MOST_STEPS", 3)
    assert load(GRAIN, "grain.toml").unproved == ("due",)
    with pytest.raises(InputError) as caught:
        load(GRAIN.replace("card = 'PHH'", "card <> 'none'"), "grain.toml")
    assert 'rows "aay" and "phh" both fit a household with card = AAY' in caught.value.problems[0].message


def test_sets_of_numbers() -> None:
    assert meet(((1, 5), (8, 9)), ((4, 8),)) == ((4, 5), (8, 8))
    assert without(((1, 9),), ((3, 4), (9, 12))) == ((1, 2), (5, 8))
    assert without(((1, 2), (5, 6)), ((2, 5),)) == ((1, 1), (6, 6))
