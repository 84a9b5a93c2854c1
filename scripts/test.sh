#!/bin/sh
# Runs pytest on every core with these arguments:    scripts/test.sh [ARGUMENT...]
#
# Tests that watch a terminal by the clock can miss their moment on a machine that is busy with the others. A few that
# failed are run once more, one after the other with nothing beside them: what was only late passes then and is named
# here; what is broken fails again.
set -u
cd "$(dirname "$0")/.."

few=4
workers=${WORKERS:-$((2 * $(nproc)))}
record=.pytest_cache/v/cache/lastfailed
rm -f "$record" # of earlier runs

# Neighbours stay together, so that what a module shares is mostly made once. (Groups would be surer, but pytest-xdist 3.8
# does not tell pytest 9.2 of them.) Twice as many workers as cores: the journeys through the wizard mostly wait for a
# terminal (501 s against 306 s).
.venv/bin/pytest -n "$workers" --dist worksteal "$@"
status=$?

failed=$(.venv/bin/python -c '
import json, pathlib
file = pathlib.Path("'"$record"'")
print(len(json.loads(file.read_text())) if file.is_file() else 0)')
if [ "$status" -ne 1 ] || [ "$failed" -lt 1 ] || [ "$failed" -gt "$few" ]; then
    exit "$status"
fi
echo "Once more, alone: the $failed that failed."
exec .venv/bin/pytest --last-failed --last-failed-no-failures none "$@"
