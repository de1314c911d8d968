"""How a route is declared: its permission, its answer, and that a repeated POST gets the first answer."""

import functools
import inspect
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar, cast, get_type_hints

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI, Router, Schema
from ninja.operation import Operation
from ninja.params.models import QueryModel
from ninja.responses import Status
from ninja.utils import contribute_operation_callback

from shundan.api.auth import ApiToken, actor
from shundan.api.bodies import note_body
from shundan.api.errors import SENTENCES, Error, MethodNotAllowed, refused
from shundan.api.fields import Answer, Given
from shundan.api.narrowing import refuse_unknown_names
from shundan.kernel.db import NotFromMemory
from shundan.kernel.errors import Detail, Malformed
from shundan.kernel.idempotency import Answered, Claim, answer_once, claim_of
from shundan.kernel.memory import from_memory
from shundan.ui.doors import request_id

V = TypeVar("V", bound=Callable[..., Any])
View = Callable[[HttpRequest], HttpResponse]
REFUSALS = (401, 403, 404, 409, 422, 429)
VISIBLE = "^[!-~]([ -~]*[!-~])?$"
IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": VISIBLE},
    "description": "Send the same key again and you get the first answer; the work is done once.",
}


class Refusal(Schema):
    """What all operations refuse with: one model for over a thousand answers, or each start would make them all."""

    response: Error

    @classmethod
    @functools.cache
    def model_json_schema(cls, *args: Any, **kwargs: Any) -> dict[str, Any]:  # type: ignore[override]
        """Return how it is described, which is asked for once for each answer."""
        return super().model_json_schema(*args, **kwargs)


class Routes:
    """The routes of one subject; each must name the permission that opens it."""

    def __init__(self, subject: str, *, operations: str = "") -> None:
        """Begin with a subject; `operations` is how their names begin, by default as the views' module is called."""
        self.router = Router(tags=[subject])
        self.operations = operations

    def get(self, path: str, *, permission: str, answer: type[Answer], prefix: str = "") -> Callable[[V], V]:
        """Declare a read; with a `prefix` it takes query parameters that begin so, whose rest is judged by the view."""
        return self._declare("GET", path, permission, 200, answer, prefix=prefix)

    def post(
        self,
        path: str,
        *,
        permission: str,
        answer: type[Answer],
        status: int = 201,
        shown_once: str = "",
        keeps_its_key: bool = False,
    ) -> Callable[[V], V]:
        """Declare a write that takes an Idempotency-Key; the field named `shown_once` is never kept for repeats.

        A view that `keeps_its_key` sees to repeats itself, with `claim_of_request`; it may work from memory, which
        the database confirms as it writes (kernel/memory.py), from the sign-in on.
        """
        return self._declare(
            "POST", path, permission, status, answer, shown_once=shown_once, keeps_its_key=keeps_its_key
        )

    def put(self, path: str, *, permission: str, answer: type[Answer]) -> Callable[[V], V]:
        """Declare a write that replaces."""
        return self._declare("PUT", path, permission, 200, answer)

    def delete(self, path: str, *, permission: str, answer: type[Answer] | None = None) -> Callable[[V], V]:
        """Declare a write that takes back."""
        return self._declare("DELETE", path, permission, 204 if answer is None else 200, answer)

    def _declare(
        self,
        method: str,
        path: str,
        permission: str,
        status: int,
        answer: type[Answer] | None,
        *,
        shown_once: str = "",
        keeps_its_key: bool = False,
        prefix: str = "",
    ) -> Callable[[V], V]:
        def declare(view: V) -> V:
            unsent = _without_body(view) if method == "POST" and not keeps_its_key else {}

            @functools.wraps(view)
            def run(request: HttpRequest, **given: Any) -> Any:
                _check_query(request, run, prefix)
                given |= {name: body for name, body in unsent.items() if given[name] is None}
                if keeps_its_key:
                    return view(request, **given)
                if method == "POST":
                    return _once(request, lambda: view(request, **given), status, shown_once)
                found = view(request, **given)
                if method == "GET" and request.GET:
                    refuse_unknown_names(given.values(), found, by=actor(request))
                return Status(status, found)

            if method in ("POST", "PUT"):
                note_body(method, path, view)
            if unsent:
                run.__signature__ = _optional(view, unsent)  # type: ignore[attr-defined]
            if keeps_its_key:
                run.short_way = _short_way(view, permission)  # type: ignore[attr-defined]
            contribute_operation_callback(run, functools.partial(_add_refusals, method))
            summary, _blank, rest = (view.__doc__ or "").partition("\n")
            extra: dict[str, Any] = {"x-permission": permission}
            if method == "POST":
                extra["parameters"] = [IDEMPOTENCY_KEY]
            self.router.api_operation(
                [method],
                path,
                auth=ApiToken(permission),
                response={status: answer},
                operation_id=f"{self.operations or view.__module__.rpartition('.')[2]}_{view.__name__.strip('_')}",
                summary=summary,
                description=" ".join(rest.split()) or None,
                openapi_extra=extra,
            )(run)
            return view

        return declare


