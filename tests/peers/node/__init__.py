"""Programs of others in Node: installed by installer/setup.sh test from the lock file beside this."""

from __future__ import annotations

import base64
import io
import json
import os
import subprocess
from pathlib import Path

from PIL import Image

HERE = Path(__file__).parent
_TIMEOUT_S = 60.0


def _node(*words: str, said: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    assert (HERE / "node_modules").is_dir(), "not installed: run installer/setup.sh test"
    return subprocess.run(
        ["node", *words], cwd=HERE, input=said, capture_output=True, timeout=_TIMEOUT_S, env=os.environ | environment
    )


def version(package: str) -> str:
    """Which one is installed."""
    text = (HERE / "node_modules" / package / "package.json").read_text(encoding="utf-8")
    found: str = json.loads(text)["version"]
    return found


def rendered(zpl: bytes, width_mm: float, height_mm: float, dots_per_mm: float) -> list[Image.Image]:
    """The labels as zpl-renderer-js draws them."""
    done = _node("render_zpl.cjs", f"{width_mm:g}", f"{height_mm:g}", f"{dots_per_mm:g}", said=zpl)
    assert done.returncode == 0, done.stderr.decode()
    return [Image.open(io.BytesIO(base64.b64decode(line))) for line in done.stdout.split()]


def receiptio(port: int, *options: str, receipt: str = "") -> str:
    """What receiptio says of, or after printing on, the printer at a port of this machine: "online", "success", …"""
    command = ("--require", "./port.cjs", "node_modules/receiptio/bin/cli.js", "-d", "127.0.0.1", *options)
    done = _node(*command, said=receipt.encode(), PRINTER_PORT=str(port))
    assert done.stdout == b"", done.stdout.decode()
    return done.stderr.decode().strip()  # where it says what came of it
