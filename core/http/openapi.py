"""The API describes itself: OpenAPI 3.1 made from the routes' own schemas and doors, so that it cannot drift."""

import http
from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar

import orjson
from flask import Flask, Response, current_app
from flask.json.provider import JSONProvider
from flask_smorest import Api, Blueprint
from werkzeug.routing import BaseConverter

from core.db import Does
from core.http.doors import ANYONE, SIGNED_IN, Door, Key, open_to
from core.http.error_list import errors_list
from core.http.problems import Problem
from core.http.schemas import Boolean, Code, Instant, Parser, Schema, Text, Whole
from core.settings import ROOT

View = TypeVar("View", bound=Callable[..., Any])

PROBLEM_JSON = "application/problem+json"
GUIDE = ROOT / "web" / "docs" / "guide.md"


class Routes(Blueprint):  # type: ignore[misc]
    """A blueprint of one room of the API. Each route's door is written into its documentation."""

    ARGUMENTS_PARSER = Parser()

    def __init__(self, name: str, import_name: str, *, prefix: str = "/api/v1", description: str = "") -> None:
        super().__init__(name, import_name, url_prefix=prefix, description=description)
        self._prepare_doc_cbks.append(_door_doc)

    def route(self, rule: str, **options: Any) -> Callable[[View], View]:
        declare: Callable[[View], View] = super().route(rule, **options)
        return declare

    def arguments(self, schema: type[Schema], **options: Any) -> Callable[[View], View]:
        # One instance serves all requests: making one for each costs as much as reading a row.
        declare: Callable[[View], View] = super().arguments(schema(), **options)
        return declare

    def response(self, status_code: int, schema: Any = None, **options: Any) -> Callable[[View], View]:
        declare: Callable[[View], View] = super().response(status_code, schema, **options)
        return declare

    def alt_response(self, status_code: int, **options: Any) -> Callable[[View], View]:
        declare: Callable[[View], View] = super().alt_response(status_code, **options)
        return declare

    def also_as(self, *media_types: str) -> Callable[[View], View]:
        """Document that a 200 may also hold a file, by what is asked for."""

        def declare(view: View) -> View:
            for media_type in media_types:
                file = {"type": "string", "format": "binary"}
                view = self.alt_response(200, schema=file, content_type=media_type, success=True)(view)
            return view

        return declare

    def raw_arguments(self, schema: type[Schema]) -> Callable[[View], View]:
        """Document a JSON body that the view loads by hand, for it needs it as it was sent (`core.charter_gate`)."""
        body = {"required": True, "content": {"application/json": {"schema": schema}}}
        declare: Callable[[View], View] = self.doc(requestBody=body)
        return declare

    def _store_endpoint_docs(self, endpoint: str, obj: Any, parameters: Any, tags: Any, **options: Any) -> None:
        super()._store_endpoint_docs(endpoint, obj, parameters, tags, **options)
        for method in options.get("methods", ("GET",)):
            self._docs[endpoint][method.lower()]["door"] = obj.door


def _door_doc(doc: dict[str, Any], doc_info: dict[str, Any], **_: Any) -> dict[str, Any]:
    door: Door = doc_info["door"]
    if not door.who:
        doc["security"] = []
    else:
        who = "anyone signed in" if door.who == SIGNED_IN else ", ".join(sorted(role.value for role in door.who))
        doc["security"] = [{"bearer": []}]
        doc["x-roles"] = who
        doc["x-badges"] = [{"label": who, "color": "#3d6f8e"}]
    if door.key is not Key.NONE:
        doc.setdefault("parameters", []).append(
            {
                "in": "header",
                "name": "Idempotency-Key",
                "required": door.key is Key.REQUIRED,
                "description": "One per wish, the same when sent again: one effect and the same answer for 48 hours.",
                "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
            }
        )
    return doc


class OpenApi(Api):  # type: ignore[misc]
    """flask-smorest's Api, with every error as problem+json. It describes itself when it is first asked to, which
    takes as long as all the rest of a start."""

    ERROR_SCHEMA = Problem

    def __init__(self, app: Flask, **options: Any) -> None:
        self._undescribed: list[Routes] = []
        self._lock = Lock()
        super().__init__(app, **options)

    def register_blueprint(self, blueprint: Routes) -> None:
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blueprint.name] = self
        self._app.register_blueprint(blueprint)
        self._undescribed.append(blueprint)

    def described(self) -> dict[str, Any]:
        """The description of every route, as an OpenAPI document."""
        with self._lock:
            while self._undescribed:
                routes = self._undescribed.pop(0)
                routes.register_views_in_doc(self, self._app, self.spec, name=routes.name, parameters=None)
                self.spec.tag({"name": routes.name, "description": routes.description})
            document: dict[str, Any] = self.spec.to_dict()
            return document

    def _register_error_handlers(self) -> None:
        """`core.http.problems` answers all errors."""

    def _register_responses(self) -> None:
        for status in http.HTTPStatus:
            self.spec.components.response(status.name, _problem_response(status.phrase), lazy=True)
        self.spec.components.response(self.DEFAULT_ERROR_RESPONSE_NAME, _problem_response("A problem"), lazy=True)


def _problem_response(description: str) -> dict[str, Any]:
    return {"description": description, "content": {PROBLEM_JSON: {"schema": Problem}}}


class OrjsonProvider(JSONProvider):
    """JSON both ways by orjson: it refuses NaN and lone surrogates, and is quick."""

    def dumps(self, obj: Any, **_: Any) -> str:
        return orjson.dumps(obj, option=orjson.OPT_UTC_Z).decode()

    def loads(self, s: str | bytes, **_: Any) -> Any:
        return orjson.loads(s)

    def response(self, *args: Any, **kwargs: Any) -> Response:
        return Response(
            orjson.dumps(self._prepare_response_obj(args, kwargs), option=orjson.OPT_UTC_Z), mimetype="application/json"
        )


class CodeConverter(BaseConverter):
    """`<code:name>` in a route: anything that no code can be is a 404 and never reaches the database."""

    regex = "[a-z0-9-]{1,60}"


def init_openapi(app: Flask, blueprints: list[Routes]) -> None:
    app.json = OrjsonProvider(app)
    app.config |= {"API_TITLE": "Bona Feta", "API_VERSION": "v1", "OPENAPI_VERSION": "3.1.0"}
    api = OpenApi(
        app,
        spec_kwargs={
            "servers": [{"url": "/"}],
        },
    )
    api.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
    for field, kind in ((Whole, "integer"), (Boolean, "boolean"), (Text, "string"), (Code, "string")):
        api.register_field(field, kind, None)
    api.register_field(Instant, "string", "date-time")
    app.url_map.converters["code"] = CodeConverter
    api.register_converter(CodeConverter, lambda _: {"type": "string", "pattern": "^[a-z0-9-]{1,60}$"})
    for blueprint in blueprints:
        api.register_blueprint(blueprint)
    app.extensions["openapi"] = api
    app.add_url_rule("/openapi.json", view_func=openapi)


@open_to(ANYONE, Does.PHASES)
def openapi() -> Response:
    """The description of this API."""
    app = current_app
    if "openapi_bytes" not in app.extensions:
        spec = app.extensions["openapi"].described()
        guide = GUIDE.read_text(encoding="utf-8")
        spec["info"]["description"] = guide.replace("{errors}", errors_list())
        app.extensions["openapi_bytes"] = orjson.dumps(spec, default=float)
    response = Response(app.extensions["openapi_bytes"], mimetype="application/json")
    response.headers["Cache-Control"] = "public, max-age=300"
    return response
