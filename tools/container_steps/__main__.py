"""`make container-check`: builds and runs the container's steps on this machine, without an engine.

Needs Linux, root, and a Debian whose python3 has `venv`. Base images are replaced by the machine,
and the database's image by PostgreSQL of the wheel; all else is what the Dockerfile says.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

CONTEXT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(CONTEXT / "tools"))

from container_steps import building, dockerfile, living  # noqa: E402 - found by the line above

INSIDE = "--inside"


def main() -> int:
    if INSIDE in sys.argv:
        take_steps(Path(sys.argv[-1]))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        # Mounts made in there are seen by nobody else, and go when that process does. So they
        # are gone when the folder is deleted, which would empty whatever is mounted below it.
        again = [sys.executable, str(Path(__file__).parent), INSIDE, folder]
        apart = ["unshare", "--mount", "--propagation", "private", "--"]
        return subprocess.run([*apart, *again], check=False).returncode


def take_steps(folder: Path) -> None:
    stages = dockerfile.read((CONTEXT / "Dockerfile").read_text(encoding="utf-8"))
    rooms = building.build(stages, CONTEXT, folder)
    image = rooms[stages[-1].name]
    left = living.leftovers(image)
    assert not left, f"building left {left}"
    compose = yaml.safe_load((CONTEXT / "compose.yaml").read_text(encoding="utf-8"))
    living.Life(stages[-1], image, compose).live()
    print("the container's steps are sound")


if __name__ == "__main__":
    sys.exit(main())