def _without_body(view: Callable[..., Any]) -> dict[str, Given]:
    """Return what a verb is given when no body comes and nothing in it is needed: then the body is not, either."""
    bodies = {name: hint for name, hint in get_type_hints(view, include_extras=True).items() if isinstance(hint, type)}
    return {
        name: hint()
        for name, hint in bodies.items()
        if issubclass(hint, Given) and not any(one.is_required() for one in hint.model_fields.values())
    }


def _optional(view: Callable[..., Any], unsent: Mapping[str, Given]) -> inspect.Signature:
    """Return a view's signature with bodies that may be left out."""
    known = inspect.signature(view)
    parts = [
        one.replace(annotation=type(unsent[name]) | None, default=None) if name in unsent else one
        for name, one in known.parameters.items()
    ]
    return known.replace(parameters=parts)


def guarded_patterns(api: NinjaAPI) -> list[URLPattern]:
    """Return the API's addresses with the permissions of their operations, each failure in our shape.

    An address with an operation that declares none gets none, and the start-up check refuses it.
    """
    return [_guarded(api, pattern, permissions, short) for pattern, permissions, short in _addresses(api)]


def permissions_of(operations: list[Operation]) -> dict[str, str]:
    """Return the permission that opens each method. Raises: ImproperlyConfigured for an operation without one."""
    found: dict[str, str] = {}
    for operation in operations:
        doors = [one for one in operation.auth_callbacks if isinstance(one, ApiToken)]
        if not doors:
            raise ImproperlyConfigured(f"{operation.path} declares no permission")
        found |= dict.fromkeys(operation.methods, doors[0].permission)
    return found


def _addresses(api: NinjaAPI) -> Iterator[tuple[URLPattern, dict[str, str] | None, dict[str, View]]]:
    seen: set[str] = set()
    for router in api._get_bound_routers():
        views = list(router.path_operations.values())
        routes = list(router.urls_paths(router.prefix))
        owners = [view for view in views for _operation in view.operations]
        for pattern, view in zip(routes, owners, strict=True):
            if str(pattern.pattern) in seen:
                continue
            seen.add(str(pattern.pattern))
            short = {
                method: one.view_func.short_way
                for one in view.operations
                if hasattr(one.view_func, "short_way")
                for method in one.methods
            }
            try:
                yield pattern, permissions_of(view.operations), short
            except ImproperlyConfigured:
                yield pattern, None, short


def _short_way(view: Callable[..., Any], permission: str) -> View:
    """Return a view's short way: what an ordinary request needs and no more.

    Whatever is unusual (a faulty body, a wrong token, a refusal) raises, and the request goes its full way instead.
    """
    read = get_type_hints(view)["given"].__pydantic_validator__.validate_json
    door = ApiToken(permission)

    def short(request: HttpRequest) -> HttpResponse:
        if request.META.get("QUERY_STRING"):
            raise NotFromMemory
        door(request)
        answer: HttpResponse = view(request, given=read(request.body))
        return answer

    return short


