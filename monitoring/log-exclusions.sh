#!/bin/sh
# Excludes the log lines of log-exclusions.txt, in which firebase-functions (7.4) writes data of a request, from
# the sink _Default. It can run again: existing exclusions are updated. Usage:
#   sh monitoring/log-exclusions.sh your-project
# https://docs.cloud.google.com/logging/docs/exclusions, read 2026-11-30
set -eu
project=$1
existing=$(gcloud logging sinks describe _Default --project="$project" --format='value(exclusions[].name)')
while read -r name text; do
  case ";$existing;" in
    *";$name;"*) flag=--update-exclusion ;;
    *) flag=--add-exclusion ;;
  esac
  gcloud logging sinks update _Default --project="$project" \
    "$flag=name=$name,filter=resource.type=\"cloud_run_revision\" AND \"$text\",disabled=false" </dev/null
done < "$(dirname "$0")/log-exclusions.txt"
