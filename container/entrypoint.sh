#!/bin/sh
# Runs `goodsight` with the database's password from a file. A password in the environment of a
# container is shown to whoever may inspect it; one that only this process exports is not.
set -eu
if [ -n "${DATABASE_PASSWORD_FILE:-}" ]; then
    PGPASSWORD="$(cat "$DATABASE_PASSWORD_FILE")"
    export PGPASSWORD
fi
exec goodsight "$@"
