"""What is signed depends on the freeze, the event and every file, and on nothing else."""

from __future__ import annotations

from hashlib import sha256

import cbor2

from evenhand.flow.cycle.digest import approval_digest, draw_seed

FREEZE, EVENT = b"freeze entry", b"event entry"
FILES = {"tables/levels.parquet": b"l" * 32, "policy/p.toml": b"p" * 32, "rolls/Alder.cbor": b"a" * 32}


def test_the_digest_is_the_one_of_the_specification() -> None:
    listed = [[path, FILES[path]] for path in sorted(FILES)]
    wanted = cbor2.dumps([sha256(FREEZE).digest(), sha256(EVENT).digest(), listed], canonical=True)
    assert approval_digest(FREEZE, EVENT, FILES) == sha256(wanted).digest()


def test_the_order_of_files_does_not_matter_and_everything_else_does() -> None:
    digest = approval_digest(FREEZE, EVENT, FILES)
    assert approval_digest(FREEZE, EVENT, dict(reversed(FILES.items()))) == digest
    others = [
        approval_digest(b"another", EVENT, FILES),
        approval_digest(FREEZE, b"another", FILES),
        approval_digest(EVENT, FREEZE, FILES),
        approval_digest(FREEZE, EVENT, {**FILES, "rolls/Alder.cbor": b"b" * 32}),
        approval_digest(FREEZE, EVENT, {**FILES, "rolls/Birch.cbor": b"b" * 32}),
        approval_digest(FREEZE, EVENT, {}),
    ]
    assert len({digest, *others}) == len(others) + 1


def test_the_seed_is_of_the_freeze_and_what_came_of_the_event() -> None:
    assert draw_seed(FREEZE, "4 6 1") == sha256(b"freeze entry4 6 1").digest()
    assert draw_seed(FREEZE, "4 6 2") != draw_seed(FREEZE, "4 6 1") != draw_seed(b"other", "4 6 1")
