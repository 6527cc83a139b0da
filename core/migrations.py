"""Migrations are the only way a schema is made, also in tests."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from core.settings import ROOT

if TYPE_CHECKING:  # loaded where it is used: a server needs none of it, and starts sooner without
    from alembic.config import Config

FOLDER = ROOT / "migrations"


def config(url: str) -> Config:
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(FOLDER))
    made.attributes["url"] = url
    return made


def upgrade(url: str, revision: str = "head") -> None:
    from alembic import command

    command.upgrade(config(url), revision)


def newest() -> str:
    """The revision that this version's migrations end in."""
    from alembic.script import ScriptDirectory

    head = ScriptDirectory.from_config(config("")).get_current_head()
    assert head is not None, "there are migrations"
    return head


def downgrade(url: str, revision: str) -> None:
    from alembic import command

    command.downgrade(config(url), revision)


def draft(url: str, message: str, *, folder: Path = FOLDER) -> None:
    """Write a new migration from the difference between the models and the database, to be read and mended by hand."""
    from alembic import command

    number = len(list((folder / "versions").glob("*.py"))) + 1
    command.revision(config(url), message, autogenerate=True, rev_id=f"{number:04d}")
