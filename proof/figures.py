"""Where measured numbers stand: docs/FIGURES.md and the front page, each run between marks of its own; and what was measured."""
import os, re, subprocess
from datetime import date
from pathlib import Path

from world import BIN, ROOT

PAGE = Path(ROOT) / "docs" / "FIGURES.md"
# Taken when a run begins: others may commit while it measures.
COMMIT = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
BUILD = next((name for name in Path(BIN).parts[::-1] if name in ("release", "proof", "debug")), "unnamed")


def origin(command):
    """The beginning of a line of figures: how they are made again, when, of what."""
    return f"`{command}`, {date.today():%-d %B %Y}, commit {COMMIT}, {BUILD} build, {os.cpu_count()} cores"


def between(path, mark, body, heading=""):
    """Replaces what stands between two marks of a file, or adds it at the end."""
    text, body = path.read_text(), f"<!-- {mark} -->\n{body}\n<!-- /{mark} -->"
    if f"<!-- {mark} -->" in text:
        path.write_text(re.sub(f"<!-- {mark} -->.*<!-- /{mark} -->", lambda _: body, text, flags=re.S))
    else:
        path.write_text(text.rstrip() + f"\n\n{heading}{body}\n")
