"""Adopt a policy: a preparer proposes a text and signs it, a second person with another key adopts it or declines."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from evenhand.actions.approve import certified_keys
from evenhand.actions.cycles import check_enrolled, person_signer
from evenhand.core.errors import UsageError
from evenhand.flow.policy import Policy, load, run_tests
from evenhand.formats import cbor, cose
from evenhand.formats.entry import Entry
from evenhand.store import Store

REASON_LENGTH_MAX = 500


@dataclass(frozen=True)
class Proposal:
    """A text that waits for a second person: who signed it, when (UTC seconds)."""

    id: int
    sha256: bytes
    policy_id: str
    title: str
    text: str
    person: str
    at: int


@dataclass(frozen=True)
class Version:
    """An adopted text: who proposed it and who adopted it, when (UTC seconds), and the cycles drafted with it."""

    sha256: bytes
    policy_id: str
    title: str
    proposed_by: str
    adopted_by: str
    at: int
    cycles: tuple[str, ...]


def propose(store: Store, text: str, person: str, passphrase: str, file: str = "policy") -> bytes:
    """Propose the policy `text` for the programme, signed by a preparer. Returns its SHA-256.

    It must load and pass its own tests. A text that is adopted, or waits already, is not proposed again.
    InputError with every fault of the text; UsageError for who may not, a test that fails, or a text that somebody else
    proposed.
    """
    policy = checked(text, file)
    digest = policy.sha256
    with store.transaction("policy"):
        signer = person_signer(store, person, passphrase, "preparer")
        if store.rows("select from policy_text where sha256 = %s", (digest,)):
            return digest
        same = [one for one in waiting(store) if one.sha256 == digest]
        if same and same[0].person != person:
            raise UsageError(f"{same[0].person} has proposed this text already", "let a second person adopt it")
        if not same:
            store.execute(
                "insert into policy_proposal (programme, sha256, policy_id, title, text, person, cose, at)"
                " values (%s, %s, %s, %s, %s, %s, %s, %s)",
                (
                    store.programme.id, digest, policy.id, policy.title, text, person,
                    cose.sign1(_statement(store, "preparer", digest), signer), store.clock(),
                ),
            )  # fmt: skip
    return digest


def checked(text: str, file: str) -> Policy:
    """The policy, loaded: InputError with every fault. UsageError if a test of its own fails."""
    policy = load(text, file)
    failed = [result for result in run_tests(policy) if not result.passed]
    if failed:
        raise UsageError(f"{len(failed)} of the policy's own tests fail", f"see: evenhand policy test {file}")
    return policy


def adopt(store: Store, digest: bytes, person: str, passphrase: str) -> None:
    """Adopt the proposed text with this SHA-256, as the second person: cycles drafted from now on use it.

    The text is kept, and the log gets its hash, before any cycle can use it. Adopting it again changes nothing.
    UsageError if it was not proposed, by whom it was proposed, or the proposal's signature does not hold.
    """
    with store.transaction("policy"), store.transaction("log"):
        signer = person_signer(store, person, passphrase, "approver")
        if not store.rows("select from policy_text where sha256 = %s", (digest,)):
            found = _waiting_with(store, digest)
            if found.person == person:
                raise UsageError(f"{person} proposed this policy and cannot adopt it", "a second person must")
            _check_signature(store, found)
            signed = cose.sign1(_statement(store, "approver", digest), signer)
            store.execute(
                "insert into policy_answer (proposal, step, person, cose, at) values (%s, 'adopted', %s, %s, %s)",
                (found.id, person, signed, store.clock()),
            )
            store.execute(
                "insert into policy_text (sha256, policy_id, title, text, adopted_by, at) values (%s, %s, %s, %s, %s, %s)",
                (digest, found.policy_id, found.title, found.text, person, store.clock()),
            )
            store.log.append([Entry("policy", store.programme.id, None, found.policy_id, digest)])
    store.log.publish()


def decline(store: Store, digest: bytes, person: str, reason: str) -> None:
    """Decline a proposed text with a reason; its proposer takes it back so. UsageError without a reason or a proposal."""
    check_enrolled(store, person)
    if not 0 < len(reason.strip()) <= REASON_LENGTH_MAX:
        raise UsageError("a policy is declined with a reason", f"say why, in 1 to {REASON_LENGTH_MAX} characters")
    with store.transaction("policy"):
        found = _waiting_with(store, digest)
        store.execute(
            "insert into policy_answer (proposal, step, person, reason, at) values (%s, 'declined', %s, %s, %s)",
            (found.id, person, reason.strip(), store.clock()),
        )


def waiting(store: Store) -> list[Proposal]:
    """Proposals nobody has answered, the oldest first."""
    rows = store.rows(
        "select id, sha256, policy_id, title, text, person, at from policy_proposal p where programme = %s"
        " and not exists (select from policy_answer a where a.proposal = p.id) order by id",
        (store.programme.id,),
    )
    return [Proposal(number, bytes(digest), *rest) for number, digest, *rest in rows]


def declined(store: Store, most: int = 20) -> list[tuple[Proposal, str, str, int]]:
    """Proposals that were declined, the newest first: each with who did, why, when."""
    rows = store.rows(
        "select p.id, p.sha256, p.policy_id, p.title, p.text, p.person, p.at, a.person, a.reason, a.at"
        " from policy_proposal p join policy_answer a on a.proposal = p.id and a.step = 'declined'"
        " where p.programme = %s order by p.id desc limit %s",
        (store.programme.id, most),
    )
    return [(Proposal(row[0], bytes(row[1]), *row[2:7]), row[7], row[8], row[9]) for row in rows]


def versions(store: Store) -> list[Version]:
    """The adopted texts, the newest first: that one is in force for cycles drafted now."""
    rows = store.rows(
        "select t.sha256, t.policy_id, t.title, p.person, t.adopted_by, t.at,"
        " coalesce((select array_agg(c.cycle order by c.cycle) from cycle c where c.policy_sha256 = t.sha256), '{}')"
        " from policy_text t join policy_proposal p on p.sha256 = t.sha256"
        " join policy_answer a on a.proposal = p.id and a.step = 'adopted' order by t.ordinal desc"
    )
    return [Version(bytes(row[0]), *row[1:6], tuple(row[6])) for row in rows]


def text_of(store: Store, digest: bytes) -> str:
    """The text with this SHA-256, adopted or proposed; UsageError if there is none."""
    rows = store.rows(
        "select text from policy_text where sha256 = %(sha)s union all"
        " select text from policy_proposal where sha256 = %(sha)s and programme = %(programme)s limit 1",
        {"sha": digest, "programme": store.programme.id},
    )
    if not rows:
        raise UsageError("there is no such policy", "look at the list of policies")
    return str(rows[0][0])


def _waiting_with(store: Store, digest: bytes) -> Proposal:
    for found in waiting(store):
        if found.sha256 == digest:
            return found
    raise UsageError(
        "no such text waits to be adopted", "propose it first: evenhand policy propose FILE.toml --as NAME"
    )


def _statement(store: Store, role: str, digest: bytes) -> list[cbor.Value]:
    return ["evenhand/policy/v1", store.programme.id, role, digest]


def _check_signature(store: Store, found: Proposal) -> None:
    """UsageError unless the text is the one its proposer signed, with a key certified for preparing."""
    raw = bytes(store.rows("select cose from policy_proposal where id = %s", (found.id,))[0][0])
    signed, key = cose.parse(raw), certified_keys(store).get((found.person, "preparer"))
    wanted = cbor.dumps(_statement(store, "preparer", sha256(found.text.encode()).digest()))
    if key is None or not cose.verify(signed, key) or signed.payload != wanted:
        raise UsageError(
            f"the text is not the one that {found.person} signed", "decline it, and find out who changed it"
        )
