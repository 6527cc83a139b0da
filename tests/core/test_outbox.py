"""A message leaves once, if and only if what it tells of was committed, however the mail server behaves (A37)."""

import email
import email.policy
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from threading import Barrier, Lock
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Row, select

from core import outbox
from core.db import Does, db, in_transaction
from core.errors import Conflict
from core.outbox import Letter, Outbox
from core.settings import Settings
from tests.clock import MovableClock
from tests.core.conftest import Room

ANA = "ana@example.org"


def write_letter(facts: dict[str, Any], *, language: str, settings: Settings) -> Letter:
    return Letter(subject=facts["subject"], text=f"{facts['text']}\n")


WRITERS = {"test": write_letter}


class MailServer:
    """A real SMTP server on loopback that keeps what it accepts; `answers` are given to the next messages first."""

    def __init__(self) -> None:
        self.tried: list[EmailMessage] = []
        self.accepted: list[EmailMessage] = []
        self.answers: list[str] = []
        self.was_encrypted: list[bool] = []
        self._lock = Lock()

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  aiosmtpd calls it so
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        message.add_header("X-Recipients", ",".join(envelope.rcpt_tos))
        with self._lock:
            self.tried.append(message)
            self.was_encrypted.append(session.ssl is not None)
            if self.answers:
                return self.answers.pop(0)
            self.accepted.append(message)
        return "250 OK"


@dataclass
class PostOffice:
    """The outbox of one test's deployment, and the mail server that it sends to."""

    app: Flask
    clock: MovableClock
    settings: Settings
    server: MailServer = field(default_factory=MailServer)

    def post(self, *subjects: str, **options: Any) -> None:
        with self.app.app_context():
            in_transaction(lambda: [self._put(subject, **options) for subject in subjects])

    def _put(self, subject: str, *, text: str = "Hola", address: str = ANA, **options: Any) -> str:
        facts = {"subject": subject, "text": text}
        given = {"address": address, "language": "ca", "facts": facts, "citizen_id": None, "at": self.clock.now()}
        outbox.post("test", **given | options)
        return subject

    def send(self) -> int:
        with self.app.app_context():
            return outbox.send_due(WRITERS, at=self.clock.now(), settings=self.settings)

    def waiting(self) -> Sequence[Row[Any]]:
        columns = select(Outbox.id, Outbox.kind, Outbox.send_at)
        with self.app.app_context():
            return in_transaction(lambda: db.session.execute(columns).all(), does=Does.READS)

    @property
    def subjects(self) -> list[str]:
        return [str(message["Subject"]) for message in self.server.accepted]


Start = Callable[..., str]


@pytest.fixture
def start_server() -> Iterator[Start]:
    """Starts a mail server and says its `host:port`."""
    with ExitStack() as until_the_end:

        def start(server: MailServer, **options: Any) -> str:
            with socket.socket() as found:
                found.bind(("127.0.0.1", 0))
                port = found.getsockname()[1]
            controller = Controller(server, hostname="127.0.0.1", port=port, **options)
            controller.start()
            until_the_end.callback(controller.stop)
            return f"127.0.0.1:{port}"

        yield start


@pytest.fixture
def office(app: Flask, clock: MovableClock, settings: Settings, start_server: Start) -> PostOffice:
    office = PostOffice(app, clock, settings)
    office.settings = replace(settings, smtp_url=f"smtp://{start_server(office.server)}")
    return office


# --- sending ----------------------------------------------------------------------------------------------------------


def test_a_message_arrives_as_it_was_written(office: PostOffice) -> None:
    office.post("Els teus punts: 20 €", text="Bon dia, l'11 de març\n.\nAdéu")

    assert office.send() == 1

    (message,) = office.server.accepted
    assert message["Subject"] == "Els teus punts: 20 €"
    assert message.get_content().splitlines() == ["Bon dia, l'11 de març", ".", "Adéu"]
    assert message["To"] == message["X-Recipients"] == ANA
    assert message["From"] == office.settings.mail_from
    assert message["Content-Language"] == "ca"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == office.clock.now()
    assert office.waiting() == []


def test_each_message_leaves_once(office: PostOffice) -> None:
    office.post(*[f"message {number}" for number in range(5)])

    assert [office.send(), office.send()] == [5, 0]
    office.clock.forward(days=1)
    assert office.send() == 0
    assert sorted(office.subjects) == [f"message {number}" for number in range(5)]
    assert len({message["Message-ID"] for message in office.server.accepted}) == 5


