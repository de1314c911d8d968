"""Who may see and keep people, their tokens, departments and teams."""

from tests.permissions.expectations import EVERYBODY, Operation, _delete, _get, _post, _put

PEOPLE: dict[str, Operation] = {
    "users_me": _get("/me", {200: EVERYBODY}),
    "users_tokens": _get("/me/tokens", {200: EVERYBODY}),
    "users_issue_token": _post("/me/tokens", {201: EVERYBODY}, {"name": "ERP"}),
    "users_revoke_token": _delete(
        "/me/tokens/{token}",
        {204: "rep admin", 404: "sales_manager finance warehouse service purchasing executive auditor other_rep"},
        "token",
    ),
    "users_colleagues": _get("/colleagues", {200: EVERYBODY}),
    "users_index": _get("/users", {200: "admin auditor"}),
    "users_create": _post(
        "/users",
        {201: "admin"},
        {"email": "new@example.com", "name": "新", "password": "long enough 12", "roles": ["rep"]},
    ),
    "users_change": _put("/users/{user}", {200: "admin"}, {"name": "王芳", "roles": ["rep"]}),
    "users_set_password": _put("/users/{user}/password", {200: "admin"}, {"password": "long enough 12"}),
    "departments_index": _get("/departments", {200: EVERYBODY}),
    "departments_save": _put("/departments/WEST", {200: "admin"}, {"name_zh": "西部", "name_en": "West"}),
    "departments_teams": _get("/teams", {200: "admin auditor"}),
    "departments_save_one_team": _put(
        "/teams/WEST-1", {200: "admin"}, {"name_zh": "西一组", "name_en": "West 1", "department": "EAST"}
    ),
    "users_show": _get(
        "/users/{user}",
        {200: "rep admin auditor", 404: "sales_manager finance warehouse service purchasing executive other_rep"},
        "user",
    ),
}
