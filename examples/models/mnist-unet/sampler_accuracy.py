"""How many digits the classifier recognises with each sampler at its usual number of steps, uncached.

    python sampler_accuracy.py [--count 512] [--precision f32|bf16] [--threads K] [ROW ...]      (onnxruntime, numpy)

Prints a table. Some of diffusers' samplers clip the predicted image to [-1, 1], as the model's configuration says, and some cannot; that alone moves the accuracy of
this model, so there are two rows of DDIM, and each sampler is compared with the DDIM of its kind, seed by seed: the standard error of a difference counts the digits
that only one of the two gets right. Samplers for other networks (edm-euler, consistency) and for distilled ones (lcm) are left out.
"""

import argparse
import json
import pathlib
import subprocess
import tempfile

import numpy as np
import onnxruntime

here = pathlib.Path(__file__).resolve().parent
launcher = here.parent.parent / "deepcache"
# name of the row: sampler, steps, whether it clips
ROWS = {
    "ddim": ("ddim", 50, True),
    "heun": ("heun", 25, True),
    "ddim unclipped": ("ddim", 50, False),
    "pndm": ("pndm", 50, False),
    "euler": ("euler", 50, False),
    "dpm++": ("dpm++", 25, False),
    "unipc": ("unipc", 25, False),
    "kdpm2": ("kdpm2", 25, False),
    "euler-a": ("euler-a", 30, False),
    "ddpm": ("ddpm", 250, True),
}

parser = argparse.ArgumentParser()
parser.add_argument("--count", type=int, default=512)
parser.add_argument("--precision", default="f32")
parser.add_argument("--threads", default="2")
parser.add_argument("rows", nargs="*", default=list(ROWS))
arguments = parser.parse_args()

classifier = onnxruntime.InferenceSession(here / "classifier" / "model.onnx", providers=["CPUExecutionProvider"])
wanted = np.arange(arguments.count) % 10


def sample(sampler, steps, clips):
    """Samples of a model like this one with clip_sample as given."""
    with tempfile.TemporaryDirectory() as folder:
        model = pathlib.Path(folder) / "model"
        (model / "scheduler").mkdir(parents=True)
        for same in ("unet", "model_index.json"):
            (model / same).symlink_to(here / same)
        config = json.loads((here / "scheduler" / "scheduler_config.json").read_text())
        (model / "scheduler" / "scheduler_config.json").write_text(json.dumps({**config, "clip_sample": clips}))
        out = pathlib.Path(folder) / "samples.npz"
        subprocess.run(
            [launcher, "sample", model, "--sampler", sampler, "--steps", str(steps), "--count", str(arguments.count), "--class", "0,1,2,3,4,5,6,7,8,9",
             "--uncached", "--precision", arguments.precision, "--threads", arguments.threads, "--latents", out],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        return np.load(out)["samples"]


print(f"| sampler | steps | clips | recognised of {arguments.count} | difference from the DDIM that clips as it does |\n|---|---|---|---|---|")
reference = {}
for row in arguments.rows:
    sampler, steps, clips = ROWS[row]
    images = sample(sampler, steps, clips)
    logits = classifier.run(None, {classifier.get_inputs()[0].name: images.clip(-1, 1).astype(np.float32)})[0]
    right = logits.argmax(1) == wanted
    if sampler == "ddim":
        reference[clips] = right
        difference = ""
    else:
        error = 100 * np.sqrt((right != reference[clips]).sum()) / arguments.count
        difference = f"{100 * (right.mean() - reference[clips].mean()):+.1f} ± {error:.1f}"
    print(f"| {sampler} | {steps} | {'yes' if clips else 'no'} | {100 * right.mean():.1f} % | {difference} |", flush=True)
