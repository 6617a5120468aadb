# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.certificate import (
    CertificateUnreadableError,
    bundled,
    covers,
    covers_name,
    parse,
    renewal_due,
    trusted,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import WebhookService
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.issuing import (
    NAMES,
    NOW,
    SERVICE,
    Issued,
    issue,
    unreadable,
    version_1,
)

AUTHORITY = issue("cluster", authority=True)
LEAF = issue(by=AUTHORITY)
WEBHOOK = WebhookService("kube-system", SERVICE, "/mutate")
NO_PEM = "it holds no certificate in PEM (BEGIN and END on lines of their own)"


def of(*issued: Issued) -> str:
    return "".join(each.certificate for each in issued)


def days(number: float) -> timedelta:
    return timedelta(days=number)


def test_parse() -> None:
    (found,) = parse(LEAF.certificate)
    assert found.subject == {"commonName": NAMES[-1]}
    assert found.issuer == {"commonName": "cluster"}
    assert found.subject_alt_name == tuple(f"DNS:{name}" for name in NAMES)
    assert found.serial_number == 4711
    assert found.not_before == datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    assert found.not_after == NOW + days(300)
    assert sorted(found.fingerprints) == ["sha256", "sha512"]
    assert len(found.fingerprints["sha256"]) == 32 * 3 - 1
    assert repr(found.encoded) not in repr(found)


def test_parse_gives_parts_of_names_by_their_long_names() -> None:
    parts = [
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "system:nodes"),
        x509.NameAttribute(NameOID.COMMON_NAME, "first"),
        x509.NameAttribute(NameOID.COMMON_NAME, "last"),
        x509.NameAttribute(NameOID.PSEUDONYM, "rare"),
    ]
    (found,) = parse(issue(subject=x509.Name(parts)).certificate)
    assert found.subject == {"organizationName": "system:nodes", "commonName": "last", "2.5.4.65": "rare"}


def test_parse_keeps_the_order_and_passes_over_what_is_no_certificate() -> None:
    text = f"bag attributes\n{LEAF.key_pem}{LEAF.certificate}\nmore\n{AUTHORITY.certificate}"
    assert [found.subject["commonName"] for found in parse(text)] == [NAMES[-1], "cluster"]


def test_parse_an_rsa_certificate() -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert parse(issue(key=key).certificate)[0].serial_number == 4711


@pytest.mark.parametrize(
    ("pem", "message"),
    [
        ("", NO_PEM),
        ("garbage", NO_PEM),
        (LEAF.key_pem, NO_PEM),
        (LEAF.certificate[:200], NO_PEM),
        (LEAF.certificate.replace("MII", "AAA", 1), "certificate 1 of 1 can't be read"),
        ("-----BEGIN CERTIFICATE-----\nsecret é\n-----END CERTIFICATE-----", NO_PEM),
        (LEAF.certificate + LEAF.certificate.replace("MII", "AAA", 1), "certificate 2 of 2 can't be read"),
    ],
)
def test_parse_says_what_can_not_be_read(pem: str, message: str) -> None:
    with pytest.raises(CertificateUnreadableError) as raised:
        parse(pem)
    assert str(raised.value) == message
    assert raised.value.__cause__ is None


@pytest.mark.parametrize(
    ("names", "covered"),
    [
        (NAMES, True),
        (NAMES[-1:], True),
        ((NAMES[-1].upper(),), True),
        (("*.kube-system.svc",), True),
        (NAMES[:-1], False),
        (("*.svc",), False),
        ((f"{NAMES[-1]}.cluster.local",), False),
        # The common name counts for nothing.
        ((), False),
    ],
)
def test_covers(names: tuple[str, ...], covered: bool) -> None:
    (found,) = parse(issue(NAMES[-1], names=names).certificate)
    assert covers(found, WEBHOOK) is covered


def test_covers_name() -> None:
    (found,) = parse(issue(names=("hooks.example.com",)).certificate)
    assert covers_name(found, "hooks.example.com")
    assert not covers_name(found, "example.com")


@pytest.mark.parametrize(
    ("chain", "bundle", "is_trusted"),
    [
        ((LEAF,), of(AUTHORITY), True),
        ((LEAF,), "", False),
        ((LEAF,), "garbage", False),
        # Another authority of the same name.
        ((LEAF,), of(issue("cluster", authority=True)), False),
        ((LEAF,), of(issue("cluster", authority=True), AUTHORITY), True),
        ((LEAF,), AUTHORITY.certificate.replace("MII", "AAA", 1) + AUTHORITY.certificate, True),
        # What the bundle names is trusted, though nobody vouches for it.
        ((LEAF,), of(LEAF), True),
    ],
)
def test_trusted(chain: tuple[Issued, ...], bundle: str, is_trusted: bool) -> None:
    assert trusted(parse(of(*chain)), bundle, NOW) is is_trusted


