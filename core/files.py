"""What was written to the disk is still there after a crash."""

import os
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """A new name in a folder is safe once the folder itself is on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
