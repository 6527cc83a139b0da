"""Migrations are the only way a schema is made, also in tests."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from core.settings import ROOT

FOLDER = ROOT / "migrations"


def config(url: str) -> Config:
    made = Config()
    made.set_main_option("script_location", str(FOLDER))
    made.attributes["url"] = url
    return made


def upgrade(url: str, revision: str = "head") -> None:
    command.upgrade(config(url), revision)


def newest() -> str:
    """The revision that this version's migrations end in."""
    head = ScriptDirectory.from_config(config("")).get_current_head()
    assert head is not None, "there are migrations"
    return head


def downgrade(url: str, revision: str) -> None:
    command.downgrade(config(url), revision)


def draft(url: str, message: str, *, folder: Path = FOLDER) -> None:
    """Write a new migration from the difference between the models and the database, to be read and mended by hand."""
    number = len(list((folder / "versions").glob("*.py"))) + 1
    command.revision(config(url), message, autogenerate=True, rev_id=f"{number:04d}")
