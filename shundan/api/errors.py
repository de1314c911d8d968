"""Every failure as the one error shape: a stable code, a sentence, the places."""

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import DataError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI
from ninja.errors import HttpError
from ninja.errors import ValidationError as InvalidRequest

from shundan.api.bodies import known_beside
from shundan.api.fields import Answer
from shundan.kernel.errors import Detail, Malformed, NotFound, Refused
from shundan.ui.doors import request_id

log = logging.getLogger("shundan.api")
SOURCES = ("body", "query", "path", "header")


class ErrorDetail(Answer):
    """One place and what is wrong there; `yours` and `theirs` are given for edit conflicts."""

    path: str
    code: str
    message: str
    yours: str | None = None
    theirs: str | None = None


class Error(Answer):
    """What every failure answers."""

    code: str
    message: str
    details: list[ErrorDetail]


class NoSuchAddress(Refused):
    """The address leads nowhere."""

    code = "no_such_address"
    status = 404
    sentence = _("%(path)s does not exist. See the API reference at /api/v1/docs.")


class MethodNotAllowed(Refused):
    """The address does not know this method."""

    code = "method_not_allowed"
    status = 405
    sentence = _("%(method)s is not supported here; use %(allowed)s.")


class InvalidJson(Refused):
    """The body is no JSON."""

    code = "invalid_json"
    status = 400
    sentence = _("The request body is not valid JSON in UTF-8.")


class BodyTooLarge(Refused):
    """The body is larger than we read."""

    code = "body_too_large"
    status = 413
    sentence = _("The request body exceeds 20 MB. Split the request.")


# What is said about a field, by the code we give; pydantic's own kinds are mapped to them below.
SENTENCES: Mapping[str, str | Promise] = {
    "required": _("This field is required."),
    "unknown_field": _("Unknown field; check the spelling."),
    "unknown_field_of": _("Unknown field; check the spelling. Known here: %(known)s."),
    "unknown_parameter": _("Unknown parameter; check the spelling. Known here: %(known)s."),
    "float_not_exact": _('Send the number as a string such as "12.50"; a JSON float is not exact.'),
    "not_a_decimal": _('Enter a plain decimal number such as "12.50".'),
    "out_of_range": _("This is out of the allowed range."),
    "not_a_text": _("Enter a text."),
    "invalid_text": _("This text is too long or contains characters that cannot be stored."),
    "not_a_day": _("Enter a date as YYYY-MM-DD."),
    "not_a_whole_number": _("Enter a whole number."),
    "not_a_flag": _("Enter true or false."),
    "not_an_object": _("Enter a JSON object."),
    "not_a_value": _("Send a text, a whole number, true or false, a list of texts, or null."),
    "not_a_list": _("Enter a JSON list."),
    "too_long": _("Use at most %(limit)s here."),
    "too_short": _("Use at least %(limit)s here."),
    "unknown": _("Choose one of: %(expected)s."),
    "invalid_form": _("This does not match the format %(pattern)s."),
    "unknown_colleague": _("No colleague has this e-mail address; see GET /colleagues."),
    "invalid": _("This value is not valid."),
}
# Within which bounds a number is taken, by what is known of them.
BOUNDS: Mapping[str, str | Promise] = {
    "from_zero": _(
        "Enter a number of 0 or more with at most %(digits)s digits before the decimal point and %(places)s after it."
    ),
    "digits": _("Use at most %(digits)s digits before the decimal point and %(places)s after it."),
    "ge": _("Enter a number of %(ge)s or more."),
    "gt": _("Enter a number above %(gt)s."),
    "le": _("Enter a number of at most %(le)s."),
    "lt": _("Enter a number below %(lt)s."),
}
CODES = {
    "missing": "required",
    "extra_forbidden": "unknown_field",
    "string_type": "not_a_text",
    "string_unicode": "invalid_text",
    "string_too_long": "too_long",
    "string_too_short": "too_short",
    "string_pattern_mismatch": "invalid_form",
    "literal_error": "unknown",
    "bool_type": "not_a_flag",
    "bool_parsing": "not_a_flag",
    "int_type": "not_a_whole_number",
    "int_parsing": "not_a_whole_number",
    "int_parsing_size": "out_of_range",
    "int_from_float": "not_a_whole_number",
    "greater_than": "out_of_range",
    "greater_than_equal": "out_of_range",
    "less_than": "out_of_range",
    "less_than_equal": "out_of_range",
    "model_type": "not_an_object",
    "model_attributes_type": "not_an_object",
    "dict_type": "not_an_object",
    "list_type": "not_a_list",
}


def install_handlers(api: NinjaAPI) -> None:
    """Give every kind of failure its answer."""
    api.add_exception_handler(Refused, refused)
    api.add_exception_handler(InvalidRequest, _invalid_request)
    api.add_exception_handler(HttpError, _http_error)
    api.add_exception_handler(DataError, _unkeepable)
    api.add_exception_handler(OperationalError, _unavailable)
    api.add_exception_handler(InterfaceError, _unavailable)
    api.add_exception_handler(Exception, broken)


