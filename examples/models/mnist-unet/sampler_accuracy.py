"""How many digits the classifier recognises with each sampler at its usual number of steps, uncached and without guidance.

    python sampler_accuracy.py [COUNT] [SAMPLER ...]      (onnxruntime, numpy; COUNT digits of each sampler, default 512)

Prints a table. Samplers for other networks (edm-euler, consistency) and for distilled ones (lcm) are left out.
"""

import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnxruntime

here = pathlib.Path(__file__).resolve().parent
launcher = here.parent.parent / "deepcache"
STEPS = {"ddim": 50, "ddpm": 250, "pndm": 50, "dpm++": 20, "euler": 30, "euler-a": 30, "heun": 25, "kdpm2": 25, "unipc": 20}

count = int(sys.argv[1]) if len(sys.argv) > 1 else 512
classifier = onnxruntime.InferenceSession(here / "classifier" / "model.onnx", providers=["CPUExecutionProvider"])
wanted = np.arange(count) % 10
print("| sampler | steps | recognised of", count, "| difference from the first |\n|---|---|---|---|")
reference = None
for sampler in sys.argv[2:] or STEPS:
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "samples.npz"
        subprocess.run(
            [launcher, "sample", here, "--sampler", sampler, "--steps", str(STEPS[sampler]), "--count", str(count), "--class", "0,1,2,3,4,5,6,7,8,9",
             "--uncached", "--latents", out],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        images = np.load(out)["samples"]
    logits = classifier.run(None, {classifier.get_inputs()[0].name: images.clip(-1, 1).astype(np.float32)})[0]
    share = 100 * float((logits.argmax(1) == wanted).mean())
    reference = share if reference is None else reference
    print(f"| {sampler} | {STEPS[sampler]} | {share:.1f} % | {share - reference:+.1f} |", flush=True)
