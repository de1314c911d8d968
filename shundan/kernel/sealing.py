"""Secrets that the house uses but never shows: sealed with the installation's own key, opened where they are used."""

import base64
import json
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from shundan.kernel.errors import Refused


class SealBroken(Refused):
    """What was sealed cannot be opened with the installation's present key."""

    code = "credentials_unreadable"
    sentence = _("The stored credentials cannot be read with this installation's key. Enter them again.")


def seal(secrets: Mapping[str, str]) -> bytes:
    """Return secrets by name as bytes that only this installation can open."""
    return _box().encrypt(json.dumps(dict(secrets), ensure_ascii=False).encode())


def unseal(sealed: bytes | memoryview) -> dict[str, str]:
    """Return what was sealed; nothing for nothing. Raises: SealBroken."""
    if not sealed:
        return {}
    try:
        opened: dict[str, str] = json.loads(_box().decrypt(bytes(sealed)))
    except InvalidToken as error:
        raise SealBroken() from error
    return opened


def _box() -> Fernet:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"shundan sealed credentials").derive(
        settings.SECRET_KEY.encode()
    )
    return Fernet(base64.urlsafe_b64encode(key))