def _guarded(
    api: NinjaAPI, pattern: URLPattern, permissions: dict[str, str] | None, short: dict[str, View]
) -> URLPattern:
    inner = cast("Callable[..., HttpResponse]", pattern.callback)

    def door(request: HttpRequest, **parts: Any) -> HttpResponse:
        shortly = short.get(request.method or "")
        if shortly is None:
            response = inner(request, **parts)
        else:
            try:
                response = from_memory(lambda: shortly(request), otherwise=lambda: inner(request, **parts))
            except Exception as error:
                response = api.on_exception(request, error)
        if response.status_code == 405:
            allowed = ", ".join(sorted(response.headers.get("Allow", "").split(", ")))
            response = refused(request, MethodNotAllowed(method=request.method, allowed=allowed))
            response.headers["Allow"] = allowed
        if getattr(request, "is_replayed", False):
            response.headers["Idempotent-Replayed"] = "true"
        response.headers["X-Request-Id"] = request_id(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    door.csrf_exempt = True  # type: ignore[attr-defined]
    if permissions is not None:
        door.permission = " ".join(f"{method}:{name}" for method, name in permissions.items())  # type: ignore[attr-defined]
    return URLPattern(pattern.pattern, door, pattern.default_args, pattern.name)


def claim_of_request(request: HttpRequest) -> Claim | None:
    """Return the claim of a request that carries an Idempotency-Key. Raises: Malformed."""
    key = request.headers.get("Idempotency-Key")
    return None if key is None else claim_of(by=actor(request), key=key, **_request_facts(request))


def answered(request: HttpRequest, answer: Answered) -> HttpResponse:
    """Return an answer as it is: it came from its schema."""
    request.is_replayed = answer.is_replayed  # type: ignore[attr-defined]
    return HttpResponse(answer.body, status=answer.status, content_type="application/json; charset=utf-8")


def _request_facts(request: HttpRequest) -> dict[str, Any]:
    return {
        "endpoint": f"{request.method} {request.path}"[:500],
        "payload": [json.loads(request.body) if request.body else None, request.GET.urlencode()],
    }


def _once(request: HttpRequest, work: Callable[[], Answer], status: int, shown_once: str) -> Status[Any]:
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return Status(status, work())
    if key and not re.fullmatch(VISIBLE, key):
        sentence = _("Use visible ASCII characters only, best a UUID.")
        raise Malformed(details=[Detail("header.Idempotency-Key", "invalid_key", sentence)])
    first: list[Answer] = []

    def answer() -> tuple[int, Any]:
        first[:] = [work()]
        return status, first[0].model_dump(mode="json") | ({shown_once: None} if shown_once else {})

    kept, body = answer_once(
        by=actor(request),
        key=key,
        work=answer,
        **_request_facts(request),
    )
    request.is_replayed = not first  # type: ignore[attr-defined]
    return Status(kept, first[0] if first else body)


def with_prefix(request: HttpRequest, prefix: str) -> dict[str, list[str]]:
    """Return the values of the query parameters that begin so, by the rest of their names."""
    return {name.removeprefix(prefix): request.GET.getlist(name) for name in request.GET if name.startswith(prefix)}


def _check_query(request: HttpRequest, run: Any, prefix: str) -> None:
    """Refuse unknown query parameters: a misspelt filter must not answer everything."""
    if not request.GET:
        return
    known = {
        name
        for model in run._ninja_operation.models
        if issubclass(model, QueryModel)
        for name in model.__ninja_flatten_map__
    }
    sentence = str(SENTENCES["unknown_parameter"]) % {
        "known": ", ".join([*sorted(known), *([f"{prefix}…"] * bool(prefix))])
    }
    wrong = [
        Detail(f"query.{one[:60]}", "unknown_field", sentence if known else SENTENCES["unknown_field"])
        for one in request.GET
        if one not in known and not (prefix and one.startswith(prefix))
    ]
    if wrong:
        raise Malformed(details=wrong)


def _add_refusals(method: str, operation: Operation) -> None:
    statuses = (*REFUSALS, 400, 413) if method in ("POST", "PUT") else REFUSALS
    operation.response_models |= dict.fromkeys(statuses, Refusal)