def test_two_senders_at_once_send_each_message_once(office: PostOffice) -> None:
    office.post(*[f"message {number}" for number in range(12)])
    ready = Barrier(2)

    def send() -> int:
        ready.wait(timeout=20)
        return office.send()

    with ThreadPoolExecutor() as pool:
        sent = [done.result(timeout=60) for done in [pool.submit(send), pool.submit(send)]]

    assert sum(sent) == 12
    assert sorted(office.subjects) == sorted(f"message {number}" for number in range(12))


class Refused(Conflict):
    """No."""


def test_a_message_is_posted_with_what_it_tells_of_or_not_at_all(
    office: PostOffice, client: FlaskClient, room: Room
) -> None:
    def refuse() -> None:
        office._put("refused")
        raise Refused()

    def crash() -> None:
        office._put("crashed")
        raise ZeroDivisionError

    def agree() -> dict[str, Any]:
        return {"subject": office._put("agreed")}

    for view in (refuse, crash, agree):
        room.view = view
        client.post("/api/v1/room/writes")

    assert office.send() == 1
    assert office.subjects == ["agreed"]


# --- when the mail server says no -------------------------------------------------------------------------------------


def test_a_message_that_was_refused_for_now_is_tried_again_ever_more_rarely(office: PostOffice) -> None:
    office.server.answers = ["451 later"] * 4
    office.post("patience")

    waits = []
    for _ in range(5):
        office.send()
        before = office.clock.now()
        if office.waiting():
            waits.append(office.waiting()[0].send_at - before)
            office.clock.set(office.waiting()[0].send_at - timedelta(seconds=1))
            assert office.send() == 0
            office.clock.forward(seconds=1)

    assert waits == [timedelta(minutes=2), timedelta(minutes=4), timedelta(minutes=8), timedelta(minutes=16)]
    assert office.subjects == ["patience"]
    assert len({message["Message-ID"] for message in office.server.tried}) == 1
    assert len(office.server.tried) == 5


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_longest_wait_is_six_hours(office: PostOffice) -> None:
    office.server.answers = ["451 later"] * 12
    office.post("patience", stale_after=timedelta(days=30))

    for _ in range(12):
        office.send()
        last = office.waiting()[0].send_at - office.clock.now()
        office.clock.set(office.waiting()[0].send_at)

    assert last == timedelta(hours=6)


def test_one_that_is_refused_keeps_no_other_from_leaving(office: PostOffice) -> None:
    office.server.answers = ["550 unknown user"]
    office.post("first", "second", "third")

    assert office.send() == 2
    assert len(office.waiting()) == 1


def test_while_nobody_answers_everything_waits(office: PostOffice, start_server: Start) -> None:
    reachable = office.settings
    office.settings = replace(reachable, smtp_url="smtp://127.0.0.1:1")
    office.post("first", "second")

    assert office.send() == 0
    assert len(office.waiting()) == 2

    office.settings = reachable
    office.clock.forward(minutes=2)
    assert office.send() == 2


def test_what_a_killed_sender_had_taken_leaves_later_under_the_same_id(office: PostOffice) -> None:
    """At least once: it may have been sent before the sender died, and the receiver can tell by the Message-ID."""
    office.post("taken")
    (row,) = office.waiting()
    with office.app.app_context():
        assert in_transaction(partial(outbox._lease, office.clock.now())) is not None

    assert office.send() == 0
    office.clock.forward(minutes=2)
    assert office.send() == 1
    assert str(row.id) in str(office.server.accepted[0]["Message-ID"])


def test_what_is_stale_is_dropped_and_not_sent(office: PostOffice) -> None:
    office.post("a code of ten minutes", stale_after=timedelta(minutes=10))
    office.post("a reminder")
    office.clock.forward(minutes=10)

    assert office.send() == 1
    assert office.subjects == ["a reminder"]
    assert office.waiting() == []


def test_after_three_days_it_is_given_up(office: PostOffice) -> None:
    office.server.answers = ["451 later"] * 100
    office.post("in vain")
    posted_at = office.clock.now()

    while office.waiting():
        office.send()
        office.clock.forward(hours=1)

    assert timedelta(days=3) <= office.clock.now() - posted_at <= timedelta(days=3, hours=2)
    assert 12 <= len(office.server.tried) <= 24


