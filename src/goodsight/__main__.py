"""`python -m goodsight`."""

from goodsight.cli.main import run

run()
