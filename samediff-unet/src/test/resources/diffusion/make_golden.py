"""Golden numbers of diffusers for the classes of io.github.deepcache4j.diffusion.

    python make_golden.py        (diffusers 0.37.0, torch, numpy; writes the files beside it)

The network of the trajectories is a formula that Java repeats (FakeNetwork): tanh(0.3 x + 0.001 t).
"""

import json
import math
from pathlib import Path

import diffusers
import numpy as np
import torch
from diffusers import DDIMScheduler, DDPMScheduler

here = Path(__file__).parent
assert diffusers.__version__ == "0.37.0", diffusers.__version__


def network(x, t):
    return torch.tanh(0.3 * x + 0.001 * float(t))


# --- timesteps ------------------------------------------------------------------------------------
rows = []
for train in (1000, 100):
    for spacing in ("leading", "trailing", "linspace"):
        for offset in (0, 1):
            for steps in (1, 2, 3, 4, 7, 10, 13, 20, 28, 30, 50, 61, 99, 100, 103, 250, 333, 999, 1000):
                if steps > train or (steps > 250 and offset > 0):
                    continue
                scheduler = DDIMScheduler(num_train_timesteps=train, timestep_spacing=spacing, steps_offset=offset)
                scheduler.set_timesteps(steps)
                rows.append(
                    {
                        "train": train,
                        "spacing": spacing,
                        "offset": offset,
                        "steps": steps,
                        "timesteps": scheduler.timesteps.tolist(),
                    }
                )
with open(here / "timesteps.json", "w") as out:
    out.write("[\n" + ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows) + "\n]\n")

# --- alphas_cumprod -------------------------------------------------------------------------------
np.savez_compressed(
    here / "alphas_cumprod.npz",
    **{
        "linear": DDPMScheduler(beta_schedule="linear").alphas_cumprod.numpy(),
        "scaled_linear": DDIMScheduler(
            beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012
        ).alphas_cumprod.numpy(),
        "squaredcos_cap_v2": DDPMScheduler(beta_schedule="squaredcos_cap_v2").alphas_cumprod.numpy(),
        "linear_7": DDPMScheduler(num_train_timesteps=7, beta_start=0.01, beta_end=0.3).alphas_cumprod.numpy(),
    },
)

# --- defaults of a file that says nothing but its class ---------------------------------------------
defaults = {}
for name in (
    "DDPMScheduler DDIMScheduler PNDMScheduler EulerDiscreteScheduler EulerAncestralDiscreteScheduler "
    "HeunDiscreteScheduler DPMSolverMultistepScheduler UniPCMultistepScheduler"
).split():
    scheduler = getattr(diffusers, name)()
    keys = (
        "num_train_timesteps beta_start beta_end beta_schedule clip_sample clip_sample_range set_alpha_to_one "
        "steps_offset prediction_type timestep_spacing variance_type"
    ).split()
    defaults[name] = {k: scheduler.config[k] for k in keys if scheduler.config.get(k) is not None}
    scheduler.save_config(here / "saved")
    (here / "saved" / "scheduler_config.json").rename(here / "saved" / f"{name}.json")
with open(here / "defaults.json", "w") as out:
    json.dump(defaults, out, indent=1)

# --- trajectories ---------------------------------------------------------------------------------
rng = np.random.default_rng(20)
SHAPE = (2, 1, 4, 4)
noise = torch.from_numpy(rng.standard_normal(SHAPE).astype(np.float32))
step_noise = torch.from_numpy(rng.standard_normal((50, *SHAPE)).astype(np.float32))
arrays = {"noise": noise.numpy(), "step_noise": step_noise.numpy()}
cases = []


