"""The token gate and the parser behind it: what is not in the language never gets past them."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.flow.policy.gate import Refused, gate
from evenhand.flow.policy.syntax import Logic, Name, Number, Sum, parse

TOKENS = ["a", "b1", "2", "0.5", "'w'", "(", ")", "+", "-", "*", "/", "=", "<>", "<"]
TOKENS += ["and", "or", "not", "in", "between", "sum(", "age(", ",", "true"]


@pytest.mark.parametrize(
    "text",
    [
        "1; drop table x", "a /* b */", 'a = "b"', "a || b", "a % b", "2 ^ 3", "a.b", "a::int", "[1]", "$1", "?",
        "case when a then b end", "a is null", "select 1", "exists(select 1)", "read_parquet('x')", "(select 1)",
        "a in (select b)",
        "35 kg", "0x10", "1e5", "007", "'x", "'a' 'b'", "a b", "3 (4)", "a (b)", "é", "a and b or c", "- - - a",
        "not not not a", "()",
        "a +", "", "   ", "a,b", "age(a,)", "a = ", "interval '1' day", "date '2020-01-01'", "2013-07-05",
        "a => 1", "x -> x", "a <=> b",
        "AND", "True", "a != b", "a \x00", "sum (", "fn_sum(a)", "\\", "{a}", "a;",
    ],
)  # fmt: skip
def test_what_is_not_in_the_language_is_refused(text: str) -> None:
    with pytest.raises(Refused) as caught:
        parse(text)
    assert caught.value.message
    assert caught.value.remedy


def test_words_of_sql_are_plain_names() -> None:
    assert parse("order + select") == Sum(((1, Name("order")), (1, Name("select"))))


def test_two_minus_signs_are_no_comment() -> None:
    assert parse("5--3") == Sum(((1, Number(5)), (-1, Sum(((-1, Number(3)),)))))


def test_length_and_depth_have_limits() -> None:
    assert parse("(" * 30 + "1" + ")" * 30) == Number(1)
    with pytest.raises(Refused, match="deeper"):
        parse("(" * 31 + "1" + ")" * 31)
    assert len(parse("+".join(["a"] * 1000)).terms) == 1000
    with pytest.raises(Refused, match="longer"):
        parse("+".join(["a"] * 1001))


def test_brackets_settle_and_beside_or() -> None:
    assert parse("a and (b or c)") == Logic("and", (Name("a"), Logic("or", (Name("b"), Name("c")))))


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=string.printable, max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parse(text)
    except Refused:
        return


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(TOKENS), max_size=14))
def test_any_row_of_tokens_is_read_or_refused(tokens: list[str]) -> None:
    try:
        parse(" ".join(tokens))
    except Refused:
        return


def test_what_passes_is_written_out_in_our_own_words() -> None:
    assert gate("age(birth_date,period_start)<5 and x") == 'fn_age ( "birth_date" , "period_start" ) < 5 AND "x"'
