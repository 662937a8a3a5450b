#!/usr/bin/env bash
# Builds the wheel, installs it alone into a clean environment, and uses it there.
set -euo pipefail
python="${1:-python3}"
checkout="$(cd "$(dirname "$0")/.." && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

"$python" -m venv "$work/build"
"$work/build/bin/python" -m pip install --quiet --disable-pip-version-check build
"$work/build/bin/python" -m build --wheel --outdir "$work/dist" "$checkout" >/dev/null
"$python" -m venv "$work/clean"
"$work/clean/bin/python" -m pip install --quiet --disable-pip-version-check \
  --require-hashes -r "$checkout/requirements/base.txt"
"$work/clean/bin/python" -m pip install --quiet --disable-pip-version-check \
  --no-deps "$work"/dist/*.whl

megabytes="$(du -sm "$work"/clean/lib/python*/site-packages | cut -f1)"
echo "base install: $megabytes MB"
test "$megabytes" -le 400
"$work/clean/bin/python" "$checkout/tests/wheel_smoke.py" "$work/clean/bin/goodsight" "$work"
