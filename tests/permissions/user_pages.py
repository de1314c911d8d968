"""Who may open which page of people, departments, teams and their tokens."""

USER_PAGES: dict[str, str] = {
    "users/": "GET user.read",
    "users/new/": "GET POST user.edit",
    "users/departments/new/": "GET POST user.edit",
    "users/departments/<str:code>/": "GET POST user.edit",
    "users/teams/new/": "GET POST user.edit",
    "users/teams/<str:code>/": "GET POST user.edit",
    "users/<int:user_id>/": "GET user.read",
    "users/<int:user_id>/edit/": "GET POST user.edit",
    "users/<int:user_id>/tokens/": "POST user.edit",
    "users/<int:user_id>/tokens/<int:token_id>/revoke/": "POST user.edit",
}
