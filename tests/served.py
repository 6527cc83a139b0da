"""The real server and the real jobs, as `make run` starts them, for tests from outside the process."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from core.settings import ROOT

FLASK = (sys.executable, "-m", "flask")


@dataclass
class Served:
    """A running `flask serve`. Its output ends when it and all that it started have ended."""

    process: subprocess.Popen[str]
    address: str

    def rest_of_output(self) -> str:
        assert self.process.stdout
        return self.process.stdout.read()


@contextmanager
def serving(environ: Mapping[str, str], *, root: Path = ROOT, log: Path | None = None) -> Iterator[Served]:
    """Serve on a free port until the end of the block, then ask it to stop if the test has not ended it. `root` is
    the code that runs; it logs to this process's own stderr or to a file."""
    with log.open("a") if log else nullcontext() as stderr:
        process = subprocess.Popen(
            [*FLASK, "serve", "--port", "0"],
            cwd=root,
            env={**os.environ, **environ},
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            start_new_session=True,
        )
    assert process.stdout
    with process:
        try:
            address = next(found[1] for line in process.stdout if (found := re.match(r" +address +(http\S+)", line)))
            yield Served(process, address)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.wait(timeout=60)


def run(*command: str, environ: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """`flask COMMAND`, to its end."""
    return subprocess.run(
        [*FLASK, *command], cwd=ROOT, env={**os.environ, **environ}, capture_output=True, text=True, check=False
    )
