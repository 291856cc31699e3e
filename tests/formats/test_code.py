"""Card numbers and codes: bound by the cases; every single mistake is found."""

from __future__ import annotations

import pytest
import spec_cases
from hypothesis import assume, given
from hypothesis import strategies as st

from evenhand.formats import code

CASES = spec_cases.load("codes")


@pytest.mark.parametrize("case", CASES["card_numbers"], ids=lambda case: case["number"])
def test_a_card_number_is_that_of_the_case(case: dict) -> None:
    assert code.card_number(case["serial"]) == case["number"]
    assert code.check_card_number(case["number"]) == case["number"]
    assert int(case["number"]) % 97 == 1  # ISO 7064 MOD 97-10


@pytest.mark.parametrize("case", CASES["card_numbers_read"], ids=lambda case: case["text"])
def test_spaces_in_a_card_number_do_not_matter(case: dict) -> None:
    assert code.check_card_number(case["text"]) == case["number"]


@pytest.mark.parametrize("text", CASES["card_numbers_refused"])
def test_a_card_number_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(code.CodeError):
        code.check_card_number(text)


@pytest.mark.parametrize("serial", [-1, 10**8])
def test_a_serial_beyond_eight_digits_is_refused(serial: int) -> None:
    with pytest.raises(code.CodeError):
        code.card_number(serial)


@given(st.integers(0, 10**8 - 1), st.integers(0, 9), st.integers(0, 9))
def test_a_wrong_digit_of_a_card_number_is_found(serial: int, place: int, digit: int) -> None:
    number = code.card_number(serial)
    wrong = number[:place] + str(digit) + number[place + 1 :]
    assume(wrong != number)
    with pytest.raises(code.CodeError):
        code.check_card_number(wrong)


@given(st.integers(0, 10**8 - 1), st.integers(0, 8))
def test_two_neighbours_swapped_in_a_card_number_are_found(serial: int, place: int) -> None:
    number = code.card_number(serial)
    wrong = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assume(wrong != number)
    with pytest.raises(code.CodeError):
        code.check_card_number(wrong)


@pytest.mark.parametrize("case", CASES["codes"], ids=lambda case: case["code"])
def test_a_code_is_that_of_the_case(case: dict) -> None:
    assert code.encode(bytes.fromhex(case["secret"])) == case["code"]
    assert code.decode(case["code"]).hex() == case["secret"]


@pytest.mark.parametrize("case", CASES["codes_read"], ids=lambda case: case["text"])
def test_a_code_is_read_as_people_type_it(case: dict) -> None:
    assert code.decode(case["text"]).hex() == case["secret"]


@pytest.mark.parametrize("case", CASES["codes_refused"], ids=spec_cases.name)
def test_a_mistyped_code_is_refused(case: dict) -> None:
    with pytest.raises(code.CodeError):
        code.decode(case["text"])


@given(st.binary(min_size=16, max_size=16))
def test_a_code_gives_its_secret_back(secret: bytes) -> None:
    assert code.decode(code.encode(secret)) == secret


@pytest.mark.parametrize("secret", [b"", bytes(15), bytes(17)])
def test_a_secret_of_another_size_has_no_code(secret: bytes) -> None:
    with pytest.raises(code.CodeError):
        code.encode(secret)
