"""What each operation's body may say, so that a misspelt field is told beside those that there are."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_args, get_type_hints

from django.http import HttpRequest
from pydantic import BaseModel

# The parameters of an operation's view, by its method and route.
_BODIES: dict[tuple[str, str], Mapping[str, Any]] = {}


def note_body(method: str, path: str, view: Callable[..., Any]) -> None:
    """Remember what an operation takes."""
    _BODIES[method, _as_route(path)] = get_type_hints(view)


def known_beside(request: HttpRequest, loc: Sequence[str | int]) -> list[str]:
    """Return the fields that there are where an unknown one was sent; nothing when that is not known.

    `loc` is a place as pydantic gives it: the source, the parameter, and the way to the field.
    """
    route = request.resolver_match.route if request.resolver_match else ""
    hints = next(
        (found for (method, end), found in _BODIES.items() if method == request.method and route.endswith(end)), {}
    )
    model = _model_in(hints.get(str(loc[1]))) if len(loc) > 1 else None
    for step in loc[2:-1]:
        if model is not None and step in model.model_fields:
            model = _model_in(model.model_fields[str(step)].annotation)
    return sorted(model.model_fields) if model is not None else []


def _model_in(hint: Any) -> type[BaseModel] | None:
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return hint
    return next((found for one in get_args(hint) if (found := _model_in(one)) is not None), None)


def _as_route(path: str) -> str:
    return "/v1" + path.replace("{", "<").replace("}", ">")
