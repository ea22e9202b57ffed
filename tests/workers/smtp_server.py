"""A mail server (RFC 5321) for tests: it keeps what it took, says what it is told to say, and speaks TLS if it must."""

import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any

__all__ = ["MailServer", "mail_server"]


@dataclass
class MailServer:
    """What the server does and has seen. `answers`: replies to RCPT by address; `drop_after_data`: dies right then."""

    port: int = 0
    certificate: Path | None = None
    login: str | None = None
    answers: dict[str, str] = field(default_factory=dict)
    drop_after_data: bool = False
    taken: list[EmailMessage] = field(default_factory=list)
    receivers: list[str] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    secured: list[bool] = field(default_factory=list)


@contextmanager
def mail_server(said: MailServer) -> Iterator[MailServer]:
    """It listens on a free port of this machine until the block is left."""

    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            _talk(self, said)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) as server:
        server.daemon_threads = True
        said.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield said
        finally:
            server.shutdown()
            thread.join()


def _talk(session: Any, said: MailServer) -> None:
    def say(text: str) -> None:
        session.wfile.write(text.encode() + b"\r\n")

    secure = False
    receiver = ""
    say("220 test")
    while line := session.rfile.readline():
        word, _, rest = line.decode().strip().partition(" ")
        match word.upper():
            case "EHLO":
                offers = ["test", "AUTH PLAIN"] if secure else ["test", *(["STARTTLS"] if said.certificate else [])]
                for offer in offers[:-1]:
                    say(f"250-{offer}")
                say(f"250 {offers[-1]}")
            case "STARTTLS":
                say("220 go")
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(str(said.certificate))
                try:
                    session.connection = context.wrap_socket(session.connection, server_side=True)
                except OSError:
                    return
                session.rfile = session.connection.makefile("rb")
                session.wfile = session.connection.makefile("wb", buffering=0)
                secure = True
            case "AUTH":
                said.logins.append(rest)
                say("235 ok" if rest == f"PLAIN {said.login}" else "535 no")
            case "RCPT":
                receiver = rest[rest.index("<") + 1 : rest.index(">")]
                say(said.answers.get(receiver, "250 ok"))
            case "DATA":
                say("354 go")
                data = b"".join(iter(session.rfile.readline, b".\r\n"))
                said.taken.append(BytesParser(policy=default).parsebytes(data))  # type: ignore[arg-type]
                said.receivers.append(receiver)
                said.secured.append(secure)
                if said.drop_after_data:
                    return
                say("250 ok")
            case "QUIT":
                say("221 bye")
                return
            case _:
                say("250 ok")
