"""Golden runs of diffusers' own schedulers for all samplers and options of io.github.deepcache4j.diffusion.

    python make_samplers.py        (diffusers 0.37.0, scipy, torch, numpy; writes samplers.json and samplers.npz)

The network is a formula that Java repeats (FakeNetwork): tanh(0.3 x + 0.001 t); with a learned variance the second half of
the channels is tanh(0.7 x - 0.001 t). samplers.json says what was run, in order; samplers.npz has the final samples stacked,
and the timesteps and sigmas of all runs end to end.
"""

import importlib
import json
from pathlib import Path

import diffusers
import numpy as np
import torch

here = Path(__file__).parent
assert diffusers.__version__ == "0.37.0", diffusers.__version__
torch.set_num_threads(1)

rng = np.random.default_rng(21)
SHAPE = (2, 2, 3, 3)
noise = torch.from_numpy(rng.standard_normal(SHAPE).astype(np.float32))
step_noise = torch.from_numpy(rng.standard_normal((50, *SHAPE)).astype(np.float32))
clean = torch.from_numpy(np.tanh(rng.standard_normal(SHAPE)).astype(np.float32))
mask = torch.from_numpy((rng.random((1, 1, 3, 3)) > 0.5).astype(np.float32))
cases, finals, timesteps, sigmas = [], [], [], []

STABLE = dict(beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012)
MODULES = {
    "DDPM": "ddpm", "DDIM": "ddim", "PNDM": "pndm", "DPMSolverMultistep": "dpmsolver_multistep", "EulerDiscrete": "euler_discrete",
    "EulerAncestralDiscrete": "euler_ancestral_discrete", "HeunDiscrete": "heun_discrete", "KDPM2Discrete": "k_dpm_2_discrete",
    "UniPCMultistep": "unipc_multistep", "LCM": "lcm", "EDMEuler": "edm_euler", "CMStochasticIterative": "consistency_models",
}


def network(x, t, learned):
    out = torch.tanh(0.3 * x + 0.001 * float(t))
    return torch.cat([out, torch.tanh(0.7 * x - 0.001 * float(t))], 1) if learned else out


def levels(name, scheduler, steps):
    """Noise levels before each step and after the last, without the repetitions of second-order schedulers."""
    if not hasattr(scheduler, "sigmas"):
        return []
    s = scheduler.sigmas.tolist()
    if name == "HeunDiscrete":
        s = s[:1] + s[1:-1:2] + s[-1:]
    if name == "KDPM2Discrete":
        s = s[:1] + s[1::2]
    return s[: steps + 1]


def record(name, steps, strength=None, masked=False, eta=0.0, **config):
    scheduler = getattr(diffusers, name + "Scheduler")(**config)
    module = importlib.import_module("diffusers.schedulers.scheduling_" + MODULES[name])
    drawn = [0]
    module.randn_tensor = lambda *a, **k: step_noise[drawn[0]].clone()
    scheduler.set_timesteps(steps)
    first = 0
    if strength is not None:
        first = steps - min(int(steps * strength), steps)
    run = scheduler.timesteps[first * scheduler.order :]
    if hasattr(scheduler, "set_begin_index"):
        scheduler.set_begin_index(first * scheduler.order)
    x = scheduler.add_noise(clean, noise, run[:1]) if strength is not None else noise * scheduler.init_noise_sigma
    learned = config.get("variance_type") == "learned_range"
    for i, t in enumerate(run):
        drawn[0] = first + i
        output = network(scheduler.scale_model_input(x, t), t, learned)
        arguments = {}
        if name == "DDIM":
            arguments = dict(eta=eta, variance_noise=step_noise[drawn[0]] if eta > 0 else None)
        if name == "DPMSolverMultistep" and learned:
            output = output[:, : SHAPE[1]]  # diffusers takes three channels off, whatever the sample has
        x = scheduler.step(output, int(t) if name in ("DDIM", "DDPM") else t, x, **arguments).prev_sample
        if masked:
            known = clean if i == len(run) - 1 else scheduler.add_noise(clean, noise, run[i + 1 : i + 2])
            x = (1 - mask) * known + mask * x
    assert torch.isfinite(x).all(), (name, steps, config)
    saved = {k: v for k, v in config.items()}
    sigma = levels(name, scheduler, steps)
    cases.append(
        dict(steps=steps, strength=strength, masked=masked, eta=eta, calls=len(run), sigmas=len(sigma), config={"_class_name": name + "Scheduler", **saved})
    )
    finals.append(x.float().numpy())
    timesteps.extend(run.double().tolist())
    sigmas.extend(sigma)


