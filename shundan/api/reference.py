"""The API's description: openapi.json for machines, a page of our own for people; both are public."""

import json
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from ninja import NinjaAPI

from shundan.api.errors import NoSuchAddress, refused
from shundan.ui.doors import View, public

PREFIX = "/api/v1/"


@cache
def described(api: NinjaAPI) -> dict[str, Any]:
    """Return the OpenAPI description (Any: JSON)."""
    return dict(api.get_openapi_schema(path_prefix=PREFIX))


def openapi_view(api: NinjaAPI) -> View:
    """Return the view that serves the description."""

    @cache
    def text() -> str:
        return json.dumps(described(api), ensure_ascii=False)

    @public
    def openapi(request: HttpRequest) -> HttpResponse:
        return HttpResponse(text(), content_type="application/json")

    return openapi


def docs_view(api: NinjaAPI) -> View:
    """Return the view that shows the description as a page, without a script or a foreign host."""

    @cache
    def subjects() -> list[dict[str, Any]]:
        return _subjects(described(api))

    @public
    def docs(request: HttpRequest) -> HttpResponse:
        page = {"language": get_language(), "theme": "auto"}
        context = {"page": page, "subjects": subjects(), "description": api.description, "version": api.version}
        return render(request, "api/reference.html", context)

    return docs


@public
def nowhere(request: HttpRequest, path: str = "") -> HttpResponse:
    """Answer an address below the API that leads nowhere."""
    return refused(request, NoSuchAddress(path=request.path[:200]))


def _subjects(document: dict[str, Any]) -> list[dict[str, Any]]:
    schemas = document["components"]["schemas"]
    found: dict[str, list[dict[str, Any]]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            found.setdefault(operation["tags"][0], []).append(_operation(path, method, operation, schemas))
    return [{"name": name, "operations": operations} for name, operations in found.items()]


def _operation(path: str, method: str, operation: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    answers = {code: one for code, one in operation["responses"].items() if int(code) < 300}
    code, answer = next(iter(answers.items()))
    shape = answer.get("content", {}).get("application/json", {}).get("schema", {})
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": operation["summary"],
        "description": operation.get("description", ""),
        "permission": operation["x-permission"],
        "parameters": [_parameter(one) for one in operation.get("parameters", [])],
        "body": _members(body, schemas),
        "code": code,
        "answer": _members(shape, schemas),
    }


def _parameter(one: dict[str, Any]) -> dict[str, Any]:
    return {"name": one["name"], "place": one["in"], "type": _type(one["schema"]), "is_required": one["required"]}


def _members(schema: dict[str, Any], schemas: dict[str, Any], depth: int = 0, prefix: str = "") -> list[dict[str, Any]]:
    """Return the fields of a body, those of nested ones below them with a dotted name."""
    shape = _resolved(schema, schemas)
    required = set(shape.get("required", []))
    rows = []
    for name, details in shape.get("properties", {}).items():
        path = f"{prefix}{name}"
        description = details.get("description", "")
        rows.append({"name": path, "type": _type(details), "is_required": name in required, "description": description})
        inner, mark = _inner(details)
        if inner and depth < 2:
            rows += _members(inner, schemas, depth + 1, f"{path}{mark}.")
    return rows


def _inner(details: dict[str, Any]) -> tuple[dict[str, Any] | None, str]:
    for one in (details, *details.get("anyOf", [])):
        if "$ref" in one:
            return one, ""
        if one.get("type") == "array" and "$ref" in one.get("items", {}):
            return one["items"], "[]"
    return None, ""


def _resolved(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    for one in (schema, *schema.get("anyOf", [])):
        if "$ref" in one:
            return dict(schemas[one["$ref"].rpartition("/")[2]])
    return schema


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(_type(one) for one in schema["anyOf"]))
    if "enum" in schema:
        return " | ".join(repr(one).replace("'", '"') for one in schema["enum"])
    if schema.get("type") == "array":
        return f"[{_type(schema.get('items', {}))}]"
    return str(schema.get("format") or schema.get("type") or schema.get("const") or "any")
