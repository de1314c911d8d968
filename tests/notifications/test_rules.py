"""Which notice an event makes, and whom names mean."""

import pytest

from shundan.config.mail import MailServer, mail_server
from shundan.notifications.queries.words import ENDINGS, KIND_LABELS, SENTENCES
from shundan.notifications.rules import ASKING, EMAIL, IN_APP, KINDS, audience_of, kind_of_event


def test_an_event_makes_its_own_kind_of_notice_or_says_that_a_document_moved() -> None:
    assert kind_of_event("approval.asked") == "approval_asked"
    assert kind_of_event("order.confirmed") == "document_moved"


def test_names_mean_people_roles_and_places_each_once() -> None:
    found = audience_of(["user:7", "user:7", "role:warehouse", "owner", "user:x", "role:", "", "dept:1", 5])
    assert (found.people, found.roles, found.places) == ((7,), ("warehouse",), ("owner", "5"))


def test_every_kind_has_its_words_and_its_label() -> None:
    assert set(KIND_LABELS) == set(KINDS)
    assert {*SENTENCES, "approval_ended"} == set(KINDS)
    assert set(ASKING) <= set(KINDS)
    assert set(ENDINGS) == {"approved", "rejected", "sent_back", "withdrawn"}


def test_the_house_chooses_channels_for_who_wished_nothing() -> None:
    assert KINDS["approval_asked"].is_on(IN_APP)
    assert KINDS["approval_asked"].is_on(EMAIL)
    assert not KINDS["document_moved"].is_on(EMAIL)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("", MailServer()),
        ("smtp://mail.example.com", MailServer("mail.example.com", 25, sender="shundan@mail.example.com")),
        (
            "smtp://oms%40example.com:p%2Fw@mail.example.com:587",
            MailServer("mail.example.com", 587, "oms@example.com", "p/w", starts_tls=True, sender="oms@example.com"),
        ),
        (
            "smtps://mail.example.com?from=a@example.com",
            MailServer("mail.example.com", 465, uses_tls=True, sender="a@example.com"),
        ),
        (
            "smtp://mail.example.com?tls=start",
            MailServer("mail.example.com", 587, starts_tls=True, sender="shundan@mail.example.com"),
        ),
    ],
)
def test_one_address_says_all_of_the_mail_server(address: str, expected: MailServer) -> None:
    assert mail_server(address) == expected


def test_another_kind_of_address_is_refused_with_an_example() -> None:
    with pytest.raises(ValueError, match="smtp://user:secret"):
        mail_server("http://mail.example.com")
