"""The real server and the real jobs, as `make run` starts them, for tests from outside the process."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

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
def serving(environ: Mapping[str, str]) -> Iterator[Served]:
    """Serve on a free port until the end of the block, then ask it to stop if the test has not ended it."""
    process = subprocess.Popen(
        [*FLASK, "serve", "--port", "0"],
        cwd=ROOT,
        env={**os.environ, **environ},
        stdout=subprocess.PIPE,
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
