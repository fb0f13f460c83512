"""Writes golden.npz: numbers of diffusers 0.37 and PyTorch for the training package. Usage: make_training.py"""
import pathlib
import numpy as np, torch
from diffusers import DDPMScheduler
from diffusers.training_utils import EMAModel, compute_snr

torch.manual_seed(0)
sched = DDPMScheduler(1000, beta_start=1e-4, beta_end=0.02, beta_schedule="linear")
t = torch.tensor([0, 1, 50, 200, 400, 700, 999])
x0, noise = torch.randn(7, 1, 4, 4), torch.randn(7, 1, 4, 4)
snr = compute_snr(sched, t)
least = torch.stack([snr, 5.0 * torch.ones_like(t)], dim=1).min(dim=1)[0]  # train_text_to_image.py
out = dict(timesteps=t, x0=x0, noise=noise, noisy=sched.add_noise(x0, noise, t), velocity=sched.get_velocity(x0, noise, t),
           weight_epsilon=least / snr, weight_v_prediction=least / (snr + 1), weight_sample=least)

p = [torch.nn.Parameter(torch.randn(3))]
for name, kw in (("ema", dict(decay=0.9)), ("ema_power", dict(decay=0.9, use_ema_warmup=True, power=0.75))):
    ema, q = EMAModel(p, **kw), [torch.nn.Parameter(p[0].detach().clone())]
    values, means, decays = [], [], []
    for _ in range(120):
        q[0].data += torch.randn(3) * 0.1
        ema.step(q)
        values.append(q[0].detach().clone()); means.append(ema.shadow_params[0].clone()); decays.append(ema.get_decay(ema.optimization_step))
    out.update({f"{name}_values": torch.stack(values), f"{name}_means": torch.stack(means), f"{name}_decays": torch.tensor(decays)})
out["ema_start"] = p[0].detach()

g = [torch.randn(3, 4), torch.randn(5)]
w = [torch.nn.Parameter(torch.zeros(3, 4)), torch.nn.Parameter(torch.zeros(5))]
for a, b in zip(w, g): a.grad = b.clone()
out.update(clip_a=g[0], clip_b=g[1], clip_norm=torch.nn.utils.clip_grad_norm_(w, 1.5), clipped_a=w[0].grad, clipped_b=w[1].grad)
np.savez(pathlib.Path(__file__).with_name("golden.npz"), **{k: np.asarray(v.detach() if torch.is_tensor(v) else v) for k, v in out.items()})
