#!/bin/bash
# Runs once, when the Postgres volume is empty: one account and database each for Temporal and Holdpoint, so that
# neither can read the other's.
set -euo pipefail

psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
  --set temporal_password="$TEMPORAL_DB_PASSWORD" \
  --set holdpoint_password="$HOLDPOINT_DB_PASSWORD" <<'SQL'
create role temporal login password :'temporal_password';
create role holdpoint login password :'holdpoint_password';
create database temporal owner temporal;
create database temporal_visibility owner temporal;
create database holdpoint owner holdpoint;
revoke connect on database temporal, temporal_visibility, holdpoint from public;
SQL
