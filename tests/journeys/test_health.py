"""A deployment that answers says so."""

from flask.testing import FlaskClient


def test_the_house_answers(client: FlaskClient) -> None:
    answer = client.get("/healthz")

    assert answer.status_code == 200
