"""The household's own pages: who gets in and who learns nothing, what stands there, complaints with pictures and sound."""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from actions.village import at, paper
from folders import copy_data, open_folder
from grievance.people import give_roles
from PIL import Image
from web.browser_like import Answer, Reader
from web.served import serving

from evenhand.actions.case_records import papers_of
from evenhand.actions.cases import case_of
from evenhand.actions.decide_case import decide_case
from evenhand.actions.household_door import open_door
from evenhand.actions.keep_serving import keeps_being_served
from evenhand.actions.open_name import unsealed
from evenhand.cli.serve import prepare_accounts
from evenhand.core.errors import UsageError
from evenhand.formats.code import card_number
from evenhand.store import Store, open_store
from evenhand.store.media import SIDE_MAX, accepted
from evenhand.store.seals import Seals
from evenhand.wiring import read_clock

YEAR = "1970"
NOBODY = card_number(99_999_999)


@dataclass(frozen=True)
class Village:
    server: str
    data: Path
    cards: dict[str, str]

    def opened(self, household: str) -> Reader:
        reader = Reader(self.server)
        assert ask(reader, self.cards[household]).status == 302
        return reader


def ask(reader: Reader, card: str, oldest: str = YEAR, youngest: str = YEAR, **headers: str) -> Answer:
    return reader.post("/my/", card=card, oldest=oldest, youngest=youngest, headers=headers)


@pytest.fixture(scope="module")
def village() -> Iterator[Village]:
    with open_folder() as folder:
        data = copy_data(at("received"), folder)
        with open_store(data, read_clock) as store:
            prepare_accounts(data)
            give_roles(store)
        with serving(data) as server:
            yield Village(server, data, paper().cards)


def shape(answer: Answer) -> tuple[int, str, set[str]]:
    """An answer without what a reader typed and without its token: status, words, names of headers."""
    text = re.sub(r'value="[^"]*"', "", answer.text)
    return answer.status, text, set(answer.headers.keys())


def test_a_card_with_the_two_years_opens_its_own_ration_and_says_why_it_is_less(village: Village) -> None:
    text = village.opened("B4").get("/my/ration").text
    assert "30" in text and "40\u00a0kg due" in text
    assert (
        "Grain: 108\u00a0kg were on the way, 101\u00a0kg were counted on arrival. So 75\u00a0% instead of 80\u00a0%."
        in text
    )
    assert "The whole programme has stock for a part of what is due: Grain 80\u00a0%." in text
    assert "10 kg for each member" in text and "You can collect it now" in text and "Birch" in text
    alder = village.opened("A1").get("/my/ration").text
    assert "were counted on arrival" not in alder and "10\u00a0kg due" in alder and "Alder" in alder


def test_the_page_names_nobody_and_nothing_of_it_may_be_kept(village: Village) -> None:
    found = village.opened("B4").get("/my/ration")
    assert "Family" not in found.text and "B4" not in found.text
    assert found.headers["Cache-Control"] == "no-store" and "noindex" not in found.text
    assert "<script" not in found.text and "unsafe" not in found.headers["Content-Security-Policy"]


def test_a_card_nobody_has_and_a_wrong_year_are_answered_alike(village: Village) -> None:
    wrong = ask(Reader(village.server), village.cards["A6"], oldest="1971")
    unknown = ask(Reader(village.server), NOBODY, oldest="1971")
    assert wrong.status == 422 and shape(wrong) == shape(unknown)
    assert Reader(village.server).get("/my/ration").headers["Location"] == "/my/"


