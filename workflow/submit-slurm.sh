#!/usr/bin/env bash
# Tracks every recording of a list on a Slurm cluster: one job of an array for each row that is not done, then one job that merges
# shanks and tells how everything stands. Run it again to do what is missing.
#
#   workflow/submit-slurm.sh recordings.csv [options of sbatch, such as --mem=32G --cpus-per-task=8 --time=8:00:00]
#
# DANT          the command, if it is not `dant`, such as "node /opt/dant/dist/cli/main.js"
# DANT_OPTIONS  options for every call of `dant batch`, such as "--preset recommended"
set -euo pipefail

if [ $# -lt 1 ]; then
  echo "usage: $0 LIST [options of sbatch]" >&2
  exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
list=$(realpath -- "$1")
shift
# As `dant batch` names it: without the extension of the list, where it has one.
name=${list##*/}
records="${list%/*}/${name%.*}.batch"

# shellcheck disable=SC2086
missing=$(${DANT:-dant} batch "$list" ${DANT_OPTIONS:-} --missing)
mkdir -p "$records"
after=()
if [ -n "$missing" ]; then
  array=$(sbatch --parsable "$@" --array="$missing" --output="$records/slurm-%A_%a.log" "$here/track.sbatch" "$list")
  array=${array%%;*}
  after=(--dependency="afterany:$array")
  echo "Rows $missing: job $array"
else
  echo 'All rows are done.'
fi
merge=$(sbatch --parsable "$@" "${after[@]}" --output="$records/slurm-merge-%j.log" "$here/merge.sbatch" "$list")
merge=${merge%%;*}
echo "Merge and summary: job $merge; its outcome will be in $records/slurm-merge-$merge.log"
