"""Django's test client, told not to look through all static files again for each new client."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from django.conf import settings
from django.test.client import ClientHandler

KEPT = ("_view_middleware", "_template_response_middleware", "_exception_middleware", "_middleware_chain")


@contextmanager
def one_chain_for_all() -> Iterator[None]:
    """Let all clients go through the same middleware, made once for each kind of settings that it reads."""
    load = ClientHandler.load_middleware
    known: dict[tuple[object, ...], dict[str, Any]] = {}

    def load_once(handler: ClientHandler, is_async: bool = False) -> None:
        read = {name: getattr(settings, name) for name in dir(settings) if name.startswith(("SECURE", "STATIC", "W"))}
        key = (is_async, *settings.MIDDLEWARE, settings.DEBUG, repr(settings.STORAGES), repr(read))
        if key not in known:
            load(handler, is_async)
            known[key] = {name: vars(handler)[name] for name in KEPT}
        vars(handler).update(known[key])

    with patch.object(ClientHandler, "load_middleware", load_once):
        yield
