"""Writes a small pipeline folder as diffusers saves it (not trained), and values of its network. Usage: make_pipeline.py"""
import pathlib, shutil
import numpy as np, torch
from diffusers import DDPMPipeline, DDPMScheduler, UNet2DModel

here = pathlib.Path(__file__).parent
torch.manual_seed(0)
net = UNet2DModel(sample_size=8, in_channels=1, out_channels=1, block_out_channels=(4, 8), layers_per_block=1, norm_num_groups=2, attention_head_dim=4,
                  down_block_types=("DownBlock2D", "AttnDownBlock2D"), up_block_types=("AttnUpBlock2D", "UpBlock2D"), num_class_embeds=4).eval()
shutil.rmtree(here / "pipeline", ignore_errors=True)
DDPMPipeline(net, DDPMScheduler(prediction_type="v_prediction")).save_pretrained(here / "pipeline")
x, t, c = torch.randn(3, 1, 8, 8), torch.tensor([3, 500, 999]), torch.tensor([0, 3, 1])
with torch.no_grad():
    y = net(x, t, class_labels=c, return_dict=False)[0]
np.savez(here / "golden.npz", sample=x, timestep=t, class_labels=c, out_sample=y)