ALL = "DDPM DDIM PNDM DPMSolverMultistep EulerDiscrete EulerAncestralDiscrete HeunDiscrete KDPM2Discrete UniPCMultistep LCM".split()
SPREAD = "DPMSolverMultistep EulerDiscrete HeunDiscrete KDPM2Discrete UniPCMultistep".split()
for name in ALL:
    for steps in (5, 20, 50):
        record(name, steps)
        record(name, steps, **STABLE)
    for prediction in ("v_prediction", "sample"):
        if prediction == "v_prediction" or name not in ("PNDM", "EulerAncestralDiscrete", "KDPM2Discrete"):
            record(name, 20, prediction_type=prediction, **STABLE)
    for spacing in ("leading", "trailing", "linspace"):
        record(name, 20, timestep_spacing=spacing, steps_offset=1, **STABLE)
        record(name, 7, timestep_spacing=spacing, **STABLE)
    record(name, 20, beta_schedule="squaredcos_cap_v2")
    record(name, 10, num_train_timesteps=100, trained_betas=[round(0.001 + 0.0005 * i, 6) for i in range(100)],
           **({"original_inference_steps": 20} if name == "LCM" else {}))
    if name not in ("PNDM", "HeunDiscrete", "KDPM2Discrete"):
        record(name, 20, rescale_betas_zero_snr=True, timestep_spacing="trailing", prediction_type="v_prediction", **STABLE)
    if name in ("DDPM", "DDIM", "LCM", "DPMSolverMultistep", "UniPCMultistep"):
        record(name, 20, thresholding=True, dynamic_thresholding_ratio=0.9, sample_max_value=1.5)
    if name in ("DDPM", "DDIM", "LCM", "HeunDiscrete"):
        record(name, 20, clip_sample=True, clip_sample_range=0.5, **STABLE)
    if name not in ("PNDM", "LCM"):  # they count a first timestep or the steps in another way
        record(name, 20, strength=0.6, **STABLE)
    if name not in ("PNDM", "LCM", "HeunDiscrete", "KDPM2Discrete"):  # diffusers masks between the calls of a step too
        record(name, 20, strength=0.8, masked=True, **STABLE)
record("DDPM", 20, variance_type="fixed_large")
for steps in (5, 20, 50):
    record("DDPM", steps, variance_type="learned_range")
record("DDPM", 20, variance_type="learned_range", clip_sample=False, prediction_type="v_prediction")
record("DPMSolverMultistep", 20, variance_type="learned_range")
record("DDIM", 20, eta=0.7, thresholding=True)
record("DDIM", 20, set_alpha_to_one=False, **STABLE)
record("DDIM", 20, rescale_betas_zero_snr=True, prediction_type="sample", timestep_spacing="trailing")
for steps in (5, 20, 50):
    record("PNDM", steps, skip_prk_steps=True, set_alpha_to_one=False, steps_offset=1, **STABLE)
record("PNDM", 20, skip_prk_steps=True, prediction_type="v_prediction", set_alpha_to_one=True, **STABLE)
record("PNDM", 20, skip_prk_steps=True, timestep_spacing="trailing", **STABLE)
record("PNDM", 7, skip_prk_steps=True, timestep_spacing="linspace")
record("PNDM", 1, skip_prk_steps=True)
record("PNDM", 2, skip_prk_steps=True)
record("PNDM", 4)

for name in SPREAD:
    for spread in ("use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas"):
        for steps in (5, 20, 50):
            record(name, steps, **{spread: True}, **STABLE)
        record(name, 20, **{spread: True}, timestep_spacing="trailing", prediction_type="v_prediction")
