"""A disk without room: what writes is refused, what reads goes on, and when there is room again all is as before."""

import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from tests.catalogue.cases import photo, upload_of
from tests.faults.kills import BACK_WITHIN_S
from tests.races.serving import Answer, Server, token_of
from tests.storms.crowd import Line, Tell
from tests.storms.place import Place
from tests.storms.storms import Figures, open_ticket, outcome

REFUSED = {"507 insufficient_storage", "503 unavailable", "0"}


def full_disk(place: Place, server: Server, tell: Tell, *, rounds: int) -> Figures:
    """The disk of the database and the photos has no byte left, again and again: what finds no room is refused with 507
    or 503 and leaves nothing half there, reading goes on, and with room all works again by itself (A36, A38)."""
    town, said = place.town, Counter[str]()
    person, ticket = town.resident(), open_ticket(place, stock=None)
    place.give(person, 8 * 990)
    token, deed = token_of(person), place.cases.deed("paint-wall", max_per_day=100, max_per_year=100)
    with Line(server) as line:
        for _ in range(rounds):
            submission = place.cases.claim(person, deed)
            held = place.market.balance(person)
            photos = photos_of(place)
            with no_room(place.folder):
                bought = [outcome(line.buy(ticket, token=token)) for _ in range(40)]
                sent = [outcome(send_photo(server, submission, token)) for _ in range(3)]
                reads = [line.send("GET", path, token=token) for path in ("/me/points", "/deeds", "/vouchers")]
                assert set(sent) <= REFUSED, sent
                assert set(bought) <= REFUSED | {"201"}, bought
                assert [answer.status for answer in reads] == [200] * 3, list(map(outcome, reads))
                # A page that has room takes a row: what was answered with yes is there, and nothing else.
                assert reads[0].json["balance"] == held - 8 * bought.count("201")
            assert photos_of(place) == photos
            said.update([*bought, *sent])
            assert until_it_works(lambda: line.buy(ticket, token=token)).status == 201
            assert send_photo(server, submission, token).status == 201
            tell(1)
    assert said["507 insufficient_storage"] > 0, dict(said)
    assert place.faults() == []
    return {"rounds": rounds, "answers": dict(said)}


def photos_of(place: Place) -> list[Path]:
    return [file for file in sorted(place.town.settings.instance.rglob("evidence/**/*")) if file.is_file()]


def until_it_works(act: Callable[[], Answer]) -> Answer:
    """Room came back a moment ago: a database that ended for want of it may still be starting."""
    patience_ends = time.monotonic() + BACK_WITHIN_S
    while outcome(answer := act()) in REFUSED and time.monotonic() < patience_ends:
        time.sleep(0.1)
    return answer


def send_photo(server: Server, submission: str, token: str) -> Answer:
    body, content_type = upload_of(photo())
    headers = {"Content-Type": content_type}
    return server.send("POST", f"/submissions/{submission}/evidence", token=token, raw_body=body, headers=headers)


@contextmanager
def small_disk(mebibytes: int) -> Iterator[Path]:
    """A folder on a disk of its own, in memory. Raises `PermissionError` where one may not mount."""
    folder = Path(mkdtemp(prefix="bonafeta-disk-"))
    folder.chmod(0o755)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m,mode=0755", "tmpfs", folder],
        capture_output=True,
        check=False,
    )
    try:
        if mounted.returncode:
            raise PermissionError(mounted.stderr.decode().strip())
        yield folder
    finally:
        if not mounted.returncode:
            subprocess.run(["umount", "--lazy", folder], check=True)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def no_room(folder: Path) -> Iterator[None]:
    """Fill the disk to its last byte until the end of the block."""
    ballast = folder / "ballast"
    try:
        with ballast.open("wb", buffering=0) as file:
            for piece in (1 << 20, 4096, 1):
                try:
                    while file.write(bytes(piece)):
                        pass
                except OSError:
                    continue
        yield
    finally:
        ballast.unlink()