def test_whatever_is_true_the_database_is_asked_the_same(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_store(village.data, read_clock) as store:
        asked: list[list[str]] = []
        rows = Store.rows

        def noted(self: Store, sql: str, params: object = ()) -> object:
            asked[-1].append(sql)
            return rows(self, sql, params)  # type: ignore[arg-type]

        monkeypatch.setattr(Store, "rows", noted)
        for card, year, found in (
            (village.cards["A6"], YEAR, "A6"),
            (village.cards["A6"], "1999", None),
            (NOBODY, YEAR, None),
        ):
            asked.append([])
            assert open_door(store, card, year, YEAR) == found
        assert asked[0] == asked[1] == asked[2] and len(asked[0]) == 3


def test_somebody_elses_years_do_not_open_a_card_nobody_has(village: Village) -> None:
    for number in range(99_999_900, 99_999_910):
        with open_store(village.data, read_clock) as store:
            assert open_door(store, card_number(number), YEAR, YEAR) is None


def test_a_mistyped_number_or_year_is_said_beside_its_field_and_nothing_typed_is_lost(village: Village) -> None:
    found = ask(Reader(village.server), "0000000001", oldest="61")
    assert found.status == 422 and found.text.count('aria-invalid="true"') == 2
    assert 'value="0000000001"' in found.text and 'value="61"' in found.text


def test_digits_may_be_typed_as_they_are_written_in_arabic_or_hindi_and_with_blanks(village: Village) -> None:
    hindi = str.maketrans("0123456789", "०१२३४५६७८९")
    card = village.cards["B5"]
    assert ask(Reader(village.server), f"{card[:4]} {card[4:]}".translate(hindi), "١٩٧٠", YEAR).status == 302


def test_guessing_ends_after_five_tries_alike_for_a_card_nobody_has_and_no_header_helps(village: Village) -> None:
    for card in (village.cards["A2"], card_number(99_999_998)):
        reader = Reader(village.server)
        for year in range(1960, 1965):
            assert ask(reader, card, str(year)).status == 422
        locked = ask(reader, card)
        assert locked.status == 429 and "bring" not in locked.text and "card and coupon as always" in locked.text
        for header in ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Client-IP", "True-Client-IP"):
            assert ask(Reader(village.server), card, **{header: "203.0.113.9"}).status == 429
    assert ask(Reader(village.server), village.cards["A3"]).status == 302  # others are not kept out


def test_a_hundred_tries_at_one_moment_are_a_hundred(village: Village) -> None:
    reader = Reader(village.server)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', reader.get("/my/").text)
    assert token

    def guess(year: int) -> int:
        fields = {"card": village.cards["B1"], "oldest": str(year), "youngest": YEAR}
        return reader.post("/my/", token=token[1], **fields).status

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(guess, range(1920, 1944)))
    assert found.count(422) == 5 and found.count(429) == 19


def test_a_cookie_that_we_did_not_write_opens_nothing(village: Village) -> None:
    reader = village.opened("B4")
    cookie = next(c for c in reader.cookies if c.name == "my")
    assert cookie.path == "/my/" and cookie.has_nonstandard_attr("HttpOnly") and cookie.discard
    good = cookie.value or ""
    for value in (good[:-2], "x" + good, good.split(":")[0], ""):
        cookie.value = value
        assert reader.get("/my/ration").status == 302
    cookie.value = good
    assert reader.get("/my/ration").status == 200
    assert reader.post("/my/close", "/my/ration").status == 302
    assert reader.get("/my/ration").status == 302


def test_methods_that_are_not_meant_are_refused(village: Village) -> None:
    reader = village.opened("B4")
    assert reader.get("/my/close").status == 405 and reader.get("/my/case/appeal").status == 405
    assert reader.post("/my/", token="x" * 64, card="1").status == 403


def file(reader: Reader, files: dict[str, bytes] | None = None, **fields: str) -> Answer:
    told = {
        "kind": "quality",
        "where": "Birch",
        "words": "worms",
        "who": "sealed",
        "form": fields.pop("form", ""),
    } | fields
    return reader.post_files("/my/complain", files or {}, **told)


def reference_of(reader: Reader) -> str:
    found = re.search(r'class="code"><bdi dir="ltr">([0-9A-Z-]{9})<', reader.get("/my/case").text)
    assert found
    return found[1]


