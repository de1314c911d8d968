"""Signing in, locking out, tokens, users and departments."""

from datetime import timedelta

import pytest

from shundan.accounts.actions import (
    OwnRolesRefused,
    SignInLocked,
    SignInRefused,
    change_password,
    change_user,
    create_user,
    issue_api_token,
    revoke_api_token,
    save_department,
    set_preferences,
    sign_in,
)
from shundan.accounts.models import ApiToken, Department, SignInFailure, User
from shundan.accounts.queries import actor_of_token, actor_of_user
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Malformed, NotFound, NotPermitted
from tests import make

pytestmark = pytest.mark.django_db
HERE, THERE = "192.0.2.1", "192.0.2.2"


def enter(email: str, password: str = make.PASSWORD, *, address: str = HERE, minutes: float = 0) -> User:
    """Sign in so many minutes after the tests' moment."""
    return sign_in(email=email, password=password, address=address, at=make.AT + timedelta(minutes=minutes))


def changed(user: User, by: Actor, **values: object) -> User:
    """Change some of a user's data and keep the rest."""
    kept = {"name": user.name, "roles": user.roles, "department": user.department, "team": user.team}
    return change_user(user, by=by, **(kept | {"is_active": user.is_active} | values))  # type: ignore[arg-type]


class TestSignIn:
    def test_the_right_password_opens_whatever_the_case_of_the_address(self) -> None:
        user = make.user("rep", email="Wang@Example.com")
        assert enter("wang@example.COM ") == user

    def test_a_wrong_password_an_unknown_and_a_disabled_user_look_the_same(self) -> None:
        make.user("rep", email="wang@example.com")
        User.objects.filter(pk=make.user("rep", email="gone@example.com").pk).update(is_active=False)
        for email, password in [
            ("wang@example.com", "wrong password"),
            ("nobody@example.com", make.PASSWORD),
            ("gone@example.com", make.PASSWORD),
            ("a\x00b", "x"),
            ("", ""),
            ("x" * 5000, "y" * 5000),
        ]:
            with pytest.raises(SignInRefused) as caught:
                enter(email, password)
            assert caught.value.as_json() == SignInRefused().as_json()

    def test_the_sixth_attempt_waits_fifteen_minutes_even_with_the_right_password(self) -> None:
        make.user("rep", email="wang@example.com")
        for minute in range(5):
            with pytest.raises(SignInRefused):
                enter("wang@example.com", "wrong password", minutes=minute)
        with pytest.raises(SignInLocked) as caught:
            enter("WANG@example.com", minutes=5)
        # The first failure is forgotten after fifteen minutes: ten more to go.
        assert caught.value.facts == {"minutes": 10, "seconds": 600}
        assert enter("wang@example.com", address=THERE, minutes=5).email == "wang@example.com"
        with pytest.raises(SignInLocked):
            enter("wang@example.com", minutes=14.9)
        assert enter("wang@example.com", minutes=15.1).email == "wang@example.com"
        assert SignInFailure.objects.filter(address=HERE).count() == 0

    def test_unknown_accounts_are_locked_like_known_ones(self) -> None:
        for _ in range(5):
            with pytest.raises(SignInRefused):
                enter("nobody@example.com")
        with pytest.raises(SignInLocked):
            enter("nobody@example.com")


class TestTokens:
    def test_a_token_acts_as_its_user_until_it_expires_or_is_revoked(self) -> None:
        user = make.user("rep")
        by = make.actor("rep", user=user)
        token = issue_api_token(user, name="脚本", by=by, days=2)
        assert token not in str(list(ApiToken.objects.values()))
        found = actor_of_token(token, at=make.AT + timedelta(days=1))
        assert found is not None and (found.actor.id, found.actor.door) == (user.pk, "api")
        assert actor_of_token(token, at=make.AT + timedelta(days=2)) is None
        assert actor_of_token(token + "x", at=make.AT) is None
        revoke_api_token(ApiToken.objects.get().pk, by=by)
        assert actor_of_token(token, at=make.AT) is None

    def test_rights_are_those_of_the_moment(self) -> None:
        user = make.user("rep")
        token = issue_api_token(user, name="x", by=make.boss())
        changed(user, make.boss(), roles=["warehouse"])
        found = actor_of_token(token, at=make.AT)
        assert found is not None and found.actor.may("shipment.ship") and not found.actor.may("customer.create")
        changed(user, make.boss(), is_active=False)
        assert actor_of_token(token, at=make.AT) is None
        assert actor_of_user(user.pk, door="web", at=make.AT) is None

    def test_nobody_makes_or_ends_tokens_of_others(self) -> None:
        mine, other = make.user("rep"), make.user("rep")
        by = make.actor("rep", user=other)
        issue_api_token(mine, name="x", by=make.boss())
        with make.refused(NotPermitted):
            issue_api_token(mine, name="x", by=by)
        with make.refused(NotFound):
            revoke_api_token(ApiToken.objects.get().pk, by=by)

    @pytest.mark.parametrize("days", [0, -1, 91, 10**9])
    def test_tokens_live_at_most_ninety_days(self, days: int) -> None:
        with make.refused(Malformed):
            issue_api_token(make.user("rep"), name="x", by=make.boss(), days=days)


