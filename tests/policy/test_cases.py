"""Whole policies in files: they load, their own tests hold, and what amends another is published as one text."""

from datetime import date
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import pytest
from policy.samples import line_of

from evenhand.actions.policy import read_policy, read_policy_text
from evenhand.core.errors import InputError
from evenhand.flow.policy import Policy, join, load, run_tests, untouched_rows

CASES = Path(__file__).parent / "cases"
NFSA = (CASES / "nfsa.toml").read_text()
STATE = (CASES / "chhattisgarh.toml").read_text()


@pytest.mark.parametrize("name", ["uk-1941", "nfsa", "chhattisgarh"])
def test_a_policy_in_a_file_holds_its_own_tests(name: str) -> None:
    policy = read_policy(CASES / f"{name}.toml")
    results = run_tests(policy)
    assert results
    assert [one.failures for one in results] == [()] * len(results)


def test_points_have_a_price_list_and_a_witness_may_stand_for_the_coupon() -> None:
    policy = read_policy(CASES / "uk-1941.toml")
    assert (policy.prices, policy.presence) == ({"clothing": "coupon_price"}, "witness")
    assert policy.params["coupon_price"].values[0].rows[("overcoat", "child")] == 11
    assert policy.divided == ()
    assert untouched_rows(policy, run_tests(policy)) == []


def test_words_for_people_are_kept_in_every_language() -> None:
    policy = load(NFSA, "nfsa.toml")
    assert policy.title == "National Food Security Act"
    assert policy.words["policy", "title"]["hi"].startswith("राष्ट्रीय")
    with pytest.raises(InputError, match="1 problem") as caught:
        load(NFSA.replace("hi = ", "xx = "), "nfsa.toml")
    assert caught.value.problems[0].value == "xx"


def test_an_amended_policy_is_one_text_that_holds_both_and_loads_by_itself() -> None:
    text = read_policy_text(CASES / "chhattisgarh.toml")
    policy = load(text, "published.toml")
    assert policy.sha256 == sha256(text.encode()).digest()
    assert [line.removeprefix("#| ") for line in text.splitlines() if line.startswith("#| ")].count("[param.phh]") == 1
    for source in (NFSA, STATE):
        assert "\n".join(f"#| {line}" for line in source.split("\n")) in text
    assert policy.amendments[0].target == "entitlement.grain_centre.price"
    assert "Chhattisgarh 2012" in policy.sources
    assert policy.span.start == date(2013, 7, 5)
    assert read_policy(CASES / "nfsa.toml").sha256 == sha256(NFSA.encode()).digest()


def test_a_joined_text_that_was_changed_is_refused() -> None:
    text = read_policy_text(CASES / "chhattisgarh.toml")
    for old, new in (("value = 5}", "value = 6}"), ('#| unit = "kg/person"', '#| unit = "g/person"')):
        with pytest.raises(InputError, match="1 problem") as caught:
            load(text.replace(old, new, 1), "published.toml")
        assert "not what the texts below it make together" in caught.value.problems[0].message


def amended(target: str, action: str, given: str = "", base: str = NFSA) -> Policy:
    """The centre's policy with one amendment."""
    lines = ['extends = "nfsa.toml"', "[policy]", 'id = "state"', "[[amend]]", f'target = "{target}"']
    lines += [f'action = "{action}"', f"with = {given}" if given else "", 'source = "the state, 2020"']
    return load(join([("state.toml", "\n".join(lines)), ("nfsa.toml", base)]), "state.toml")


def test_a_value_a_row_and_a_word_can_be_amended_each_with_its_source() -> None:
    value = amended("param.phh.values.2013-07-05.value", "replace", "7").params["phh"].values[0]
    assert (value.rows[()], value.source) == (Fraction(7000), "the state, 2020")
    later = amended("param.phh.values", "add", "{from = 2020-01-01, value = 6}").params["phh"].values
    assert [(one.span.end, one.source) for one in later] == [
        (date(2019, 12, 31), "NFSA 2013 s.3"),
        (None, "the state, 2020"),
    ]
    rows = amended("table.centre.aay.then", "replace", '"40"').rules["centre"].rows
    assert [(row.id, row.then.text, row.source) for row in rows] == [
        ("aay", "40", "the state, 2020"),
        ("phh", "phh * size", ""),
    ]
    new = '{id = "none", when = "card = \'none\'", then = "1", because = "a gift"}'
    assert [row.id for row in amended("table.centre.rows", "add", new).rules["centre"].rows] == ["aay", "phh", "none"]
    assert [row.id for row in amended("table.centre.rows.aay", "withdraw").rules["centre"].rows] == ["phh"]
    assert amended("category.state", "add", '"KL"').categories["state"] == ("CG", "TN", "MH", "KL")
    floor = amended("entitlement.grain_centre.floor", "add", '{share = "1/2", round = "floor"}').entitlements[0]
    assert floor.has_floor


