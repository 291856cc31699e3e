"""A policy is adopted by two persons: Ana proposes, Boris adopts; neither alone, and the database says so too."""

from collections.abc import Iterator
from hashlib import sha256

import pytest
from actions.village import ANA, BORIS, POLICY, at
from folders import clock, copy_data, open_folder

from evenhand.actions.adopt import adopt, decline, declined, propose, text_of, versions, waiting
from evenhand.actions.draft import draft, newest_policy
from evenhand.core.errors import InputError, UsageError
from evenhand.formats.entry import decode
from evenhand.store import Store, open_store

MORE = POLICY.replace("value = 10}", "value = 12}").replace('grain = "20 kg"', 'grain = "24 kg"')


@pytest.fixture
def store() -> Iterator[Store]:
    with open_folder() as folder, open_store(copy_data(at("ready"), folder), clock) as opened:
        yield opened


def test_what_one_proposes_and_another_adopts_is_in_force_and_in_the_log(store: Store) -> None:
    digest = propose(store, MORE, "ana", ANA)
    assert newest_policy(store)[1] == POLICY
    assert [(one.person, one.sha256) for one in waiting(store)] == [("ana", digest)]
    assert propose(store, MORE, "ana", ANA) == digest and len(waiting(store)) == 1
    adopt(store, digest, "boris", BORIS)
    adopt(store, digest, "boris", BORIS)
    assert newest_policy(store) == (digest, MORE) and waiting(store) == []
    assert [decode(raw).sha256 for raw in store.log.entries() if decode(raw).kind == "policy"][-1] == digest
    draft(store, "2008-03", "ana")
    newest, first = versions(store)
    assert (newest.proposed_by, newest.adopted_by, newest.cycles) == ("ana", "boris", ("2008-03/1",))
    assert first.cycles == () and text_of(store, first.sha256) == POLICY


def test_nobody_does_both_and_nobody_does_it_without_their_role_or_key(store: Store) -> None:
    with pytest.raises(UsageError, match="not enrolled as preparer"):
        propose(store, MORE, "boris", BORIS)
    with pytest.raises(UsageError, match="passphrase"):
        propose(store, MORE, "ana", "a guess")
    digest = propose(store, MORE, "ana", ANA)
    for person, word, says in (
        ("ana", ANA, "not enrolled as approver"),
        ("boris", "a guess", "passphrase"),
        ("mallory", BORIS, "nobody called"),
    ):
        with pytest.raises(UsageError, match=says):
            adopt(store, digest, person, word)
    with pytest.raises(UsageError, match="no such text waits"):
        adopt(store, bytes(32), "boris", BORIS)
    assert newest_policy(store)[1] == POLICY


def test_a_text_with_faults_or_a_failing_test_cannot_be_proposed(store: Store) -> None:
    with pytest.raises(InputError):
        propose(store, MORE.replace("from = 2008-01-01", ""), "ana", ANA)
    with pytest.raises(UsageError, match="1 of the policy's own tests fail"):
        propose(store, MORE.replace('grain = "24 kg"', 'grain = "20 kg"'), "ana", ANA)
    assert waiting(store) == []


def test_declined_with_a_reason_it_waits_no_more_and_may_be_proposed_again(store: Store) -> None:
    digest = propose(store, MORE, "ana", ANA)
    with pytest.raises(UsageError, match="with a reason"):
        decline(store, digest, "boris", "  ")
    decline(store, digest, "boris", "12 kg is not in the act")
    assert waiting(store) == []
    assert [(who, why) for _, who, why, _ in declined(store)] == [("boris", "12 kg is not in the act")]
    with pytest.raises(UsageError, match="no such text waits"):
        adopt(store, digest, "boris", BORIS)
    adopt(store, propose(store, MORE, "ana", ANA), "boris", BORIS)
    assert newest_policy(store)[1] == MORE


@pytest.mark.parametrize("adopter", ["ana", " Ana", "boris"])
def test_the_database_refuses_a_text_that_two_persons_did_not_sign(store: Store, adopter: str) -> None:
    digest = propose(store, MORE, "ana", ANA)
    if adopter != "boris":
        number = waiting(store)[0].id
        store.execute(
            "insert into policy_answer (proposal, step, person, cose, at) values (%s, 'adopted', %s, 'x', 0)",
            (number, adopter),
        )
    with pytest.raises(UsageError, match="not proposed by one person and adopted by another"):
        store.execute(
            "insert into policy_text (sha256, policy_id, title, text, adopted_by, at) values (%s, 'x', 'x', %s, %s, 0)",
            (digest, MORE, adopter),
        )


def test_a_proposal_whose_text_was_changed_in_the_database_is_not_adopted(store: Store) -> None:
    other = POLICY.replace("value = 10}", "value = 11}")
    signed = bytes(store.rows("select cose from policy_proposal limit 1")[0][0])
    digest = sha256(other.encode()).digest()
    store.execute(
        "insert into policy_proposal (programme, sha256, policy_id, title, text, person, cose, at)"
        " values (%s, %s, 'village', 'x', %s, 'ana', %s, 0)",
        (store.programme.id, digest, other, signed),
    )
    with pytest.raises(UsageError, match="not the one that ana signed"):
        adopt(store, digest, "boris", BORIS)
