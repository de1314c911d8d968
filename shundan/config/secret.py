"""The signing key of this installation: from the environment, else made once and kept in the data folder."""

import os
import secrets
from pathlib import Path


def secret_key() -> str:
    """Return the key that signs sessions and tokens; it survives restarts."""
    given = os.environ.get("SHUNDAN_SECRET_KEY")
    if given:
        return given
    root = Path(__file__).resolve().parent.parent.parent
    path = Path(os.environ.get("SHUNDAN_DATA", root / ".data")) / "secret_key"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text().strip()
        key = secrets.token_urlsafe(50)
        with os.fdopen(handle, "w") as file:
            file.write(key)
        return key
