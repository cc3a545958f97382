"""E-mail to the admin, through the mail server that the configuration names.

Knows the address form ``smtp://USER:PASSWORD@HOST:PORT`` (``smtps`` for TLS from the start); hides SMTP.
"""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import localtime, make_msgid
from urllib.parse import unquote, urlsplit

from feedsvc.errors import FetchError
from feedsvc.text import one_line

_TIMEOUT_S = 20


def send(server: str, *, to: str, subject: str, text: str) -> None:
    """Send a plain text from the recipient's own address; STARTTLS is used where the server offers it.

    Raises:
        FetchError: the server cannot be reached, or refuses; its ``origin`` holds no password.
    """
    parts = urlsplit(server)
    host, port = parts.hostname or "localhost", parts.port
    message = EmailMessage()
    message["From"] = message["To"] = to
    message["Subject"] = one_line(subject)
    message["Date"] = localtime()
    message["Message-ID"] = make_msgid(domain=to.rpartition("@")[2])
    message.set_content(text)
    secure = ssl.create_default_context()
    try:
        if parts.scheme == "smtps":
            door: smtplib.SMTP = smtplib.SMTP_SSL(host, port or 465, timeout=_TIMEOUT_S, context=secure)
        else:
            door = smtplib.SMTP(host, port or 25, timeout=_TIMEOUT_S)
        with door:
            door.ehlo()
            if parts.scheme == "smtp" and door.has_extn("starttls"):
                door.starttls(context=secure)
            if parts.username:
                door.login(unquote(parts.username), unquote(parts.password or ""))
            door.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        raise FetchError(f"smtp://{host}", "mail", f"the mail server did not take it: {error}") from error
