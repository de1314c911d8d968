"""Users, the department tree, teams, tokens with their use, and failed sign-ins."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q, UniqueConstraint
from django.db.models.functions import Lower

from shundan.kernel.instances import Light
from shundan.kernel.models import Searchable


class Department(Light):
    """A department; `path` holds the ids from the root to itself, so a subtree is a prefix."""

    code = models.TextField()
    name_zh = models.TextField()
    name_en = models.TextField()
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    path = models.TextField(default="/")

    class Meta:
        constraints = [UniqueConstraint(fields=["code"], name="department_code_once")]


class Team(models.Model):
    """People who sell together inside a department; the leader sees the team's orders."""

    code = models.TextField()
    name_zh = models.TextField()
    name_en = models.TextField()
    department = models.ForeignKey(Department, models.PROTECT, related_name="teams")

    class Meta:
        constraints = [UniqueConstraint(fields=["code"], name="team_code_once")]


class UserManager(BaseUserManager["User"]):
    """Find users by their e-mail address, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, Searchable):
    """A person who signs in."""

    email = models.TextField()
    name = models.TextField()
    roles = ArrayField(models.TextField(), default=list)
    department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="users")
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="users")
    language = models.TextField(default="zh-hans")
    theme = models.TextField(default="auto")
    has_letter_keys = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    class Meta:
        constraints = [
            UniqueConstraint(Lower("email"), name="user_email_once"),
            models.CheckConstraint(condition=Q(theme__in=["auto", "light", "dark"]), name="user_theme_known"),
        ]
        indexes = [GinIndex(fields=["search_grams"], name="user_grams")]


class ApiToken(models.Model):
    """A key for the API: only its hash is kept, it never grants more than its user has."""

    user = models.ForeignKey(User, models.PROTECT, related_name="tokens")
    name = models.TextField()
    hash = models.TextField()
    hint = models.TextField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [UniqueConstraint(fields=["hash"], name="api_token_once")]


class ApiUse(models.Model):
    """How often a token called in its latest minute (minutes since 1970), over all processes."""

    token_hash = models.TextField()
    minute = models.BigIntegerField()
    calls = models.IntegerField()

    class Meta:
        constraints = [UniqueConstraint(fields=["token_hash"], name="api_use_once")]


class SignInFailure(models.Model):
    """A failed sign-in, counted by account and address."""

    account = models.TextField()
    address = models.TextField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["account", "address", "at"], name="sign_in_failure_lookup")]