@pytest.mark.parametrize(
    ("target", "action", "given", "message", "remedy"),
    [
        ("entitlement.grain_center.price", "replace", '"0"', 'no "entitlement.grain_center"', "grain_centre"),
        ("table.centre.aya.then", "replace", '"0"', 'no "table.centre.aya"', "aay"),
        ("param.phh.values.2013-07-06", "withdraw", "", 'no "param.phh.values.2013-07-06"', "2013-07-05"),
        ("tabel.centre", "withdraw", "", "not a path into a policy", "table"),
        ("table.centre.aay.then", "replace", "", '"with" is missing', "with ="),
        ("table.centre.aay.then", "withdraw", '"3"', "no new text", "replace"),
        ("table.centre.unit", "add", '"g"', "there already", "replace"),
        ("category.card", "add", '"AAY"', 'has "AAY" already', "replace"),
        ("table.centre.aay", "change", '"3"', "not one of replace, withdraw, add", ""),
        ("param.phh", "withdraw", "", 'no name "phh"', ""),
        ("policy", "withdraw", "", "not a path", ""),
    ],
)
def test_an_amendment_that_does_not_fit_is_refused(
    target: str, action: str, given: str, message: str, remedy: str
) -> None:
    with pytest.raises(InputError) as caught:
        amended(target, action, given)
    fitting = [p for p in caught.value.problems if message in p.message and remedy in p.remedy]
    assert fitting, "\n".join(p.line() for p in caught.value.problems)


def test_one_path_is_amended_once() -> None:
    twice = STATE + '[[amend]]\ntarget = "entitlement.grain_centre"\naction = "withdraw"\nsource = "x"\n'
    with pytest.raises(InputError) as caught:
        join([("state.toml", twice), ("nfsa.toml", NFSA)])
    (problem,) = caught.value.problems
    assert "amended twice" in problem.message
    assert problem.row == line_of(twice, 'target = "entitlement.grain_centre"\n')
    rows = '[[amend]]\ntarget = "table.centre.rows"\naction = "add"\nsource = "x"\nwith = {id = "ID", when = "size > 900", '
    rows += 'then = "1", because = "b"}\n'
    join([("state.toml", STATE + rows.replace("ID", "a") + rows.replace("ID", "b")), ("nfsa.toml", NFSA)])


def test_what_the_base_says_is_not_said_again() -> None:
    own = STATE.replace("[lookup.price_home]", "[lookup.price_rice]").replace(
        'id = "india-chhattisgarh-2012"', 'id = "india-nfsa"'
    )
    with pytest.raises(InputError) as caught:
        join([("state.toml", own.replace("[policy]", '[policy]\nperiod = "week"')), ("nfsa.toml", NFSA)])
    told = " ".join(problem.message for problem in caught.value.problems)
    assert 'has lookup "price_rice" already' in told
    assert "the same id" in told
    assert "the base's to say" in told


def test_a_fault_is_told_in_the_text_it_stands_in(tmp_path: Path) -> None:
    (tmp_path / "nfsa.toml").write_text(NFSA.replace("phh * size", "phh * sise"))
    (tmp_path / "cg.toml").write_text(STATE.replace("state_total - centre", "state_totl - centre"))
    with pytest.raises(InputError) as caught:
        read_policy(tmp_path / "cg.toml")
    found = {(Path(p.file).name, p.row, p.value) for p in caught.value.problems}
    assert found == {
        ("nfsa.toml", line_of(NFSA, "phh * size"), "sise"),
        ("cg.toml", line_of(STATE, "state_total - centre"), "state_totl"),
    }


