"""What the pages take from others lies here with its version, SHA-256 and licence: no page asks an outside host.

`make vendor` fetches each row of vendor.json again and refuses what is not the same to the byte. For another version
change `version` in the row and empty its `sha256`: the new one is written then, to be looked at before it is committed.
"""

import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
LIST = FOLDER / "vendor.json"


def main() -> None:
    rows = json.loads(LIST.read_text(encoding="utf-8"))
    for row in rows:
        content, licence = fetched(row)
        content = with_relative_imports(content, row.get("imports", {}))
        digest = hashlib.sha256(content).hexdigest()
        if row["sha256"] not in ("", digest):
            sys.exit(f"{row['file']}: {row['name']} {row['version']} has the SHA-256 {digest}, not {row['sha256']}")
        row["sha256"] = digest
        (FOLDER / row["file"]).parent.mkdir(exist_ok=True)
        (FOLDER / row["file"]).write_bytes(content)
        (FOLDER / row["licence_file"]).write_bytes(licence)
        sys.stdout.write(f"{row['file']}: {row['name']} {row['version']}, {len(content)} bytes\n")
    LIST.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


def fetched(row: dict[str, Any]) -> tuple[bytes, bytes]:
    """The file and its licences, out of the npm package that the row names."""
    with tempfile.TemporaryDirectory() as folder:
        packed = subprocess.run(  # npm itself checks the package against the registry's own digest
            ["npm", "pack", "--silent", f"{row['name']}@{row['version']}"],  # noqa: S607
            cwd=folder,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        with tarfile.open(Path(folder) / packed.stdout.split()[-1]) as package:
            parts = [_part(package, name) for name in (row["from"], *row["licences_from"])]
    return parts[0], b"\n\n".join(part.strip() for part in parts[1:]) + b"\n"


def with_relative_imports(content: bytes, imports: dict[str, str]) -> bytes:
    """A bare name in an import needs an import map, which is an inline script, which no page of ours may run. Source
    maps are not taken along."""
    for name, path in imports.items():
        bare = re.compile(rb"""(from\s*["'])%s(["'])""" % re.escape(name.encode()))
        if not bare.search(content):
            raise LookupError(name)
        content = bare.sub(rb"\g<1>%s\g<2>" % path.encode(), content)
    return re.sub(rb"\n//# sourceMappingURL=\S+\s*\Z", b"\n", content)


def _part(package: tarfile.TarFile, name: str) -> bytes:
    part = package.extractfile(f"package/{name}")
    if part is None:
        raise FileNotFoundError(name)
    return part.read()


if __name__ == "__main__":
    main()
