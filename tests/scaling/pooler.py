"""Behind pgbouncer in transaction mode everything works as without: `python -m tests.scaling.pooler [PYTEST ARGS]`.

Starts a PostgreSQL and Debian's pgbouncer, then runs the tests that it is given (the journeys, the till and the races
by default) with the application behind the pooler; the tests themselves, which make and drop databases, are not.
"""

import os
import pwd
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which

import psycopg
import pytest
from sqlalchemy import make_url

from tests import postgres

TRIED = ("tests/journeys", "tests/access", "tests/rewards", "tests/catalogue", "tests/citizen", "tests/races")
LIMITS = {"lock_timeout": "4s", "statement_timeout": "60s", "idle_in_transaction_session_timeout": "60s"}
CONFIG = """
[databases]
* = host={server} user=postgres
[pgbouncer]
pool_mode = transaction
listen_addr =
listen_port = 5432
unix_socket_dir = {folder}
auth_type = any
max_client_conn = 1000
default_pool_size = 10
server_idle_timeout = 1
log_connections = 0
log_disconnections = 0
"""


@contextmanager
def pooled(server: str) -> Iterator[Path]:
    """A pooler in front of a server: the folder of its socket. The role that serves has its limits set."""
    binary = which("pgbouncer") or which("/usr/sbin/pgbouncer")
    if binary is None:
        raise SystemExit("no pgbouncer here: apt install pgbouncer")
    with psycopg.connect(server, autocommit=True) as connection:
        for name, value in LIMITS.items():
            connection.execute(f"ALTER ROLE postgres SET {name} = '{value}'".encode())
    with tempfile.TemporaryDirectory(prefix="bonafeta-pooler-") as created:
        folder = Path(created)
        config = folder / "pgbouncer.ini"
        config.write_text(CONFIG.format(server=make_url(server).query["host"], folder=folder))
        nobody = pwd.getpwnam("nobody") if os.geteuid() == 0 else None  # it refuses to run as root
        if nobody:
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        with (folder / "log").open("w") as log:
            process = subprocess.Popen(
                [binary, config], stdout=log, stderr=log, user=nobody.pw_uid if nobody else None, cwd=folder
            )
        try:
            while not (folder / ".s.PGSQL.5432").exists():
                if process.poll() is not None:
                    raise RuntimeError((folder / "log").read_text())
                time.sleep(0.05)
            yield folder
        finally:
            process.terminate()
            process.wait()


def main(*arguments: str) -> int:
    with postgres.running() as server, pooled(server) as folder:
        os.environ |= {"BONAFETA_TEST_DATABASE_URL": server, "BONAFETA_TEST_POOLER": str(folder)}
        chosen = arguments or TRIED
        return int(pytest.main(["--db", "postgresql", "-q", *chosen]))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
