from __future__ import annotations

import os
from pathlib import Path

from goodsight.catalogs import state_of_path


def test_a_file_has_changed_with_its_size_or_time(tmp_path: Path) -> None:
    path = tmp_path / "feed.csv"
    states = [state_of_path(str(path))]
    for text, moment in (("id", 1), ("id,title", 1), ("id,title", 2)):
        path.write_text(text)
        os.utime(path, (moment, moment))
        states.append(state_of_path(str(path)))
    assert len(set(states)) == len(states)
    assert state_of_path(str(path)) == states[-1]


def test_a_folder_has_changed_with_what_is_below_it(tmp_path: Path) -> None:
    folder = tmp_path / "bags" / "red"
    folder.mkdir(parents=True)
    photo = folder / "a.jpg"
    states = [state_of_path(str(tmp_path))]
    photo.write_bytes(b"1")
    states.append(state_of_path(str(tmp_path)))
    photo.write_bytes(b"22")
    states.append(state_of_path(str(tmp_path)))
    photo.rename(folder / "b.jpg")
    states.append(state_of_path(str(tmp_path)))
    assert len(set(states)) == len(states)
    # What is not indexed does not count.
    (folder / ".thumbs").mkdir()
    (folder / ".thumbs" / "a.jpg").write_bytes(b"1")
    assert state_of_path(str(tmp_path)) == states[-1]