# --- what a message may hold ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_fact_can_add_a_header_and_the_others_still_leave(office: PostOffice, line_end: str) -> None:
    office.post(f"Hello{line_end}Bcc: everyone@example.org")
    office.post("to two", address=f"{ANA}{line_end}Bcc: everyone@example.org")
    office.post("good")

    assert office.send() == 1
    assert office.subjects == ["good"]
    assert all(message["Bcc"] is None for message in office.server.tried)
    assert {message["X-Recipients"] for message in office.server.tried} == {ANA}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_text_cannot_end_the_message_and_begin_another(office: PostOffice) -> None:
    smuggled = "Hello\r\n.\r\nMAIL FROM:<mayor@example.org>\r\nRCPT TO:<all@example.org>\r\nDATA\r\nPay me\n.\n"
    office.post("one message", text=smuggled)

    office.send()

    (message,) = office.server.accepted
    assert message["X-Recipients"] == ANA
    assert message.get_content().splitlines() == [*smuggled.splitlines(), ""]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_message_that_nobody_can_write_keeps_no_other_from_leaving(office: PostOffice) -> None:
    with office.app.app_context():
        in_transaction(
            lambda: outbox.post("unknown", address=ANA, language="ca", facts={}, citizen_id=None, at=office.clock.now())
        )
    office.post("good")

    assert office.send() == 1
    assert [row.kind for row in office.waiting()] == ["unknown"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_sender_may_have_a_name(office: PostOffice) -> None:
    office.settings = replace(office.settings, mail_from="Bones Accions <no-reply@bcn.example>")
    office.post("hello")

    office.send()

    (message,) = office.server.accepted
    assert str(message["Message-ID"]).endswith("@bcn.example>")
    assert message["From"].addresses[0].display_name == "Bones Accions"


# --- without a mail server --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_without_a_mail_server_mail_is_a_file_each(office: PostOffice, settings: Settings) -> None:
    office.settings = settings
    office.post("Hola, Núria", "Adéu")

    assert office.send() == 2

    files = list(settings.mail_folder.iterdir())
    read = [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]
    assert {file.suffix for file in files} == {".eml"}
    assert {str(message["Subject"]) for message in read} == {"Hola, Núria", "Adéu"}
    assert {str(message["To"]) for message in read} == {ANA}
    assert office.waiting() == []


# --- encrypted --------------------------------------------------------------------------------------------------------


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A certificate for 127.0.0.1 that this process trusts, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail server of a test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = tmp_path / "certificate.pem"
    file.write_bytes(secret + made.public_bytes(pem))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    return file


def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, login: Any) -> AuthResult:
    is_right = isinstance(login, LoginPassword) and (login.login, login.password) == (b"ana@city", b"p/ss word")
    return AuthResult(success=is_right)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_server_that_can_encrypt_is_spoken_to_encrypted(
    office: PostOffice, start_server: Start, certificate: Path
) -> None:
    address = start_server(office.server, tls_context=tls(certificate), authenticator=authenticate)
    office.settings = replace(office.settings, smtp_url=f"smtp://{address}")
    office.post("without a login")
    office.send()
    office.settings = replace(office.settings, smtp_url=f"smtp://ana%40city:p%2Fss%20word@{address}")
    office.post("with a login")
    office.send()

    assert office.subjects == ["without a login", "with a login"]
    assert office.server.was_encrypted == [True, True]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_server_behind_tls_is_reached_by_smtps(office: PostOffice, start_server: Start, certificate: Path) -> None:
    address = start_server(office.server, ssl_context=tls(certificate))
    office.settings = replace(office.settings, smtp_url=f"smtps://{address}")
    office.post("encrypted")

    assert office.send() == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_certificate_that_nobody_vouches_for_is_not_accepted(
    office: PostOffice, start_server: Start, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    address = start_server(office.server, tls_context=tls(certificate))
    office.settings = replace(office.settings, smtp_url=f"smtp://{address}")
    office.post("secret")

    assert office.send() == 0
    assert office.server.tried == []
    assert len(office.waiting()) == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_password_is_not_sent_in_the_clear(office: PostOffice, start_server: Start) -> None:
    logins: list[Any] = []

    def note(*heard: Any) -> AuthResult:
        logins.append(heard)
        return AuthResult(success=True)

    address = start_server(office.server, authenticator=note, auth_require_tls=False)
    office.settings = replace(office.settings, smtp_url=f"smtp://ana:secret@{address}")
    office.post("hello")

    assert office.send() == 0
    assert logins == []
