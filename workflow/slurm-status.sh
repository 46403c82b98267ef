#!/usr/bin/env bash
# Tells Snakemake (--cluster-status) how a Slurm job stands, so that it hears of jobs that were killed.
#
# DANT_STATUS_WAIT  seconds before Slurm is asked again when it does not answer (5)

# The state of a job as the controller knows it, else as the accounting remembers it; nothing where neither answers.
state_of() {
  local answer
  answer=$(scontrol --oneliner show job "$1" 2>&1)
  if [[ $answer =~ JobState=([A-Z_]+) ]]; then
    echo "${BASH_REMATCH[1]}"
    return
  fi
  local remembered
  remembered=$(sacct --noheader --allocations --parsable2 --format=State --jobs="$1" 2>/dev/null | head -1)
  # As in "CANCELLED by 1000".
  remembered=${remembered%% *}
  if [ -z "$remembered" ] && [[ $answer == *'Invalid job id'* ]]; then remembered=FORGOTTEN; fi
  echo "$remembered"
}

for attempt in 1 2 3; do
  [ "$attempt" = 1 ] || sleep "${DANT_STATUS_WAIT:-5}"
  state=$(state_of "$1")
  [ -z "$state" ] || [ "$state" = FORGOTTEN ] || break
done
case "$state" in
  COMPLETED) echo success ;;
  BOOT_FAIL | CANCELLED | DEADLINE | FAILED | LAUNCH_FAILED | NODE_FAIL | OUT_OF_MEMORY | PREEMPTED | RECONFIG_FAIL | REVOKED | TIMEOUT) echo failed ;;
  FORGOTTEN) echo failed ;;
  # All other states are of jobs that go on, and a job goes on when Slurm does not answer.
  *) echo running ;;
esac
