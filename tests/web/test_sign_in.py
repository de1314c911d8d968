"""Signing in and out, language and theme."""

import pytest
from django.test import Client

from shundan.accounts.models import User
from tests import make
from tests.cast import Cast
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


def test_a_visitor_is_sent_to_sign_in_and_comes_back(people: Cast) -> None:
    visitor = Client()
    answer = visitor.get("/orders/?view=drafts")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=%2Forders%2F%3Fview%3Ddrafts")
    given = {"email": "WANG@example.com", "password": make.PASSWORD, "next": "/orders/?view=drafts"}
    answer = visitor.post("/sign-in/", given)
    assert (answer.status_code, answer["Location"]) == (303, "/orders/?view=drafts")


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "/sign-in/?next=/", ""],
)
def test_sign_in_leads_to_no_foreign_place(people: Cast, target: str) -> None:
    given = {"email": "wang@example.com", "password": make.PASSWORD, "next": target}
    assert Client().post("/sign-in/", given)["Location"] == "/"


def test_the_session_is_new_after_sign_in(people: Cast) -> None:
    browser = Client()
    browser.get("/sign-in/")
    session = browser.session
    session["left"] = "over"
    session.save()
    before = session.session_key
    browser.post("/sign-in/", {"email": "wang@example.com", "password": make.PASSWORD})
    assert browser.session.session_key != before
    assert "left" not in browser.session


def test_a_wrong_password_says_so_and_keeps_the_address(people: Cast) -> None:
    answer = Client(headers={"accept-language": "en"}).post(
        "/sign-in/", {"email": "wang@example.com", "password": "no"}
    )
    assert answer.status_code == 401
    page = answer.content.decode()
    assert "E-mail address or password is wrong." in page
    assert "sign_in_refused" in page
    assert 'value="wang@example.com"' in page


def test_the_sixth_try_is_refused_even_with_the_right_password(people: Cast) -> None:
    visitor = Client(headers={"accept-language": "en"})
    for _try in range(5):
        visitor.post("/sign-in/", {"email": "wang@example.com", "password": "no"})
    answer = visitor.post("/sign-in/", {"email": "wang@example.com", "password": make.PASSWORD})
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert "Too many failed attempts." in answer.content.decode()


def test_a_form_without_proof_of_origin_changes_nothing(people: Cast) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/sign-in/", {"email": "wang@example.com", "password": make.PASSWORD})
    assert answer.status_code == 403
    assert "user_id" not in strict.session


def test_signing_out_ends_the_session(people: Cast, browser_of: Browser) -> None:
    browser = browser_of(people.wang)
    assert browser.get("/").status_code == 200
    assert browser.get("/sign-out/").status_code == 405
    browser.post("/sign-out/")
    assert browser.get("/")["Location"] == "/sign-in/?next=%2F"


def test_a_changed_password_ends_other_sessions(people: Cast, browser_of: Browser) -> None:
    here, there = browser_of(people.wang), browser_of(people.wang)
    answer = here.post("/account/password/", {"password": make.PASSWORD, "new_password": "a new long password"})
    assert answer.status_code == 303
    assert here.get("/").status_code == 200
    assert there.get("/").status_code == 302


def test_the_present_password_is_needed_for_a_new_one(people: Cast, browser_of: Browser) -> None:
    answer = browser_of(people.wang).post(
        "/account/password/", {"password": "no", "new_password": "a new long password"}
    )
    assert answer.status_code == 422
    assert "The current password is not correct." in answer.content.decode()


def test_demo_buttons_sign_nobody_in_outside_of_demo_mode(people: Cast) -> None:
    answer = Client().post("/sign-in/", {"demo": "wang@example.com"})
    assert answer.status_code == 401


def test_language_and_theme_are_kept_with_the_person(people: Cast, browser_of: Browser) -> None:
    browser = browser_of(people.wang)
    answer = browser.post("/preferences/", {"language": "zh-hans", "theme": "dark", "next": "/orders/"})
    assert (answer.status_code, answer["Location"]) == (303, "/orders/")
    kept = User.objects.get(pk=people.wang.id)
    assert (kept.language, kept.theme) == ("zh-hans", "dark")
    assert '<html lang="zh-Hans" data-theme="dark"' in browser.get("/").content.decode()


def test_a_visitor_keeps_the_language_in_a_cookie(db: None) -> None:
    visitor = Client(headers={"accept-language": "zh-CN"})
    assert '<html lang="zh-Hans"' in visitor.get("/sign-in/").content.decode()
    visitor.post("/preferences/", {"language": "en", "next": "/sign-in/?next=/orders/"})
    assert '<html lang="en"' in visitor.get("/sign-in/").content.decode()
    answer = visitor.post("/preferences/", {"language": "en", "next": "https://evil.example/"})
    assert answer["Location"] == "/"
