"""Notices go out through a real mail server on this machine: secured, once, and again after a failure."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.contrib.auth import get_user_model

from config.settings import Settings
from records import neighbours, notices
from records.models import NoticeMail
from schemas.errors import ConfigurationError, Unavailable
from schemas.roles import Role
from tests.records.persons import make_person
from tests.workers.conftest import Configure
from tests.workers.smtp_server import MailServer, mail_server
from workers.mail_server import MAIL_SERVER, try_mail_server
from workers.notices import round_of_notices

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(minutes=2)
pytestmark = pytest.mark.django_db
Tell = Callable[[str], None]


@pytest.fixture
def tell() -> Tell:
    """A notice for the accounting, and somebody there with an address."""
    person = make_person(Role.ACCOUNTING, name="Änne Öztürk")
    get_user_model().objects.filter(pk=person.user_id).update(email="buch@example.org")

    def make(key: str) -> None:
        notices.notify(
            key, unit=None, roles=frozenset({Role.ACCOUNTING}), subject=f"Fällig: {key}", text="Bis 30.11.", now=NOW
        )

    return make


def plain(configure: Configure, server: MailServer, **more: object) -> Settings:
    values = {"smtp_host": "127.0.0.1", "smtp_port": server.port, "smtp_from": "post@stadt.example"}
    return configure(**{**values, "smtp_security": "none", "public_url": "https://post.stadt.example", **more})


def certificate(folder: Path) -> Path:
    """A key with a certificate for this machine, as its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "zertifikat.pem"
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    path.write_bytes(key.private_bytes(pem, pkcs8, serialization.NoEncryption()) + made.public_bytes(pem))
    return path


def test_a_notice_arrives_once(configure: Configure, tell: Tell) -> None:
    with mail_server(MailServer()) as server:
        settings = plain(configure, server)
        tell("RE-2026-000001")
        assert round_of_notices(settings, NOW) == 1
        assert round_of_notices(settings, LATER) == 0
    (mail,) = server.taken
    assert server.receivers == ["buch@example.org"]
    assert mail["Subject"] == "Fällig: RE-2026-000001"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "Guten Tag Änne Öztürk," in mail.get_content()


def test_two_notices_are_one_mail(configure: Configure, tell: Tell) -> None:
    with mail_server(MailServer()) as server:
        settings = plain(configure, server)
        tell("a")
        tell("b")
        assert round_of_notices(settings, NOW) == 1
    assert server.taken[0]["Subject"] == "Posteingang: 2 Hinweise"


def test_what_the_server_may_have_taken_comes_again_under_the_same_id(configure: Configure, tell: Tell) -> None:
    with mail_server(MailServer(drop_after_data=True)) as server:
        settings = plain(configure, server)
        tell("a")
        assert round_of_notices(settings, NOW) == 0
        server.drop_after_data = False
        tell("b")
        assert round_of_notices(settings, LATER) == 2
    first, *others = (mail["Message-ID"] for mail in server.taken)
    assert others.count(first) == 1
    assert first.endswith("@post.stadt.example>")


def test_a_permanent_refusal_is_not_tried_again_and_holds_up_nobody(configure: Configure, tell: Tell) -> None:
    other = make_person(Role.ACCOUNTING)
    get_user_model().objects.filter(pk=other.user_id).update(email="weg@example.org")
    with mail_server(MailServer(answers={"weg@example.org": "550 no such user"})) as server:
        settings = plain(configure, server)
        tell("a")
        assert round_of_notices(settings, NOW) == 1
        assert round_of_notices(settings, NOW + timedelta(days=1)) == 0
    refused = NoticeMail.objects.get(refused=True)
    assert refused.address == "weg@example.org"
    assert "550 no such user" in refused.problem


def test_a_temporary_refusal_is_tried_again(configure: Configure, tell: Tell) -> None:
    with mail_server(MailServer(answers={"buch@example.org": "451 later"})) as server:
        settings = plain(configure, server)
        tell("a")
        assert round_of_notices(settings, NOW) == 0
        server.answers.clear()
        assert round_of_notices(settings, NOW + timedelta(seconds=30)) == 0, "not before its time"
        assert round_of_notices(settings, LATER) == 1


def test_a_server_that_is_not_there_costs_no_notice_and_is_shown(configure: Configure, tell: Tell) -> None:
    with mail_server(MailServer()) as server:
        settings = plain(configure, server)
    tell("a")
    assert round_of_notices(settings, NOW) == 0
    look = neighbours.last_look(MAIL_SERVER, NOW)
    assert look is not None and not look.ok and "antwortet nicht" in look.detail
    assert len(notices.due_mails(NOW)) == 1


def test_without_a_server_notices_stay_open(configure: Configure, tell: Tell) -> None:
    tell("a")
    assert round_of_notices(configure(), NOW) == 0
    assert notices.standing().open == 1


def test_the_connection_is_secured_before_the_password_is_said(
    configure: Configure, tell: Tell, tmp_path: Path
) -> None:
    word, own = tmp_path / "kennwort", certificate(tmp_path)
    word.write_text("geheim\n")
    login = base64.b64encode(b"\0post\0geheim").decode()
    with mail_server(MailServer(certificate=own, login=login)) as server:
        settings = plain(
            configure,
            server,
            smtp_security="starttls",
            smtp_ca_bundle=own,
            smtp_user="post",
            smtp_password_file=word,
        )
        tell("a")
        assert round_of_notices(settings, NOW) == 1
        assert server.secured == [True]
        word.write_text("falsch")
        with pytest.raises(Unavailable, match="lässt uns nicht zu"):
            try_mail_server(settings)


def test_an_unknown_certificate_is_refused(configure: Configure, tell: Tell, tmp_path: Path) -> None:
    with mail_server(MailServer(certificate=certificate(tmp_path))) as server:
        settings = plain(configure, server, smtp_security="starttls")
        tell("a")
        assert round_of_notices(settings, NOW) == 0
    assert server.taken == []


def test_a_server_that_does_not_offer_starttls_gets_nothing(configure: Configure, tell: Tell) -> None:
    with mail_server(MailServer()) as server:
        tell("a")
        assert round_of_notices(plain(configure, server, smtp_security="starttls"), NOW) == 0
    assert server.taken == []


def test_half_a_configuration_is_refused_at_the_start(configure: Configure) -> None:
    with pytest.raises(ConfigurationError, match="SMTP_FROM"):
        configure(smtp_host="mail.example.org")
    with pytest.raises(ConfigurationError, match="gehören zusammen"):
        configure(smtp_host="mail.example.org", smtp_from="post@example.org", smtp_user="post")
