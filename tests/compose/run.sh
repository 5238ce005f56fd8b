#!/usr/bin/env bash
# `make test-compose`: the docker-compose.yaml as it is, on whatever Docker engine is there. Builds the image, starts every
# service under a project name and an .env of its own, runs history and one night through Celery, asks the warehouse, and
# takes everything away again. Exit status 0: all of it was as it should be. Some 15 minutes on two cores, most of them
# the first build; 6 GB of memory.
set -euo pipefail
cd "$(dirname "$0")/../.."

project=crosscheck-test-$$
scratch=$(mktemp -d)
say() { echo "$(date +%T)  $*" >&2; }
compose() { docker compose --project-name "$project" --env-file "$scratch/env" --profile simulated "$@"; }

finish() {
  status=$?
  if [ "$status" -ne 0 ]; then
    say "failed; the last lines of each service:"
    compose ps --all >&2 || true
    compose logs --no-color --tail 15 >&2 || true
  fi
  say "taking everything away"
  compose down --volumes --remove-orphans --timeout 30 >/dev/null 2>&1 || status=1
  rm -rf "$scratch"
  exit "$status"
}

docker version >/dev/null 2>&1 || { say "no Docker engine answers; start one, or set DOCKER_HOST"; exit 2; }
docker compose version >/dev/null 2>&1 || { say "docker has no compose plugin; install docker-compose-plugin"; exit 2; }
# what this shell has set for a real deployment would win over the test's own .env
for name in $(compgen -e | grep -E '^(CROSSCHECK|COMPOSE|AIRFLOW)_' || true); do unset "$name"; done
trap finish EXIT
trap 'exit 130' INT TERM

if docker compose --env-file /dev/null config --quiet 2>/dev/null; then say "an empty .env was not refused"; exit 1; fi
python3 include/local/dotenv.py "$scratch/env"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
echo "CROSSCHECK_PORT=$port" >> "$scratch/env"

say "building"
compose build --quiet
say "starting every service as project $project"
began=$SECONDS
compose up --detach --quiet-pull --wait --wait-timeout 900
say "all services healthy after $((SECONDS - began)) s"
compose ps --format 'table {{.Service}}\t{{.Status}}'

for service in $(compose ps --services); do
  [ "$(compose exec -T "$service" id -u)" -ne 0 ] || { say "service [$service] runs as root"; exit 1; }
  if compose exec -T "$service" touch /crosscheck-test 2>/dev/null; then say "service [$service] writes to its image"; exit 1; fi
done
say "no service is root, none can write to its image"

python3 - "http://127.0.0.1:$port/api/v2/monitor/health" <<'PYTHON'
import sys, urllib.request
urllib.request.urlopen(sys.argv[1], timeout=30)
PYTHON
say "the API answers on 127.0.0.1:$port"

compose exec -T api-server python - < tests/compose/night.py
say "passed"