class TestUsers:
    @pytest.mark.parametrize(
        ("values", "path"),
        [
            ({"email": "no-address"}, "email"),
            ({"email": "a b@example.com"}, "email"),
            ({"email": "a\x00@example.com"}, "email"),
            ({"email": "a" * 200 + "@example.com"}, "email"),
            ({"name": ""}, "name"),
            ({"name": "a\x00b"}, "name"),
            ({"name": "x" * 101}, "name"),
            ({"roles": ["root"]}, "roles"),
            ({"password": "eleven char"}, "password"),
        ],
    )
    def test_bad_data_is_refused_with_its_place(self, values: dict[str, object], path: str) -> None:
        given = {"email": "new@example.com", "name": "新人", "password": make.PASSWORD, "roles": ["rep"]}
        with make.refused(Malformed) as caught:
            create_user(**(given | values), by=make.boss())  # type: ignore[arg-type]
        assert [detail.path for detail in caught.value.details] == [path]

    def test_an_address_is_taken_once_whatever_its_case(self) -> None:
        make.user("rep", email="wang@example.com")
        with make.refused(Malformed) as caught:
            make.user("rep", email="WANG@example.com")
        assert caught.value.details[0].code == "taken"

    def test_only_administrators_keep_users_and_never_their_own_roles(self) -> None:
        admin, user = make.person("admin"), make.user("rep")
        myself = User.objects.get(pk=admin.id)
        for role in ("rep", "sales_manager", "finance", "warehouse", "executive", "auditor"):
            with make.refused(NotPermitted):
                changed(user, make.person(role), roles=["admin"])
        assert changed(user, admin, roles=["finance"]).roles == ["finance"]
        with make.refused(OwnRolesRefused):
            changed(myself, admin, roles=["admin", "finance"])
        with make.refused(OwnRolesRefused):
            changed(myself, admin, is_active=False)
        assert changed(myself, admin, name="新名").name == "新名"

    def test_a_password_is_changed_by_its_owner_or_an_administrator(self) -> None:
        user = make.user("rep", email="wang@example.com")
        with make.refused(NotPermitted):
            change_password(user, password="another password", by=make.person("rep"))
        change_password(user, password="another password", by=make.actor("rep", user=user))
        assert enter("wang@example.com", "another password") == user

    def test_preferences_are_the_offered_ones(self) -> None:
        by = make.person("rep")
        set_preferences(by=by, language="en", theme="dark", letter_keys=False)
        kept = User.objects.get(pk=by.id)
        assert (kept.language, kept.theme, kept.has_letter_keys) == ("en", "dark", False)
        for wrong in ({"language": "fr"}, {"theme": "pink"}, {"theme": "\x00"}):
            with make.refused(Malformed):
                set_preferences(by=by, **wrong)  # type: ignore[arg-type]


class TestDepartments:
    def test_a_department_moves_with_all_below_it(self) -> None:
        root, other = make.department("ROOT"), make.department("OTHER")
        middle = make.department("MIDDLE", parent=root)
        leaf = make.department("LEAF", parent=middle)
        moved = make.department("MIDDLE", parent=Department.objects.get(pk=other.pk))
        assert moved.path == f"/{other.pk}/{middle.pk}/"
        assert Department.objects.get(pk=leaf.pk).path == f"/{other.pk}/{middle.pk}/{leaf.pk}/"
        boss_of_other = make.user("sales_manager", department=Department.objects.get(pk=other.pk))
        found = actor_of_user(boss_of_other.pk, door="web", at=make.AT)
        assert found is not None and set(found.actor.department_ids) == {other.pk, middle.pk, leaf.pk}

    def test_a_department_never_stands_below_itself(self) -> None:
        root = make.department("ROOT")
        leaf = make.department("LEAF", parent=root)
        for parent in (root, leaf):
            with make.refused(Malformed):
                save_department(code="ROOT", name_zh="根", name_en="Root", parent=parent, by=make.boss())