INTERMEDIATE = issue("intermediate", AUTHORITY, authority=True)
LOWER = issue("lower", INTERMEDIATE, authority=True)
BELOW = issue(by=LOWER)


@pytest.mark.parametrize(
    ("chain", "bundle", "is_trusted"),
    [
        ((BELOW, LOWER, INTERMEDIATE), of(AUTHORITY), True),
        ((BELOW, INTERMEDIATE, LOWER), of(AUTHORITY), True),
        ((BELOW, LOWER), of(AUTHORITY), False),
        ((BELOW, INTERMEDIATE), of(AUTHORITY), False),
        ((BELOW,), of(LOWER), True),
        ((BELOW,), of(AUTHORITY, INTERMEDIATE), False),
        ((BELOW, LOWER, AUTHORITY), of(INTERMEDIATE), True),
    ],
)
def test_trusted_over_intermediates(chain: tuple[Issued, ...], bundle: str, is_trusted: bool) -> None:
    assert trusted(parse(of(*chain)), bundle, NOW) is is_trusted


def test_repeated_intermediates_take_no_longer() -> None:
    """Go drops copies, and whoever has the subject and the key of one that is on the way already."""
    root = issue("root", authority=True)
    again = [issue("root", authority=True, key=root.key) for _each in range(12)]
    crossed = issue("root", AUTHORITY, authority=True, key=root.key)
    for copies in ([root] * 12, again):
        chain = parse(of(issue(by=root), *copies))
        over_another = parse(of(issue(by=root), *copies, crossed))
        began = time.process_time()
        assert trusted(chain, root.certificate, NOW)
        assert not trusted(chain, AUTHORITY.certificate, NOW)
        assert trusted(over_another, AUTHORITY.certificate, NOW)
        assert not trusted(over_another, issue("cluster", authority=True).certificate, NOW)
        assert time.process_time() - began < 0.5


def test_of_those_with_one_name_and_key_any_may_lead_to_an_authority() -> None:
    unknown = issue("intermediate", issue("cluster", authority=True), authority=True, key=INTERMEDIATE.key)
    expired = issue("intermediate", AUTHORITY, authority=True, key=INTERMEDIATE.key, ends=days(-0.5))
    chain = (issue(by=INTERMEDIATE), unknown, expired, INTERMEDIATE)
    assert trusted(parse(of(*chain)), AUTHORITY.certificate, NOW)
    assert not trusted(parse(of(*chain[:-1])), AUTHORITY.certificate, NOW)


def test_those_that_signed_each_other_end_somewhere() -> None:
    one = issue("one", authority=True)
    other = issue("other", one, authority=True)
    one_by_other = issue("one", other, authority=True, key=one.key)
    chain = parse(of(issue(by=other), other, one_by_other))
    assert trusted(chain, one.certificate, NOW)
    assert not trusted(chain, AUTHORITY.certificate, NOW)


def test_one_that_was_made_anew_with_its_key_is_no_authority_for_itself() -> None:
    """Go asks alreadyInChain for authorities, too: of one subject, one key and the same alternative names."""
    old = issue("hook", authority=True)
    new = issue("hook", authority=True, key=old.key)
    assert old.certificate != new.certificate
    assert trusted(parse(old.certificate), old.certificate, NOW)
    assert not trusted(parse(new.certificate), old.certificate, NOW)
    assert not trusted(parse(of(new, old)), old.certificate, NOW)
    # It has names, and the one that signed it none.
    assert trusted(parse(issue("hook", old, key=old.key).certificate), old.certificate, NOW)


@pytest.mark.parametrize(("number", "is_trusted"), [(99, True), (100, False)])
def test_so_many_signatures_are_checked(number: int, is_trusted: bool) -> None:
    """Authorities of the right name come before the right one. Copies of one are none."""
    wrong = [issue("cluster", authority=True) for _each in range(number)]
    assert trusted(parse(LEAF.certificate), of(*wrong, AUTHORITY), NOW) is is_trusted
    assert trusted(parse(of(LEAF, *wrong, INTERMEDIATE)), of(AUTHORITY), NOW)
    assert trusted(parse(LEAF.certificate), of(*wrong[:1] * 200, AUTHORITY), NOW)
    assert trusted(parse(of(issue(by=INTERMEDIATE), *[AUTHORITY] * 200, INTERMEDIATE)), of(AUTHORITY), NOW)


