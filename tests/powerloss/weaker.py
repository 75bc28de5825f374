"""The mutation: a program whose database promises less than `synchronous=FULL`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from tests.peers.around import Around

# Put before the program's own code.
_WEAKER: Final = """
import re, sqlite3
class Weaker(sqlite3.Connection):
    def execute(self, sql, *more):
        return super().execute(re.sub("synchronous *= *FULL", "synchronous={mode}", sql), *more)
_connect = sqlite3.connect
def connect(*arguments, **options):
    return _connect(*arguments, **dict(options, factory=Weaker))
sqlite3.connect = sqlite3.dbapi2.connect = connect
"""


def weaker(folder: Path, mode: str) -> Around:
    """`mode`: NORMAL or OFF, for all that this starts. `folder` gets a sitecustomize.py."""
    (folder / "sitecustomize.py").write_text(_WEAKER.replace("{mode}", mode), "utf-8")
    path = filter(None, [str(folder), os.environ.get("PYTHONPATH", "")])
    return Around(environment={"PYTHONPATH": os.pathsep.join(path)})
