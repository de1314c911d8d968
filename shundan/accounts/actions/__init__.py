"""Signing in, keeping users, departments and teams, handing out tokens and counting what they are used for."""

from shundan.accounts.actions.calls import TooManyCalls, count_api_call
from shundan.accounts.actions.people import (
    OwnRolesRefused,
    SignInLocked,
    SignInRefused,
    change_own_password,
    change_password,
    change_user,
    create_user,
    issue_api_token,
    revise_user,
    revoke_api_token,
    save_department,
    save_team,
    set_preferences,
    sign_in,
)

__all__ = [
    "OwnRolesRefused",
    "SignInLocked",
    "SignInRefused",
    "TooManyCalls",
    "change_own_password",
    "change_password",
    "change_user",
    "count_api_call",
    "create_user",
    "issue_api_token",
    "revise_user",
    "revoke_api_token",
    "save_department",
    "save_team",
    "set_preferences",
    "sign_in",
]
