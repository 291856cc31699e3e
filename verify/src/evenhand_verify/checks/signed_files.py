"""Every file of signed/ is a known statement with a signature that holds."""

from __future__ import annotations

from evenhand_verify.disclosure import Disclosure
from evenhand_verify.result import Check, Malformed

SIGNERS = {
    "evenhand/freeze/v1": ("person",),
    "evenhand/approval/v1": ("person",),
    "evenhand/count/v1": ("device",),
    "evenhand/officer-count/v1": ("person",),
    "evenhand/sent/v1": ("person",),
    "evenhand/head/v1": ("device", "log"),
    "evenhand/goods-received/v1": ("device", "log"),
    "evenhand/transfer/v1": ("person",),
    "evenhand/release/v1": ("device",),
    "evenhand/closing/v1": ("person",),
    "evenhand/supplement/v1": ("person",),
    "evenhand/hold/v1": ("person",),
}


def run(d: Disclosure) -> str | list[str]:
    """Name, form and signature of each file, by a key the log knows."""
    failures = []
    for path in d.paths("signed"):
        if not path.endswith(".cose"):
            failures.append(f"not a signed statement, {path}")
    for cose in d.signed.values():
        if cose.name in ("evenhand/certificate/v1", "evenhand/holding/v1"):
            if not cose.signed_by(d.root_key.public_key):
                failures.append(f"{cose.name} that the root key did not sign, {cose.where}")
            continue
        kinds = SIGNERS.get(cose.name)
        if kinds is None:
            failures.append(f'a statement of no known kind "{cose.name}", {cose.where}')
            continue
        for kind in kinds:
            try:
                d.signer(cose, kind, len(d.entries))
                break
            except Malformed:
                continue
        else:
            failures.append(f"{cose.name} is not signed by any {' or '.join(kinds)} the log knows, {cose.where}")
    return failures or f"{len(d.signed):,} signed statements"


CHECK = Check("signed-files", "every signed statement is named by its hash and its signature holds", run)
