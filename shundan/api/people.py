"""Naming a colleague: by id, by e-mail address, or as answers show one."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from shundan.accounts.queries import user_by_email_unscoped
from shundan.api.errors import SENTENCES
from shundan.kernel.errors import Detail, Malformed

_FORM = r"^([0-9]{1,18}|[^@\s]+@[^@\s]+)$"
_AS_ANSWERED = {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}
_DESCRIPTION = "A colleague: the id or e-mail address (GET /colleagues), or the object as it was read."


def _key(value: Any) -> Any:
    return value["id"] if isinstance(value, dict) and set(value) <= {"id", "name", "email"} and "id" in value else value


# Who somebody is, in a body.
Who = Annotated[
    str,
    BeforeValidator(_key),
    Field(pattern=_FORM, max_length=254),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": _FORM}, _AS_ANSWERED], "description": _DESCRIPTION}),
]


def user_id_of(who: str, *, path: str) -> int:
    """Return the id of a colleague named in a body. Raises: Malformed for an address that is nobody's."""
    if "@" not in who:
        return int(who)
    found = user_by_email_unscoped(who)
    if found is None:
        sentence = str(SENTENCES["unknown_colleague"])
        raise Malformed(details=[Detail(path, "unknown_user", sentence)])
    return int(found.pk)