def test_a_sealed_complaint_names_nobody_in_the_database_and_gives_a_reference_to_follow(village: Village) -> None:
    reader = village.opened("B4")
    assert file(reader, contact="call 0123 after dark").headers["Location"] == "/my/case"
    reference = reference_of(reader)
    with open_store(village.data, read_clock) as store:
        row = store.rows(
            "select point, anonymous, words, sealed, mark from grievance where reference = %s", (reference,)
        )[0]
        assert row[:3] == ("Birch", False, "worms") and b"0123" not in bytes(row[3])
        assert unsealed(store, reference) == {"household": "B4", "contact": "call 0123 after dark"}
    other = Reader(village.server)
    assert other.post("/my/case", reference=reference.lower().replace("-", " ")).status == 302
    told = other.get("/my/case").text
    assert "The district office must decide by" in told and "worms" not in told


def test_a_complaint_with_no_name_keeps_none_even_of_a_card_that_is_open(village: Village) -> None:
    reader = village.opened("B5")
    assert file(reader, who="nobody", name="Mara", contact="0123").status == 302
    with open_store(village.data, read_clock) as store:
        row = store.rows("select anonymous, sealed, mark from grievance where reference = %s", (reference_of(reader),))[
            0
        ]
        assert row == (True, None, None)


def test_abuse_goes_to_the_ombudsman_with_its_words_sealed(village: Village) -> None:
    reader = Reader(village.server)
    assert file(reader, kind="abuse", words="he asked for money", who="nobody").status == 302
    with open_store(village.data, read_clock) as store:
        found = case_of(store, reference_of(reader))
        assert found.words == "" and found.case.office == "ombudsman"
        assert unsealed(store, found.reference) == {"words": "he asked for money"}


