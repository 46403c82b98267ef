#!/usr/bin/env bash
# Tells Snakemake (--cluster-status) how a Slurm job stands, so that it hears of jobs that were killed.
state=$(scontrol --oneliner show job "$1" 2>/dev/null | grep -o 'JobState=[A-Z_]*' | head -1)
if [ -z "$state" ]; then
  # Forgotten by the controller: only the accounting knows.
  state=JobState=$(sacct --noheader --allocations --parsable2 --format=State --jobs="$1" 2>/dev/null | head -1)
fi
case "${state#JobState=}" in
  COMPLETED) echo success ;;
  PENDING | CONFIGURING | RUNNING | COMPLETING | SUSPENDED | REQUEUED | REQUEUE_HOLD | RESIZING | STOPPED) echo running ;;
  *) echo failed ;;
esac