@pytest.mark.parametrize(
    "name", ["../nfsa.toml", "/etc/passwd", "a/../../nfsa.toml", "..", "nfsa", "C:\\nfsa.toml", "", "a\nb.toml"]
)
def test_only_a_file_of_the_same_folder_is_extended(tmp_path: Path, name: str) -> None:
    (tmp_path / "nfsa.toml").write_text(NFSA)
    inner = tmp_path / "in"
    inner.mkdir()
    (inner / "cg.toml").write_text(STATE.replace('"nfsa.toml"', repr(name) if "\\" in name else f'"""{name}"""'))
    with pytest.raises(InputError) as caught:
        read_policy(inner / "cg.toml")
    assert caught.value.problems[0].field == "extends"


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "nfsa.toml").write_text(NFSA)
    inner = tmp_path / "in"
    inner.mkdir()
    (inner / "nfsa.toml").symlink_to(tmp_path / "nfsa.toml")
    (inner / "cg.toml").write_text(STATE)
    with pytest.raises(InputError) as caught:
        read_policy(inner / "cg.toml")
    assert "outside the policy's folder" in caught.value.problems[0].message


def test_texts_that_extend_each_other_or_nothing_are_refused(tmp_path: Path) -> None:
    (tmp_path / "cg.toml").write_text(STATE)
    with pytest.raises(InputError) as caught:
        read_policy(tmp_path / "cg.toml")
    assert "no such file" in caught.value.problems[0].message
    (tmp_path / "nfsa.toml").write_text('extends = "cg.toml"\n' + NFSA)
    with pytest.raises(InputError) as caught:
        read_policy(tmp_path / "cg.toml")
    assert "in a circle" in caught.value.problems[0].message
    with pytest.raises(InputError) as caught:
        load(STATE, "cg.toml")
    assert "is not with it" in caught.value.problems[0].message


def test_texts_can_extend_a_text_that_extends_another(tmp_path: Path) -> None:
    (tmp_path / "nfsa.toml").write_text(NFSA)
    (tmp_path / "cg.toml").write_text(STATE)
    third = 'extends = "cg.toml"\n[policy]\nid = "district"\n[[amend]]\ntarget = "table.state_total.cg.then"\n'
    (tmp_path / "district.toml").write_text(third + 'action = "replace"\nwith = "36"\nsource = "district 2020"\n')
    policy = read_policy(tmp_path / "district.toml")
    assert policy.rules["state_total"].rows[0].then.text == "36"
    assert [change.source for change in policy.amendments] == ["Chhattisgarh 2012", "district 2020"]


@pytest.mark.parametrize(
    "text",
    [
        "#=== ",
        "#=== 2 texts\n",
        "#=== 2 texts\n#=== a.toml\n#| x = 1\n#=== end\n",
        "#=== 2 texts\n#=== a.toml\n#| x = 1\n#=== b.toml\n#| y = [\n#=== end\n",
        "#=== 2 texts\n#=== a.toml\n#| x = 1\n#=== ../../etc/passwd\n#| y = 1\n#=== end\n",
        "#=== 2 texts\n" + "#=== a.toml\n#| x = 1\n" * 500,
        "#=== 2 texts\n#=== a.toml\n#| [policy]\n#=== b.toml\n#| policy = 3\n#| amend = 4\n#=== end\n",
        "#=== 2 texts\n#=== a.toml\n#| entitlement = 3\n#| amend = [1, {target = 3}]\n#=== b.toml\n#| [policy]\n#=== end\n",
    ],
)
def test_a_senseless_joined_text_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        load(text, "hostile.toml")


def test_an_amending_text_spoiled_anywhere_is_joined_or_refused() -> None:
    lines = STATE.split("\n")
    for number, line in enumerate(lines):
        for new in (
            "",
            line.partition("=")[0] + "= 5",
            line.partition("=")[0] + "= {}",
            line.partition("=")[0] + '= "a.b.c"',
        ):
            spoiled = "\n".join([*lines[:number], new, *lines[number + 1 :]])
            try:
                load(join([("cg.toml", spoiled), ("nfsa.toml", NFSA)]), "cg.toml")
            except InputError as error:
                assert error.lines()
