"""Run by wheel_test.sh inside the clean environment: index and search as a stranger would."""

import importlib.resources
import importlib.util
import json
import subprocess
import sys
from pathlib import Path

from PIL import Image, ImageDraw


def main(goodsight: str, work: Path) -> None:
    assert importlib.util.find_spec("torch") is None, "torch came along with the base install"
    photos = work / "photos"
    photos.mkdir()
    for number, colour in enumerate(["crimson", "seagreen", "royalblue"]):
        image = Image.new("RGB", (320, 320), "white")
        draw = ImageDraw.Draw(image)
        shape = [draw.ellipse, draw.rectangle, draw.pieslice][number]
        shape([60, 60, 260, 260], *([0, 200] if number == 2 else []), fill=colour)
        image.save(photos / f"{colour}.jpg")

    def run(*arguments: str, expect: int = 0) -> str:
        command = [goodsight, *arguments, "--home", str(work / "home")]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=work)
        assert done.returncode == expect, f"{command}: {done.returncode}\n{done.stderr}"
        return done.stdout if expect == 0 else done.stderr

    report = json.loads(run("index", str(photos), "--json"))
    assert report["photos"]["indexed"] == 3, report
    found = json.loads(run("search", str(photos / "seagreen.jpg"), "--json"))
    assert found["hits"][0]["product"]["title"] == "seagreen", found
    again = json.loads(run("index", str(photos), "--json"))
    assert again["photos"]["unchanged"] == 3, again
    refused = run("index", str(photos), "--collection", "q", "--profile", "quality", expect=2)
    assert "pip install 'goodsight[quality]'" in refused, refused
    spoken = run("search", "--voice", str(photos / "seagreen.jpg"), expect=2)
    assert "pip install 'goodsight[voice]'" in spoken, spoken
    served = run("serve", expect=2)
    assert "pip install 'goodsight[serve]'" in served, served
    asked = [sys.executable, "-c", "from goodsight.client import Client; Client()"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False, cwd=work)
    assert "pip install 'goodsight[client]'" in done.stderr, done.stderr
    page = importlib.resources.files("goodsight") / "service" / "static" / "index.html"
    assert page.is_file(), "the wheel lacks the web page"
    print("3 passed, 0 failed")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