def test_sending_the_form_twice_is_once(village: Village) -> None:
    reader = village.opened("B4")
    assert file(reader, form="one page").status == 302
    first = reference_of(reader)
    assert file(reader, form="one page").status == 302 and reference_of(reader) == first


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"kind": ""}, "kind"),
        ({"kind": "details"}, "kind"),
        ({"where": "Elm"}, "where"),
        ({"words": "x" * 4001}, "words"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_the_words_are_still_there(
    village: Village, fields: dict[str, str], wrong: str
) -> None:
    found = file(Reader(village.server), **fields)
    assert found.status == 422 and f'href="#{wrong}"' in found.text
    assert ("worms" in found.text) == ("words" not in fields)


def test_a_name_that_two_places_have_is_asked_again(village: Village) -> None:
    found = file(Reader(village.server), where="Upper Valley")
    assert found.status == 302  # one area of that name
    with open_store(village.data, read_clock) as store:
        store.execute(
            "insert into area (pcode, name, parent, level) values ('V2', 'Lower', 'V', 1), ('V3', 'lower', 'V', 1)"
        )
    asked = file(Reader(village.server), where="LOWER")
    assert asked.status == 422 and asked.text.count('name="place"') == 2
    assert file(Reader(village.server), where="LOWER", place="area V3").status == 302


def picture(size: tuple[int, int] = (64, 48), kind: str = "JPEG", **more: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "green").save(out, kind, **more)
    return out.getvalue()


def test_a_photo_is_drawn_anew_without_where_it_was_taken_or_what_hides_behind_it(village: Village) -> None:
    where = Image.Exif()
    where[0x8825] = {1: "N", 2: (39.0, 1.0, 2.0)}
    sent = picture((3000, 200), exif=where.tobytes(), comment=b"<script>") + b"<script>alert(1)</script>PK\x03\x04"
    reader = village.opened("B4")
    assert file(reader, {"photo": sent, "voice": b"OggS" + bytes(100)}).status == 302
    reference = reference_of(reader)
    with open_store(village.data, read_clock) as store:
        assert papers_of(store, reference) == [(1, "audio/ogg"), (2, "image/jpeg")]
        sealed = bytes(
            store.rows("select sealed from grievance_paper where reference = %s and number = 2", (reference,))[0][0]
        )
        kept = Seals(store.data).open_bytes(f"{reference}/2", sealed)
    drawn = Image.open(io.BytesIO(kept))
    assert drawn.size[0] == SIDE_MAX and not drawn.getexif()
    assert b"script" not in kept and b"PK\x03\x04" not in kept and kept[-2:] == b"\xff\xd9"
    assert sent not in sealed


@pytest.mark.parametrize(
    "sent",
    [
        b"<html><script>alert(1)</script>", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"MZ\x90\x00",
        b"PK\x03\x04", b"\x89PNG\r\n\x1a\n",
        b"GIF89a" + bytes(50), picture()[:200], picture((6000, 5000), "PNG"),
    ],
)  # fmt: skip
def test_what_is_no_photo_paper_or_voice_note_is_not_taken(village: Village, sent: bytes) -> None:
    with pytest.raises(UsageError):
        accepted(sent)
    found = file(Reader(village.server), {"photo": sent})
    assert found.status == 422 and "worms" in found.text


def test_a_form_larger_than_anything_we_take_is_refused_before_it_is_read(village: Village) -> None:
    reader = Reader(village.server)
    reader.get("/my/complain")
    assert reader.claim("/my/complain", 10**9) == 413
    assert reader.claim("/my/complain", -1) in (400, 413)


def test_a_request_to_correct_details_is_a_case_with_a_clock_and_the_household_stays_served(village: Village) -> None:
    reader = village.opened("A1")
    assert reader.post_files("/my/details", {}, what="", words="").status == 422
    assert reader.post_files("/my/details", {}, what="missing", words="our girl, born in May").status == 302
    with open_store(village.data, read_clock) as store:
        found = case_of(store, reference_of(reader))
        assert found.case.intake.kind == "details" and found.case.due is not None
        assert found.words == "A person is missing (a birth, somebody came)\nour girl, born in May"
        assert found.reference in keeps_being_served(store, "A1")
    assert Reader(village.server).get("/my/details").status == 302


def test_the_household_reads_the_decision_and_appeals_once(village: Village) -> None:
    reader = village.opened("B4")
    file(reader)
    reference = reference_of(reader)
    with open_store(village.data, read_clock) as store:
        decide_case(store, reference, "dora", "not upheld", "the sacks were <b>sound</b>")
    told = reader.get("/my/case").text
    assert "the sacks were &lt;b&gt;sound&lt;/b&gt;" in told and "you may appeal, once" in told
    assert reader.post("/my/case/appeal", "/my/case", words=" ").status == 422
    assert reader.post("/my/case/appeal", "/my/case", words="I have kept one").status == 302
    assert "You have appealed. The province must decide by" in reader.get("/my/case").text
    assert reader.post("/my/case/appeal", "/my/ration", words="again").status == 422


def test_a_reference_nobody_has_tells_nothing(village: Village) -> None:
    reader = Reader(village.server)
    for reference in ("0000-0000", "", "'; drop table grievance", "\u202e" * 9):
        assert reader.post("/my/case", reference=reference).status == 422
    assert "code" not in Reader(village.server).get("/my/case").text.partition("<main")[2]


@pytest.mark.parametrize("language", ["en", "fr", "ar", "hi"])
def test_every_page_is_small_and_in_the_readers_language(village: Village, language: str) -> None:
    reader = village.opened("B4")
    weight = sum(
        len(gzip.compress(reader.get(f"/static/{name}.css").text.encode())) for name in ("tokens", "household")
    )
    for path in ("ration", "complain", "details", "case", "case?other"):
        found = reader.get(f"/my/{path}", **{"Accept-Language": language})
        assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in found.text
        assert not re.search(r"\bmy\.[a-z]+", found.text)
        assert len(gzip.compress(found.text.encode())) + weight <= 30_000
        assert not re.search(r"<script|<[^>]+\sstyle=|<style|<[^>]+\son\w+=|https?://", found.text)