def record(name, scheduler, steps, guidance=None, **step_arguments):
    scheduler.set_timesteps(steps)
    x = noise.clone()
    for i, t in enumerate(scheduler.timesteps):
        if guidance is None:
            output = network(x, t)
        else:
            # classes 1 and 2 against "none" (0), as a class-conditional network would shift its answer
            labels = torch.tensor([1.0, 2.0]).reshape(2, 1, 1, 1)
            uncond, cond = network(x, t), network(x + 0.2 * labels, t)
            output = uncond + guidance * (cond - uncond)
        if isinstance(scheduler, DDPMScheduler):
            # DDPM draws from a generator; hand it the recorded noise instead
            diffusers.schedulers.scheduling_ddpm.randn_tensor = lambda *a, i=i, **k: step_noise[i]
            x = scheduler.step(output, t, x).prev_sample
        else:
            eta = step_arguments.get("eta", 0.0)
            x = scheduler.step(
                output, int(t), x, variance_noise=step_noise[i] if eta > 0 else None, **step_arguments
            ).prev_sample
    arrays[name] = x.numpy()
    config = {k: v for k, v in scheduler.config.items() if not k.startswith("_")}
    config["_class_name"] = type(scheduler).__name__
    cases.append({"name": name, "steps": steps, "guidance": guidance, **step_arguments, "config": config})


for steps in (5, 20, 50):
    for eta in (0.0, 0.5):
        for clip in (False, True):
            for use_clipped in (False, True):
                record(
                    f"ddim_{steps}_eta{eta}_clip{int(clip)}_used{int(use_clipped)}",
                    DDIMScheduler(clip_sample=clip),
                    steps,
                    eta=eta,
                    use_clipped_model_output=use_clipped,
                )
    for variance in ("fixed_small", "fixed_large"):
        for clip in (False, True):
            record(f"ddpm_{steps}_{variance}_clip{int(clip)}", DDPMScheduler(variance_type=variance, clip_sample=clip), steps)

for prediction in ("v_prediction", "sample"):
    record(f"ddim_{prediction}", DDIMScheduler(prediction_type=prediction, clip_sample=False), 20, eta=0.5)
    record(f"ddim_{prediction}_clip", DDIMScheduler(prediction_type=prediction, clip_sample_range=0.5), 20, eta=0.0)
    record(f"ddpm_{prediction}", DDPMScheduler(prediction_type=prediction), 20)

for spacing in ("leading", "trailing", "linspace"):
    for one in (False, True):
        stable = dict(
            beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012, clip_sample=False, timestep_spacing=spacing
        )
        record(
            f"ddim_stable_{spacing}_one{int(one)}",
            DDIMScheduler(set_alpha_to_one=one, steps_offset=1, **stable),
            20,
            eta=0.0,
        )
    record(f"ddpm_stable_{spacing}", DDPMScheduler(steps_offset=1, variance_type="fixed_large", **stable), 20)
record("ddim_cosine", DDIMScheduler(beta_schedule="squaredcos_cap_v2"), 20, eta=0.5)
record("ddpm_cosine", DDPMScheduler(beta_schedule="squaredcos_cap_v2"), 20)
record("ddim_guided", DDIMScheduler(clip_sample=False), 20, guidance=3.0, eta=0.0)
record("ddim_guided_clip_used", DDIMScheduler(), 20, guidance=3.0, eta=0.5, use_clipped_model_output=True)
record("ddpm_guided", DDPMScheduler(), 20, guidance=7.5)

np.savez_compressed(here / "trajectories.npz", **arrays)
with open(here / "trajectories.json", "w") as out:
    out.write("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")

# --- seeded noise: SplitMix64 and Box-Muller, an implementation apart from Java's --------------------
MASK = 2**64 - 1


def mix(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def seeded(seed, number, shape):
    images, size = shape[0], int(np.prod(shape[1:]))
    out = np.zeros((images, size))
    for image in range(images):
        state = mix((mix((seed + image) & MASK) + number) & MASK)
        for i in range(0, size, 2):
            state = (state + 0x9E3779B97F4A7C15) & MASK
            radius = math.sqrt(-2 * math.log(((mix(state) >> 11) + 1) / 2**53))
            state = (state + 0x9E3779B97F4A7C15) & MASK
            angle = 2 * math.pi * (((mix(state) >> 11) + 1) / 2**53)
            out[image, i : i + 2] = [radius * math.cos(angle), radius * math.sin(angle)][: size - i]
    return out.reshape(shape).astype(np.float32)


np.savez_compressed(
    here / "seeded_noise.npz",
    initial=seeded(42, 0, (2, 1, 3, 3)),
    step_0=seeded(42, 1, (2, 1, 3, 3)),
    step_7=seeded(42, 8, (2, 1, 3, 3)),
    negative=seeded(-3, 0, (4, 2)),
)
