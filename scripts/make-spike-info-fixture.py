"""Makes test/golden/spikeInfo.mat: a recording as MATLAB saves it with -v7.3.

    python3 scripts/make-spike-info-fixture.py test/golden/spikeInfo.mat

Every value follows from its position, so that tests can say what must be read:
    session of unit u       u // 4 + 1
    waveform (channel c, sample t) of unit u    ((31 u + 7 c + 3 t) mod 101 - 50) * 1.5 µV
    spike i of unit u       1000 u + 12.5 i + 0.25 ms, 5 + u spikes, none for unit 7
    bin b of the PETH       u + b / 8, NaN for bin 3 of unit 2
    channel c               x = 32 (c mod 2), y = 20 (c // 2), shank 1 for c < 8, else 4
"""

import sys

import h5py
import numpy as np

UNITS, CHANNELS, SAMPLES, BINS, SILENT = 12, 16, 20, 10, 7


def waveform(unit):
    channel, sample = np.mgrid[:CHANNELS, :SAMPLES]
    return ((31 * unit + 7 * channel + 3 * sample) % 101 - 50) * 1.5


def spike_times(unit):
    return np.array([]) if unit == SILENT else 1000 * unit + 12.5 * np.arange(5 + unit) + 0.25


def peth(unit):
    bins = unit + np.arange(BINS) / 8
    return np.where((unit == 2) & (np.arange(BINS) == 3), np.nan, bins)


def fields(unit):
    """The fields of one unit, in the shapes and classes MATLAB gives them; values may be of any numeric class."""
    channel = np.arange(CHANNELS)
    times = spike_times(unit)
    return {
        "RatName": "Rat1",
        "Session": f"2026010{unit // 4 + 1}",
        "SessionIndex": np.array([[unit // 4 + 1]], "int32" if unit % 2 else "float64"),
        "Unit": np.array([[unit + 1.0]]),
        "SpikeTimes": times[:, None] if unit % 3 else times[None, :],
        "Waveform": waveform(unit).astype("float32" if unit % 2 else "float64"),
        "Xcoords": (32.0 * (channel % 2))[:, None],
        "Ycoords": (20 * (channel // 2))[:, None].astype("int16"),
        "Kcoords": np.where(channel < 8, 1.0, 4.0)[:, None],
        "PETH": peth(unit)[None, :],
    }


CLASSES = {"float64": "double", "float32": "single"}


def ref_names():
    letters = "abcdefghijklmnopqrstuvwxyz"
    yield from letters
    for first in letters:
        for second in letters:
            yield first + second


def save(path):
    with h5py.File(path, "w", userblock_size=512, libver="earliest", track_order=False) as file:
        refs = file.create_group("#refs#", track_order=False)
        names = ref_names()

        def put(value):
            """A value as MATLAB keeps it: axes reversed, class as an attribute, empty arrays as their size."""
            name = next(names)
            if isinstance(value, str):
                value, matlab_class = np.array([[ord(c) for c in value]], "uint16"), "char"
            else:
                matlab_class = CLASSES.get(value.dtype.name, value.dtype.name)
            if value.size == 0:
                data = refs.create_dataset(name, data=np.array(value.shape, "uint64"))
                data.attrs["MATLAB_empty"] = np.uint8(1)
            else:
                large = {"chunks": value.T.shape, "compression": 3} if value.nbytes > 1000 else {}
                data = refs.create_dataset(name, data=value.T, track_times=False, **large)
            data.attrs["MATLAB_class"] = np.bytes_(matlab_class)
            data.attrs["H5PATH"] = np.bytes_(f"/#refs#/{name}")
            if matlab_class == "char":
                data.attrs["MATLAB_int_decode"] = np.int32(2)
            return data.ref

        units = [fields(unit) for unit in range(UNITS)]
        info = file.create_group("spikeInfo", track_order=False)
        info.attrs["MATLAB_class"] = np.bytes_("struct")
        letters = [np.array(list(field), "S1") for field in units[0]]
        info.attrs.create("MATLAB_fields", np.array(letters, object), dtype=h5py.vlen_dtype("S1"))
        for field in units[0]:
            references = np.array([[put(unit[field])] for unit in units], dtype=h5py.ref_dtype)
            info.create_dataset(field, data=references, dtype=h5py.ref_dtype, track_times=False)

    header = b"MATLAB 7.3 MAT-file, Platform: PCWIN64, Created on: Thu Jan  1 00:00:00 2026 HDF5 schema 1.00 ."
    with open(path, "r+b") as file:
        file.write(header.ljust(116) + bytes(8) + b"\x00\x02IM")


if __name__ == "__main__":
    save(sys.argv[1])
