"""Writes test/golden/spikeinterface: one small simulated sorting as SpikeInterface 0.105 saves it, as a folder and as zarr, with
its templates in truth.json. Needs spikeinterface; run as python make-analyzer-fixture.py OUT."""

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import spikeinterface.full as si

out = Path(sys.argv[1])
shutil.rmtree(out, ignore_errors=True)
out.mkdir(parents=True)
recording, sorting = si.generate_ground_truth_recording(
    durations=[4.0], num_channels=8, num_units=4, sampling_frequency=30_000.0, seed=3
)
sorting.set_property("quality", np.array(["good", "mua", "good", "good"]))
for form, name in [("binary_folder", "folder"), ("zarr", "analyzer.zarr")]:
    analyzer = si.create_sorting_analyzer(sorting, recording, format=form, folder=out / name, sparse=False)
    analyzer.compute("random_spikes", seed=1)
    analyzer.compute("templates", operators=["average"])
average = analyzer.get_extension("templates").get_data(operator="average")
truth = {
    "templates": np.round(average, 4).tolist(),
    "spikes": {str(u): sorting.get_unit_spike_train(u).tolist() for u in sorting.unit_ids},
}
(out / "truth.json").write_text(json.dumps(truth))