def _unavailable(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    """Answer while the database is away, e.g. restarting: the same request with the same key may be sent again."""
    known = request_id(request)
    log.warning("%s %s found no database, request %s: %s", request.method, request.path, known, error)
    message = _("The database is unavailable at the moment. Send the same request again shortly.")
    body = {"code": "database_unavailable", "message": str(message), "details": [], "request_id": known}
    return JsonResponse(body, status=503, headers={"Retry-After": "2"})


def refused(request: HttpRequest, refusal: Refused | type[Refused]) -> HttpResponse:
    """Answer a refusal; places in a malformed request begin with `body.`, those of a read with `query.`."""
    assert isinstance(refusal, Refused)
    body = refusal.as_json()
    if refusal.status == 422:
        body["details"] = [detail | {"path": _full_path(detail["path"], request)} for detail in body["details"]]
    response = JsonResponse(body, status=refusal.status)
    if refusal.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if "seconds" in refusal.facts:
        response.headers["Retry-After"] = str(refusal.facts["seconds"])
    return response


def broken(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    """Answer a failure of ours; the id in the answer leads to the log."""
    assert isinstance(error, Exception)
    known = request_id(request)
    log.error("%s %s failed, request %s", request.method, request.path, known, exc_info=error)
    message = str(_("The error was logged. Please try again; if it persists, tell us the request ID."))
    body = {"code": "internal_error", "message": message, "details": [], "request_id": known}
    return JsonResponse(body, status=500)


@contextmanager
def named_in_body(**places: str) -> Iterator[None]:
    """Turn a record that the body names and nobody may see into the fault of that field.

    `places` gives the field of each kind of record, e.g. customer="customer". Raises: Malformed.
    """
    try:
        yield
    except NotFound as missing:
        what = str(missing.facts["what"])
        if what not in places:
            raise
        raise Malformed(details=[Detail(places[what], f"unknown_{what}", missing.message)]) from missing


@contextmanager
def placed_at(**places: str) -> Iterator[None]:
    """Say faults of these fields at others, where a body carries them under another name. Raises: Malformed."""
    try:
        yield
    except Malformed as wrong:
        moved = [replace(one, path=places.get(one.path, one.path)) for one in wrong.details]
        raise Malformed(details=moved) from wrong


def _invalid_request(request: HttpRequest, error: InvalidRequest | type[InvalidRequest]) -> HttpResponse:
    assert isinstance(error, InvalidRequest)
    return refused(request, Malformed(details=[_detail(one, request) for one in error.errors[:100]]))


def _http_error(request: HttpRequest, error: HttpError | type[HttpError]) -> HttpResponse:
    assert isinstance(error, HttpError)
    if isinstance(error.__cause__, RequestDataTooBig):
        return refused(request, BodyTooLarge())
    return refused(request, InvalidJson())


def _unkeepable(request: HttpRequest, error: DataError | type[DataError]) -> HttpResponse:
    """The second line behind the checks: PostgreSQL refused a value, usually a sum that outgrew its column."""
    assert isinstance(error, DataError)
    log.warning("%s %s: value refused by the database", request.method, request.path, exc_info=error)
    return refused(request, Malformed(details=[Detail("body", "out_of_range", SENTENCES["out_of_range"])]))


def _detail(error: Mapping[str, Any], request: HttpRequest) -> Detail:
    kind, context = error["type"], error.get("ctx") or {}
    code = CODES.get(kind, kind if kind in SENTENCES else "invalid")
    if code == "out_of_range":
        return Detail(_path(error["loc"]), code, _bounds(context))
    known = known_beside(request, error["loc"]) if code == "unknown_field" else []
    if known:
        sentence = str(SENTENCES["unknown_field_of"]) % {"known": ", ".join(known)}
        return Detail(_path(error["loc"]), code, sentence)
    facts = {
        "limit": context.get("max_length", context.get("min_length", "")),
        "expected": context.get("expected", ""),
        "pattern": context.get("pattern", ""),
    }
    return Detail(_path(error["loc"]), code, str(SENTENCES[code]) % facts)


def _bounds(context: Mapping[str, Any]) -> str:
    """Say within which bounds a number is taken, as far as they are known."""
    for bound, sentence in BOUNDS.items():
        if bound in context and context.get(bound) is not False:
            return str(sentence) % context
    return str(SENTENCES["out_of_range"])


def _path(loc: Sequence[str | int]) -> str:
    """Return a place as `body.lines[0].quantity`; the name of the parameter that holds the body is left out."""
    source, *rest = loc
    if source == "body":
        rest = rest[1:]
    elif source in ("query", "header"):
        rest = [one for one in rest if one != "wanted"]
    # Alternatives of a union are named by pydantic as steps of their own.
    steps = [one for one in rest if not (isinstance(one, str) and not re.fullmatch(r"[A-Za-z_][\w-]*", one))]
    return str(source) + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)


def _full_path(path: str, request: HttpRequest) -> str:
    if path.partition(".")[0] in SOURCES:
        return path
    if path == "file":  # pages upload a file, bodies carry its content
        path = "content"
    return f"query.{path}" if request.method in ("GET", "DELETE") else f"body.{path}"
