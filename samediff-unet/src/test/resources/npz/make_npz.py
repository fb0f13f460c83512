"""Writes the .npz files beside it, with numpy: python make_npz.py (numpy >= 1.24).

Values are simple enough to be repeated by hand in NpzFileGoldenTest.
"""

import zipfile
from pathlib import Path

import numpy as np

here = Path(__file__).parent
rng = np.arange(6).reshape(2, 3)

# every numeric type; 2x3 values 0, 1, ... 5 minus 2 (unsigned: not minus 2)
np.savez(
    here / "types.npz",
    f2=(rng - 2).astype("<f2") / 4,
    f4=(rng - 2).astype("<f4") / 3,
    f8=(rng - 2).astype("<f8") / 3,
    i1=(rng - 2).astype("i1"),
    i2=(rng - 2).astype("<i2"),
    i4=(rng - 2).astype("<i4"),
    i8=(rng - 2).astype("<i8"),
    u1=(rng + 250).astype("u1"),
    b1=rng % 2 == 0,
    big=((rng - 2) / 3).astype(">f4"),
)

np.savez(
    here / "shapes.npz",
    scalar_f4=np.float32(1.5),
    scalar_i8=np.int64(2**62 + 1),
    scalar_bool=np.bool_(True),
    vector=np.arange(4, dtype="<f4"),
    one=np.array([7], dtype="<i8"),
    empty=np.zeros((0, 3), dtype="<f4"),
    fortran=np.asfortranarray(np.arange(24, dtype="<f4").reshape(2, 3, 4)),
    rank4=np.arange(16, dtype="<i8").reshape(2, 2, 2, 2),
)

np.savez(
    here / "extremes.npz",
    i8=np.array([2**63 - 1, -(2**63), 2**53 + 1], dtype="<i8"),
    i4=np.array([2**31 - 1, -(2**31), 2**24 + 1], dtype="<i4"),
    f2=np.array([65504.0, 6e-8, -0.0, np.inf, np.nan], dtype="<f2"),
    f4=np.array([np.float32(3.4e38), np.float32(1e-45), -0.0, -np.inf, np.nan], dtype="<f4"),
    f8=np.array([1.7e308, 5e-324, 0.1, -np.inf, np.nan], dtype="<f8"),
)

np.savez_compressed(here / "deflated.npz", z=np.zeros((8, 8), dtype="<f4"), a=np.arange(5, dtype="<i8"))

# what a reader must refuse
np.savez(here / "complex.npz", good=np.float32(1), c=np.ones(2, dtype="<c8"), u=np.ones(2, dtype="<u4"))
np.savez(here / "text.npz", words=np.array(["a", "b"]))
np.savez(here / "objects.npz", things=np.array([{"a": 1}], dtype=object))
with zipfile.ZipFile(here / "truncated.npz", "w") as out:
    full = zipfile.ZipFile(here / "types.npz").read("f4.npy")
    out.writestr(zipfile.ZipInfo("f4.npy"), full[:-4])
with zipfile.ZipFile(here / "stranger.npz", "w") as out:
    out.writestr(zipfile.ZipInfo("readme.txt"), "not an array")
with zipfile.ZipFile(here / "shape.npz", "w") as out:
    out.writestr(zipfile.ZipInfo("huge.npy"), full.replace(b"(2, 3), }" + b" " * 20, b"(" + b"9" * 25 + b"), }"))