for name in ("EulerDiscrete", "DPMSolverMultistep", "UniPCMultistep"):
    for spread in ({}, {"use_karras_sigmas": True}, {"use_exponential_sigmas": True}, {"use_beta_sigmas": True}):
        record(name, 20, final_sigmas_type="sigma_min", **spread, **STABLE)
for name in ("EulerDiscrete", "UniPCMultistep"):
    record(name, 20, use_karras_sigmas=True, sigma_min=0.1, sigma_max=10.0, **STABLE)
record("EulerDiscrete", 20, interpolation_type="log_linear", **STABLE)
record("EulerDiscrete", 20, interpolation_type="log_linear", use_karras_sigmas=True, **STABLE)
record("EulerDiscrete", 20, timestep_type="continuous", prediction_type="v_prediction", use_karras_sigmas=True, sigma_min=0.002, sigma_max=700.0, **STABLE)
record("DPMSolverMultistep", 20, use_karras_sigmas=True, beta_schedule="squaredcos_cap_v2")
record("DPMSolverMultistep", 20, lambda_min_clipped=-5.1, beta_schedule="squaredcos_cap_v2")
record("DPMSolverMultistep", 20, lambda_min_clipped=-1.5, timestep_spacing="leading", **STABLE)

for order in (1, 2, 3):
    for algorithm in ("dpmsolver++", "sde-dpmsolver++"):
        for solver in ("midpoint", "heun"):
            for steps in (5, 20, 50):
                record("DPMSolverMultistep", steps, solver_order=order, algorithm_type=algorithm, solver_type=solver, **STABLE)
    for extra in (dict(lower_order_final=False), dict(euler_at_final=True), dict(euler_at_final=True, final_sigmas_type="sigma_min"),
                  dict(lower_order_final=False, final_sigmas_type="sigma_min"), dict(final_sigmas_type="sigma_min")):
        record("DPMSolverMultistep", 10, solver_order=order, **extra, **STABLE)
    for solver in ("bh1", "bh2"):
        for x0 in (True, False):
            for lower in (True, False):
                record("UniPCMultistep", 20, solver_order=order, solver_type=solver, predict_x0=x0, lower_order_final=lower,
                       final_sigmas_type="sigma_min", **STABLE)
    for steps in (5, 20, 50):
        record("UniPCMultistep", steps, solver_order=order, **STABLE)
record("UniPCMultistep", 20, disable_corrector=[0, 1, 7], **STABLE)
record("UniPCMultistep", 20, predict_x0=False, final_sigmas_type="sigma_min", prediction_type="v_prediction", **STABLE)
record("UniPCMultistep", 20, predict_x0=False, final_sigmas_type="sigma_min", prediction_type="sample", **STABLE)

record("LCM", 4, original_inference_steps=40, timestep_scaling=5.0)
record("LCM", 1)
for schedule in ("karras", "exponential"):
    for steps in (5, 20, 50):
        record("EDMEuler", steps, sigma_schedule=schedule)
    record("EDMEuler", 20, sigma_schedule=schedule, prediction_type="v_prediction", final_sigmas_type="sigma_min")
record("EDMEuler", 20, sigma_min=0.01, sigma_max=50.0, sigma_data=1.0, rho=5.0)
record("EDMEuler", 20, strength=0.6)
for steps in (1, 2, 5, 20, 40):
    record("CMStochasticIterative", steps)
record("CMStochasticIterative", 50, num_train_timesteps=50)
record("CMStochasticIterative", 5, clip_denoised=False, sigma_min=0.01, sigma_max=50.0, sigma_data=0.7, s_noise=0.9, rho=5.0, num_train_timesteps=30)
record("CMStochasticIterative", 20, strength=0.6)

np.savez_compressed(
    here / "samplers.npz", noise=noise.numpy(), step_noise=step_noise.numpy(), clean=clean.numpy(), mask=mask.numpy(),
    finals=np.stack(finals), timesteps=np.array(timesteps), sigmas=np.array(sigmas, dtype=np.float32),
)
with open(here / "samplers.json", "w") as out:
    out.write("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]\n")
print(len(cases), "runs")
