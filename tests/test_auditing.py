"""An audit of a real collection: well at first, then with faults made on purpose."""

import numpy as np
import pytest

import goodsight
from goodsight.auditing import AuditOptions

QUICK = AuditOptions(photos=4, noisy_photos=1, tries=2)


@pytest.fixture(scope="module")
def shop(named_shop, tmp_path_factory):
    with goodsight.open(tmp_path_factory.mktemp("audited")) as opened:
        opened.index(named_shop / "feed.csv")
        yield opened


def audited(shop):
    return {check.name: check for check in shop.auditor().audit(QUICK)}


def changed(shop, statement, *values):
    """Run a statement on the collection's database."""
    with shop._wiring.store().database.connect() as connection:
        connection.execute(statement, values)


def test_a_sound_collection_passes(shop):
    checks = audited(shop)
    assert [name for name, check in checks.items() if not check.ok] == []
    assert {"files", "projection", "coverage", "disturbed photos", "small noise"} <= set(checks)


def test_a_projection_that_was_changed_is_found(shop):
    projection = shop._wiring.store().spaces(shop.collection).active_space().projection
    changed(shop, "UPDATE projections SET mean = %s", (projection.mean + 1).tobytes())
    try:
        checks = audited(shop)
    finally:
        changed(shop, "UPDATE projections SET mean = %s", projection.mean.tobytes())
    assert not checks["projection"].ok
    assert not checks["photos of the same kind"].ok
    assert "rollback" in checks["projection"].remedy


def test_collapsed_vectors_are_found(shop):
    space = shop.switcher().kept_spaces()[0]
    table = f"photo_vectors_{space.id}"
    changed(shop, f"CREATE TABLE kept AS SELECT * FROM {table}")
    changed(shop, f"UPDATE {table} SET vector = (SELECT vector FROM kept LIMIT 1)")
    try:
        checks = audited(shop)
    finally:
        changed(
            shop,
            f"UPDATE {table} v SET vector = k.vector FROM kept k WHERE k.image_id = v.image_id",
        )
        changed(shop, "DROP TABLE kept")
    assert not checks["vectors fill their space"].ok
    assert not checks["disturbed photos"].ok
    assert np.isclose(float(checks["vectors fill their space"].detail.split()[-1]), 1, atol=0.01)


def test_categories_that_taught_nothing_are_named(shop, tmp_path, named_shop):
    rows = ["id,title,category,image"]
    rows += [f"x{n},Thing {n},Lamps,{named_shop}/{n}-0.png" for n in range(6)]
    (tmp_path / "lamps.csv").write_text("\n".join(rows) + "\n")
    shop.index(tmp_path / "lamps.csv")
    assert audited(shop)["coverage"].detail == "untaught: Lamps (6)"
