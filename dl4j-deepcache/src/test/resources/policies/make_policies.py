"""Expected values for forecasts and placements, from the published formulas transcribed to numpy. Usage: make_policies.py > policies.json

TaylorSeer: the state machine of cache-dit's calibrators/taylorseer.py (Liu et al. 2025), run on vectors step by step. SmoothCache: the scan of
calibration_helper.py (Liu et al. 2024). Block caching: eq. 3 and 4 of Wimbauer et al. 2024. Affine: numpy's least squares with a constant. Newton:
numpy.polyfit of full degree through the anchors is the same polynomial."""
import json

import numpy as np

rng = np.random.default_rng(7)
T, WIDTH = 20, 3
F = np.cumsum(rng.normal(size=(T, WIDTH)), axis=0)


class TaylorSeer:
    def __init__(self, order):
        self.order, self.step, self.state, self.last, self.window = order, -1, [], None, 1

    def update(self, y, i):
        if self.last is not None: self.window = i - self.last
        new = [y]
        for j in range(self.order):
            if j < len(self.state): new.append((new[j] - self.state[j]) / self.window)
            else: break
        self.state, self.last = new, i

    def approximate(self, i):
        k, out, factorial = i - self.last, 0, 1
        for j, d in enumerate(self.state):
            if j: factorial *= j
            out = out + d * k**j / factorial
        return out


def taylor(order, full):
    seer, rows = TaylorSeer(order), []
    for i in range(T):
        if i in full: seer.update(F[i], i)
        else: rows.append({"step": i, "value": seer.approximate(i).tolist()})
    return rows


def newton(order, full):
    rows = []
    for i in range(T):
        if i in full: continue
        anchors = [s for s in full if s < i][-(order + 1):]
        c = np.polyfit(np.array(anchors) - i, F[anchors], len(anchors) - 1)
        rows.append({"step": i, "value": c[-1].tolist()})
    return rows


def smooth(errors, alpha, steps):
    mask, i, L = [0] * steps, 0, len(errors)
    while i < steps:
        mask[i] = 1
        for j in range(L, 0, -1):
            if i < len(errors[j - 1]) and errors[j - 1][i] <= alpha:
                i += j + 1
                break
        else: i += 1
    return [k for k, m in enumerate(mask) if m]


def accumulated(changes, delta):
    full, total = [0], 0.0
    for i, c in enumerate(changes, start=1):
        total += c
        if total > delta: full.append(i); total = 0.0
    return full


full = [0, 1, 4, 6, 11, 15]
lag = [[float(np.abs(F[i + j] - F[i]).sum() / np.abs(F[i + j]).sum()) for i in range(T - j)] for j in (1, 2, 3)]
x, y = rng.normal(size=40), rng.normal(size=40)
y = 1.7 * x - 0.4 + 0.3 * y
a, b = np.linalg.lstsq(np.stack([x, np.ones_like(x)], 1), y, rcond=None)[0]
print(json.dumps({
    "features": F.tolist(), "full": full,
    "taylor": {str(o): taylor(o, full) for o in (1, 2, 3)}, "newton": {str(o): newton(o, full) for o in (1, 2, 3)},
    "lagErrors": lag, "smooth": {str(t): smooth(lag, t, T) for t in (0.1, 0.3, 0.6, 1.0)}, "accumulated": {str(t): accumulated(lag[0], t) for t in (0.2, 0.5, 1.5)},
    "affine": {"x": x.tolist(), "y": y.astype(np.float32).tolist(), "scale": float(a), "shift": float(b)},
}, indent=1))
