"""What the pages know of the API: TypeScript declarations made from its description, so that a check of the pages'
types finds each path, parameter and field that is not there.

An entry of `Paths` says by the names of `web/shared/api.js` what a call takes, and its `answer` when it succeeds.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

ROOT = "/api/v1"
HEAD = "// Made from the API by `flask docs types > web/types/openapi.d.ts`; a test holds it to the API.\n"
METHODS = ("get", "post", "put", "patch", "delete")
KINDS = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}
BODIES = {"application/json": "json", "multipart/form-data": "form"}

Described = Mapping[str, Any]


def types_page(described: Described) -> str:
    """The text of web/types/openapi.d.ts."""
    lines = [HEAD, "declare namespace Api {", "  interface Paths {"]
    for path, calls in described["paths"].items():
        if path.startswith(f"{ROOT}/"):
            lines += [f"    {json.dumps(path.removeprefix(ROOT))}: {{", *_calls(calls), "    };"]
    for name, schema in described["components"]["schemas"].items():
        lines += ["  }", "", f"  interface {name} {{", *(f"    {field};" for field in _fields(schema))]
    return "\n".join([*lines, "  }", "}", ""])


def _calls(calls: Described) -> Iterator[str]:
    for method in METHODS:
        if method in calls:
            parameters = [*calls.get("parameters", ()), *calls[method].get("parameters", ())]
            parts = [*_asked(parameters), *_body(calls[method]), f"answer: {_answer(calls[method]['responses'])}"]
            yield f"      {method}: {_object(parts)};"


def _asked(parameters: list[Described]) -> Iterator[str]:
    """What stands in the address, and the key where there has to be one."""
    for place in ("path", "query"):
        here = [parameter for parameter in parameters if parameter["in"] == place]
        if here:
            fields = [_field(each["name"], each["schema"], is_needed=each.get("required", False)) for each in here]
            yield f"{_optional(place, is_needed=any(each.get('required') for each in here))}: {_object(fields)}"
    if any(each["name"] == "Idempotency-Key" and each["required"] for each in parameters):
        yield "key: string"


def _body(call: Described) -> Iterator[str]:
    body = call.get("requestBody", {})
    for media_type, content in body.get("content", {}).items():
        kind = BODIES[media_type]
        taken = "FormData" if kind == "form" else _type(content["schema"])
        yield f"{_optional(kind, is_needed=body.get('required', False))}: {taken}"


def _answer(responses: Described) -> str:
    """A 204 has nothing to read, which is null; a 304 is the caller's own wish. A file has its type by `as`."""
    told = []
    for status, response in responses.items():
        if status == "204":
            told.append("null")
        elif status.startswith("2"):
            content = response["content"]
            told.append(_type(content["application/json"]["schema"]) if "application/json" in content else "Blob")
    return " | ".join(sorted(set(told)))


def _fields(schema: Described) -> list[str]:
    needed = schema.get("required", ())
    return [_field(name, field, is_needed=name in needed) for name, field in schema.get("properties", {}).items()]


def _field(name: str, schema: Described, *, is_needed: bool) -> str:
    return f"{_optional(name, is_needed=is_needed)}: {_type(schema)}"


def _optional(name: str, *, is_needed: bool) -> str:
    return f"{name}{'' if is_needed else '?'}"


def _object(fields: list[str]) -> str:
    return f"{{ {'; '.join(fields)} }}"


def _type(schema: Described) -> str:
    if "$ref" in schema:
        return str(schema["$ref"].rsplit("/")[-1])
    if "anyOf" in schema:
        return " | ".join(_type(each) for each in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema["enum"])
    kinds = schema.get("type", ())
    return " | ".join(_of_kind(kind, schema) for kind in ([kinds] if isinstance(kinds, str) else kinds)) or "unknown"


def _of_kind(kind: str, schema: Described) -> str:
    if kind == "array":
        return f"Array<{_type(schema['items'])}>"
    if kind == "object":
        fields = _fields(schema)
        return _object(fields) if fields else f"Record<string, {_type(schema.get('additionalProperties') or {})}>"
    return KINDS[kind]
