"""What the setting of a pooler changes; `python -m tests.scaling.pooler` puts a real one in between."""

from collections.abc import Iterator

import pytest
from click import ClickException
from flask import Flask

from app import create_app
from core.cli import refuse_unlimited
from core.db import db
from core.settings import Settings, SettingsError
from tests.architecture.schema import engine_of

on_postgresql = pytest.mark.parametrize("database", ["postgresql"], indirect=True)


@pytest.fixture
def behind(environ: dict[str, str]) -> Iterator[Flask]:
    app = create_app(Settings.load(environ | {"BONAFETA_POOLER": "transaction"}))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@on_postgresql
def test_behind_a_pooler_no_statement_is_prepared_and_no_option_is_sent(behind: Flask) -> None:
    connection = db.engine.raw_connection()
    try:
        found = connection.driver_connection
        assert found is not None
        assert found.prepare_threshold is None
        assert "options" not in found.info.get_parameters()
    finally:
        connection.close()


@on_postgresql
def test_nobody_is_served_behind_a_pooler_until_the_role_limits_its_waiting(behind: Flask, database: str) -> None:
    with behind.app_context(), pytest.raises(ClickException, match="SET lock_timeout = '4s'"):
        refuse_unlimited()

    engine = engine_of(database)
    with engine.begin() as connection:
        connection.exec_driver_sql(f'ALTER ROLE postgres IN DATABASE "{engine.url.database}" SET lock_timeout = 4000')
    engine.dispose()
    db.engine.dispose()  # as a pooler that connects anew

    refuse_unlimited()


def test_a_pooler_of_another_kind_stops_the_start(environ: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="BONAFETA_POOLER is transaction, or not set, and not 'session'"):
        Settings.load(environ | {"BONAFETA_POOLER": "session"})
