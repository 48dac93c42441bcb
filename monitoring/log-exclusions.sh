#!/bin/sh
# Excludes the log lines in which firebase-functions (7.4) writes data of a request. Usage:
#   sh monitoring/log-exclusions.sh your-project
# It adds three exclusions to the sink _Default. A second run fails, because their names exist.
# https://docs.cloud.google.com/logging/docs/exclusions, read 2026-11-30
set -eu
project=$1
exclude() {
  gcloud logging sinks update _Default --project="$project" \
    --add-exclusion="name=$1,filter=resource.type=\"cloud_run_revision\" AND \"$2\""
}
exclude firesight-missing-data "Request body is missing data"
exclude firesight-extra-fields "Request body has extra fields"
exclude firesight-undecodable "Data cannot be decoded from JSON"
