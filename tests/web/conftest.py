"""The cast, each with a browser of their own."""

from collections.abc import Callable

import pytest
from django.test import Client

from shundan.accounts.models import User
from shundan.kernel.actor import Actor
from tests import make

Browser = Callable[[Actor], Client]


@pytest.fixture(autouse=True)
def _plain_static_files(settings: object) -> None:
    """Name static files as they are: the manifest is made by collectstatic, which these tests do not need."""
    storages = settings.STORAGES  # type: ignore[attr-defined]
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**storages, "staticfiles": plain}  # type: ignore[attr-defined]
    settings.DEMO = False  # type: ignore[attr-defined]


@pytest.fixture
def browser_of() -> Browser:
    """Sign a person in and return their browser, in English."""

    def sign_in(by: Actor, language: str = "en") -> Client:
        User.objects.filter(pk=by.id).update(language=language)
        email = User.objects.values_list("email", flat=True).get(pk=by.id)
        browser = Client()
        answer = browser.post("/sign-in/", {"email": email, "password": make.PASSWORD})
        assert answer.status_code == 303, answer.content
        return browser

    return sign_in
