#!/bin/sh
# Makes Holdpoint's namespace and its search attributes; does nothing when they are there.
set -eu

# The server takes a while to come up, and a new namespace a while to be known to all of it.
patiently() {
  attempt=0
  until "$@"; do
    attempt=$((attempt + 1))
    [ "$attempt" -lt 30 ] || { echo "gave up: $*" >&2; exit 1; }
    sleep 2
  done
}

list_attributes() {
  temporal operator search-attribute list --namespace "$TEMPORAL_NAMESPACE"
}

attribute() {
  case "$known" in
    *"$1"*) ;;
    *) temporal operator search-attribute create --namespace "$TEMPORAL_NAMESPACE" --name "$1" --type "$2" ;;
  esac
}

patiently temporal operator cluster health
temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$TEMPORAL_RETENTION"
patiently list_attributes >/dev/null
known=$(list_attributes)
attribute HoldpointAgent Keyword
attribute HoldpointPhase Keyword
attribute HoldpointMode Keyword
attribute HoldpointStatus Keyword
attribute HoldpointSession KeywordList
