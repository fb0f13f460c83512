"""Writes mixed.safetensors with the safetensors library, and its numbers as mixed.npz. Usage: make_safetensors.py"""
import pathlib
import numpy as np, torch
from safetensors.torch import save_file

here = pathlib.Path(__file__).parent
torch.manual_seed(0)
t = {"matrix": torch.randn(3, 4), "scalar": torch.tensor(2.5), "half": torch.randn(5).half(), "brain": torch.randn(2, 3).bfloat16(), "none": torch.zeros(0, 4)}
save_file(t, here / "mixed.safetensors", {"format": "pt"})
np.savez(here / "mixed.npz", **{k: v.float().numpy() for k, v in t.items() if k != "none"})
save_file({"good": torch.ones(2), "whole": torch.ones(2, dtype=torch.int64)}, here / "integers.safetensors")
