"""The signing key of this installation: from the environment, else made once and kept in the data folder."""

import os
import secrets

from shundan.config.folders import data_folder


def secret_key() -> str:
    """Return the key that signs sessions and tokens; it survives restarts."""
    given = os.environ.get("SHUNDAN_SECRET_KEY")
    if given:
        return given
    path = data_folder() / "secret_key"
    half = path.with_name(f"secret_key.{os.getpid()}")
    if not path.exists():
        with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
        try:
            # A link appears whole or not at all, and the first of two processes wins.
            os.link(half, path)
        except FileExistsError:
            pass
        half.unlink()
    return path.read_text().strip()
