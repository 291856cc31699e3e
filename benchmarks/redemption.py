"""Receipts: reading, verifying and settling a batch, against the Ed25519 verifications alone (= 1), which nothing avoids.

python -m benchmarks redemption
"""

from __future__ import annotations

import time
from hashlib import sha256

import pyarrow as pa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from evenhand.flow.redemption import Device, Receipt, chain, merge, settle
from evenhand.formats import cose
from evenhand.formats.tag import tag_of

COUNT = 20_000


def main() -> None:
    """One point, one device, `COUNT` households with five benefits each."""
    private = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    signer = cose.Signer(private.public_key().public_bytes_raw(), private.sign)
    device = Device("phone", signer.public_key, frozenset(["Alder"]))
    benefits = ("grain", "oil", "eggs", "chicken", "shoes")
    items = tuple((benefit, 3) for benefit in benefits)
    coupons = [sha256(str(n).encode()).digest()[:16] for n in range(COUNT)]
    tags = [tag_of(r) for r in coupons]
    drafts = [
        Receipt(1, None, "bench", "2008-03/1", "Alder", "phone", tag, r, items, "")
        for r, tag in zip(coupons, tags, strict=True)
    ]
    begun = time.perf_counter()
    batch = chain(drafts, signer)
    signed = time.perf_counter() - begun
    parsed = [cose.parse(raw) for raw in batch]
    begun = time.perf_counter()
    assert all(cose.verify(one, signer.public_key) for one in parsed)
    bare = time.perf_counter() - begun
    begun = time.perf_counter()
    merged = merge([], batch, [device], "bench", "2008-03/1", {"Alder": tags}, {"Alder": "phone"})
    merging = time.perf_counter() - begun
    rolls = pa.table({"tag": tags, "point": ["Alder"] * COUNT, "rations": [[3] * 5] * COUNT})
    begun = time.perf_counter()
    settle(rolls, benefits, merged.new, {})
    settling = time.perf_counter() - begun
    for what, seconds in (("sign", signed), ("verify alone", bare), ("merge", merging), ("settle", settling)):
        print(f"{what:<14} {COUNT / seconds:10,.0f} receipts/s   {seconds / bare:5.2f} x verification alone")


if __name__ == "__main__":
    main()
