#!/bin/sh
# Adds to `.env` what docker-compose.yml asks for and is not there yet, each with 256 random bits in
# characters that need no quoting in a URL; says which. Nothing that is set is touched.
set -eu
cd "$(dirname "$0")/../.."
umask 077
touch .env
for name in POSTGRES_PASSWORD SALES_OWNER_PASSWORD SALES_APP_PASSWORD SALES_READER_PASSWORD \
  REDIS_PASSWORD SECRET_KEY GRAFANA_PASSWORD DEMO_OWNER_PASSWORD DEMO_READER_PASSWORD; do
  grep -q "^$name=." .env && continue
  # A line of its own, also after a file whose last line has no end; it overrules an empty one.
  test -z "$(tail -c 1 .env)" || echo >> .env
  printf '%s=%s\n' "$name" "$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')" >> .env
  echo "$name added to .env"
done