BODY = AUTHORITY.certificate.strip()
HEADED = BODY.replace("-----\n", "-----\nnote: ours\n\n", 1)


@pytest.mark.parametrize(
    ("bundle", "is_trusted"),
    [
        (BODY, True),
        (BODY + BODY, False),
        (of(issue("other", authority=True)).strip() + AUTHORITY.certificate, False),
        (f"{BODY}{BODY}\n{BODY}", True),
        (f"note {BODY}", False),
        (HEADED, False),
        (f"{HEADED}\n{BODY}", True),
    ],
)
def test_a_bundle_holds_what_the_api_server_reads(bundle: str, is_trusted: bool) -> None:
    assert trusted(parse(LEAF.certificate), bundle, NOW) is is_trusted
    assert bundled(bundle) == ([BODY] if is_trusted else [])


def test_a_server_shows_a_certificate_with_headers() -> None:
    assert parse(HEADED) == parse(BODY)


def test_an_authority_is_trusted_while_it_is_valid() -> None:
    authority = issue("old", authority=True, ends=days(10))
    chain = parse(of(issue(by=authority)))
    assert trusted(chain, authority.certificate, NOW + days(10))
    assert not trusted(chain, authority.certificate, NOW + days(11))
    assert not trusted(chain, authority.certificate, NOW - days(2))


def test_an_expired_certificate_is_trusted_still() -> None:
    authority = issue("old", authority=True, ends=days(100))
    chain = parse(of(issue(by=authority, ends=days(10))))
    assert trusted(chain, authority.certificate, NOW + days(11))


def test_who_is_no_authority_signs_for_nobody() -> None:
    impostor = issue("cluster", names=())
    assert not trusted(parse(of(issue(by=impostor))), impostor.certificate, NOW)


def test_an_authority_of_version_1_is_one_in_the_bundle_alone() -> None:
    old = version_1(issue("old", authority=True))
    leaf = issue(by=old)
    assert x509.load_pem_x509_certificate(old.certificate.encode()).version is x509.Version.v1
    assert trusted(parse(leaf.certificate), old.certificate, NOW)
    assert not trusted(parse(leaf.certificate), AUTHORITY.certificate, NOW)
    between = issue("between", by=old, authority=True)
    assert trusted(parse(of(issue(by=between), between)), old.certificate, NOW)
    vouched = issue("vouched", by=AUTHORITY, authority=True)
    for parent, is_trusted in ((vouched, True), (version_1(vouched, by=AUTHORITY), False)):
        assert trusted(parse(of(issue(by=parent), parent)), AUTHORITY.certificate, NOW) is is_trusted


@pytest.mark.parametrize("what", ["version", "extensions", "name"])
def test_what_the_library_refuses_by_errors_of_its_own_can_not_be_read(what: str) -> None:
    pem = unreadable(what)
    with pytest.raises(CertificateUnreadableError, match="certificate 1 of 1 can't be read"):
        parse(pem)
    assert trusted(parse(LEAF.certificate), pem + AUTHORITY.certificate, NOW)
    assert not trusted(parse(LEAF.certificate), pem, NOW)


def test_an_authority_has_to_be_allowed_to_sign_certificates() -> None:
    for may_sign in (True, False):
        authority = issue("cluster", authority=True, may_sign=may_sign)
        assert trusted(parse(of(issue(by=authority))), authority.certificate, NOW) is may_sign


def test_a_certificate_for_clients_is_not_taken_from_a_server() -> None:
    leaf = issue(by=AUTHORITY, purpose=ExtendedKeyUsageOID.CLIENT_AUTH)
    assert not trusted(parse(of(leaf)), AUTHORITY.certificate, NOW)
    assert trusted(parse(of(issue(by=AUTHORITY, purpose=None))), AUTHORITY.certificate, NOW)


@pytest.mark.parametrize(
    ("life", "left", "renewal_days", "due"),
    [
        (365, 30.1, 30, False),
        (365, 30, 30, True),
        (365, -1, 30, True),
        (365, 0.5, 0, False),
        (365, 0, 0, True),
        # Days that are more than its last third.
        (60, 20.1, 30, False),
        (60, 20, 30, True),
        (365, 121, 365, True),
        (365, 122, 365, False),
        # More than a certificate of EKS can last asks for a new one now.
        (365, 364, 366, True),
        (20, 20, 366, True),
    ],
)
def test_renewal_due(life: float, left: float, renewal_days: int, due: bool) -> None:
    (found,) = parse(issue(begins=days(0), ends=days(life)).certificate)
    assert renewal_due(found, renewal_days, found.not_after - days(left)) is due
