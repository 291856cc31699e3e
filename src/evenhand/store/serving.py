"""What a server on this machine keeps in `keys/`: the secret that signs what browsers hold, and its own certificates.

Browsers keep an app offline and let it sign only in a secure context, and a local network has no public certificate. So the
machine makes an authority of its own, which phones are walked through trusting. The authority may only speak for
local names and private addresses: whoever stole it could not read anybody's mail with it.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network, ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from evenhand.core.errors import UsageError
from evenhand.store.files import write_whole

AUTHORITY_DAYS, CERTIFICATE_DAYS, RENEW_DAYS = 3650, 397, 30
"""Phones refuse server certificates that live longer than 398 days."""
PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8")


@dataclass(frozen=True)
class Certificates:
    """Files of a server: the authority to trust, the certificate with its chain, its key."""

    authority: Path
    certificate: Path
    key: Path

    def digest(self) -> str:
        """SHA-256 of the authority's certificate as phones show it: pairs of hex digits."""
        found = x509.load_pem_x509_certificate(self.authority.read_bytes())
        return found.fingerprint(hashes.SHA256()).hex(":").upper()


def secret_key(data: Path) -> str:
    """The secret of this data folder's server, made at random the first time; UsageError if others can read it."""
    path = data / "keys" / "web.key"
    if not path.exists():
        write_whole(path, secrets.token_urlsafe(48).encode())
    _check_private(path)
    return path.read_text()


def certificates(data: Path, names: Sequence[str], now: int, label: str) -> Certificates:
    """Certificates for a server reached by `names` (host names and addresses), made or renewed where need be.

    `now`: UTC seconds. `label`: what phones show as the authority's name. UsageError for a name outside what the authority
    may speak for: such a name has a public certificate of its own.
    """
    keys = data / "keys"
    found = Certificates(keys / "lan-authority.crt", keys / "lan-server.crt", keys / "lan-server.key")
    at = datetime.fromtimestamp(now, UTC)
    authority_key = keys / "lan-authority.key"
    if not authority_key.exists() or not found.authority.exists():
        _make_authority(authority_key, found.authority, names, at, label)
    _check_private(authority_key)
    if not _still_good(found, names, at):
        _make_certificate(found, authority_key, names, at)
    _check_private(found.key)
    return found


def _check_private(path: Path) -> None:
    if path.stat().st_mode & 0o077:
        raise UsageError(f"{path} can be read by others", f"chmod 600 {path}")


def _make_authority(key_path: Path, path: Path, names: Sequence[str], at: datetime, label: str) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, label[:64])])
    hosts = sorted({"local", "localhost", *(n for n in names if not _is_address(n))})
    permitted: list[x509.GeneralName] = [x509.DNSName(host) for host in hosts]
    permitted += [x509.IPAddress(IPv4Network(network)) for network in PRIVATE]
    made = (
        _builder(name, name, key.public_key(), at, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .add_extension(_usage(certificates_too=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    write_whole(key_path, _pem(key))
    write_whole(path, made.public_bytes(serialization.Encoding.PEM))


def _make_certificate(files: Certificates, authority_key: Path, names: Sequence[str], at: datetime) -> None:
    authority = x509.load_pem_x509_certificate(files.authority.read_bytes())
    signing = serialization.load_pem_private_key(authority_key.read_bytes(), None)
    assert isinstance(signing, ec.EllipticCurvePrivateKey)
    permitted = authority.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    for name in names:
        if not _may_speak_for(permitted, name):
            raise UsageError(
                f'the local authority may not speak for "{name}"',
                "name a private address or the machine's own name, or give a certificate: --certificate FILE --key FILE",
            )
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:64])])
    made = (
        _builder(subject, authority.subject, key.public_key(), at, CERTIFICATE_DAYS)
        .add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(certificates_too=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False)
        .sign(signing, hashes.SHA256())
    )
    write_whole(files.key, _pem(key))
    write_whole(files.certificate, made.public_bytes(serialization.Encoding.PEM) + files.authority.read_bytes())


def _still_good(files: Certificates, names: Sequence[str], at: datetime) -> bool:
    if not files.certificate.exists() or not files.key.exists():
        return False
    found = x509.load_pem_x509_certificate(files.certificate.read_bytes())
    told = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    good = found.not_valid_before_utc <= at and at + timedelta(days=RENEW_DAYS) < found.not_valid_after_utc
    return good and set(told) == {_general(name) for name in names}


def _builder(subject: x509.Name, issuer: x509.Name, key: object, at: datetime, days: int) -> x509.CertificateBuilder:
    # A phone whose clock is a day behind must still believe it.
    start = at - timedelta(days=2)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)  # type: ignore[arg-type]
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(at + timedelta(days=days))
    )


def _usage(certificates_too: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certificates_too, key_cert_sign=certificates_too, crl_sign=certificates_too,
        content_commitment=False, key_encipherment=False, data_encipherment=False, key_agreement=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _general(name: str) -> x509.GeneralName:
    return x509.IPAddress(ip_address(name)) if _is_address(name) else x509.DNSName(name)


def _may_speak_for(permitted: Sequence[x509.GeneralName], name: str) -> bool:
    for allowed in permitted:
        if isinstance(allowed, x509.IPAddress):
            if _is_address(name) and ip_address(name) in allowed.value:  # type: ignore[operator]
                return True
        elif not _is_address(name) and (name == allowed.value or name.endswith("." + str(allowed.value))):
            return True
    return False


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
