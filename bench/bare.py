"""The least that Flask can do: a small JSON answer. Nothing on this stack is quicker."""

from flask import Flask, Response, jsonify

app = Flask(__name__)


@app.get("/")
def hello() -> Response:
    return jsonify(hello="world", items=[1, 2, 3])


@app.get("/readyz")
def readyz() -> Response:
    return jsonify(status="ready")
