"""Writes golden.npz beside it: inputs and the values that other libraries compute for them.

    python make_golden.py        (numpy 2.4, scikit-image 0.26, scipy 1.17)

- ssim: skimage.metrics.structural_similarity with the settings of Wang et al. 2004 (gaussian_weights, sigma 1.5, population covariance), range 2, per
  channel and image, averaged; of smooth pictures with noise, and of values outside [-1, 1], which are clipped first.
- frechet: |m1 - m2|^2 + tr(C1 + C2 - 2 sqrtm(C1 C2)) with scipy.linalg.sqrtm of the unsymmetric product (another way than the code's); `singular` is of
  features one of which is constant and one a copy of another.
- relative: L1 and L2 errors, cosine and RMS difference in double precision.
"""

from pathlib import Path

import numpy as np
from scipy.linalg import sqrtm
from skimage.metrics import structural_similarity

rng = np.random.default_rng(7)
out = {}

y, x = np.mgrid[0:24, 0:20]
images = np.stack([[np.sin(x / (2 + i + c)) * np.cos(y / (3 + i)) for c in range(3)] for i in range(4)])
noisy = images + rng.normal(size=images.shape) * np.array([0.02, 0.1, 0.3, 1.0])[:, None, None, None]
out["images"], out["noisy"] = images.astype("f4"), noisy.astype("f4")


def ssim(a, b):
    a, b = a.astype("f8").clip(-1, 1), b.astype("f8").clip(-1, 1)
    values = [
        structural_similarity(a[i, c], b[i, c], data_range=2, gaussian_weights=True, sigma=1.5, use_sample_covariance=False)
        for i in range(len(a)) for c in range(a.shape[1])
    ]
    return np.array(values).reshape(len(a), -1).mean(1)


out["ssim"] = ssim(out["images"], out["noisy"])


def frechet(a, b):
    mean = ((a.mean(0) - b.mean(0)) ** 2).sum()
    ca, cb = np.cov(a.T), np.cov(b.T)
    return mean + np.trace(ca) + np.trace(cb) - 2 * np.trace(np.real(sqrtm(ca @ cb)))


mix = rng.normal(size=(6, 6))
one = (rng.normal(size=(60, 6)) @ mix + 0.5).astype("f4")
other = (rng.normal(size=(45, 6)) * 1.3 @ mix.T - 0.2).astype("f4")
out["one"], out["other"] = one, other
out["frechet"] = frechet(one.astype("f8"), other.astype("f8"))
flat = one.copy()
flat[:, 2], flat[:, 4] = 0.75, flat[:, 1]
out["singular"], out["frechet_singular"] = flat, frechet(flat.astype("f8"), other.astype("f8"))
out["covariance"], out["mean"] = np.cov(one.astype("f8").T), one.astype("f8").mean(0)

a, b = out["noisy"].astype("f8"), out["images"].astype("f8")
out["relative_l1"] = np.abs(a - b).sum() / np.abs(b).sum()
out["relative_l2"] = np.linalg.norm(a - b) / np.linalg.norm(b)
out["cosine"] = (a * b).sum() / np.linalg.norm(a) / np.linalg.norm(b)
out["rms"] = np.sqrt(((a - b) ** 2).mean())
unit = one / np.linalg.norm(one, axis=1, keepdims=True)
out["cosines"] = unit.astype("f8") @ unit.T.astype("f8")
np.savez_compressed(Path(__file__).parent / "golden.npz", **out)
