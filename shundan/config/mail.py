"""Where mails leave the house: one address in the environment says all of the mail server."""

from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

PORTS = {"smtp": 25, "smtps": 465}
STARTTLS_PORT = 587


@dataclass(frozen=True, slots=True)
class MailServer:
    """How the mail server is reached; without a host no mail is sent."""

    host: str = ""
    port: int = 25
    user: str = ""
    password: str = ""
    uses_tls: bool = False
    starts_tls: bool = False
    sender: str = ""


def mail_server(address: str) -> MailServer:
    """Return what an address such as smtp://user:secret@mail.example.com:587?tls=start&from=oms@example.com says.

    smtps:// speaks TLS from the first byte, `tls=start` (or port 587) after a greeting in the clear.
    Raises: ValueError for another kind of address.
    """
    if not address:
        return MailServer()
    parts = urlsplit(address)
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError("SHUNDAN_SMTP_URL must look like smtp://user:secret@mail.example.com:587?from=oms@example.com")
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    port = parts.port or (STARTTLS_PORT if asked.get("tls") == "start" else PORTS[parts.scheme])
    user = unquote(parts.username or "")
    return MailServer(
        host=parts.hostname,
        port=port,
        user=user,
        password=unquote(parts.password or ""),
        uses_tls=parts.scheme == "smtps",
        starts_tls=parts.scheme == "smtp" and asked.get("tls", "start" if port == STARTTLS_PORT else "") == "start",
        sender=asked.get("from") or (user if "@" in user else f"shundan@{parts.hostname}"),
    )
