"""The walk in the docs is walked: whoever pastes it gets what it says, from the real server and the real jobs."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core.settings import ROOT
from tests import served

WALK = (ROOT / "docs" / "walk.md").read_text(encoding="utf-8")
STEP = re.compile(r"^```bash\n(.*?)^```\n(?:```text\n(.*?)^```\n)?", re.DOTALL | re.MULTILINE)
END_OF_STEP = "-- end of step --\n"


@pytest.mark.skipif(shutil.which("curl") is None, reason="the walk is walked with curl: install it")
def test_the_walk_prints_what_it_says(environ: dict[str, str]) -> None:
    steps = STEP.findall(WALK)
    del environ["BONAFETA_CLOCK"]  # a person's watch shows the real time

    assert served.run("sample", environ=environ).returncode == 0
    with served.serving(environ) as town:
        printed = pasted([commands for commands, _ in steps], environ | {"BONAFETA_PUBLIC_URL": town.address})

    assert printed == [says for _, says in steps]
    assert WALK.count("```bash") == len(steps) > 5
    assert town.process.returncode == 0


def pasted(steps: list[str], environ: dict[str, str]) -> list[str]:
    """What each step prints, in one shell."""
    shell = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "".join(f"{step}\nprintf -- '{END_OF_STEP}'\n" for step in steps)],
        cwd=ROOT,
        env={**os.environ, **environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert shell.returncode == 0, shell.stdout + shell.stderr
    return shell.stdout.split(END_OF_STEP)[:-1]
