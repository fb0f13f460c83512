"""Writes small networks of diffusers with unusual configurations: NAME.config.json, and NAME.npz with the parameters
("weights/" and the name in the state dict), the inputs and PyTorch's output.

Needs: torch diffusers==0.37.0 numpy. Usage: make_networks.py (writes beside itself)
"""
import pathlib
import numpy as np, torch
from diffusers import UNet2DConditionModel, UNet2DModel

OUT = pathlib.Path(__file__).parent
torch.manual_seed(0)
g = lambda *s: torch.randn(*s)
PIXELS = dict(sample_size=8, in_channels=1, out_channels=2, block_out_channels=(4, 8), layers_per_block=1, norm_num_groups=2)
TEXT = dict(PIXELS, cross_attention_dim=3)


def write(name, net, **inputs):
    for p in net.parameters(): p.data.copy_((64 * (p.data + torch.randn_like(p) * 0.1)).round() / 64)  # few digits compress well
    with torch.no_grad(): out = net.eval()(**inputs, return_dict=False)[0]
    (OUT / f"{name}.config.json").write_text(net.to_json_string())
    arrays = {f"weights/{k}": v.numpy() for k, v in net.state_dict().items()}
    np.savez_compressed(OUT / f"{name}.npz", out_sample=out.numpy(), **arrays, **{k: v.numpy() for k, v in inputs.items()})
    print(name, sum(p.numel() for p in net.parameters()))


# no middle block, class labels embedded like timesteps, images from 0 to 1, sines first
write("centred", UNet2DModel(**PIXELS, center_input_sample=True, class_embed_type="timestep", mid_block_type=None, flip_sin_to_cos=False,
        freq_shift=1, time_embedding_dim=12, norm_eps=1e-3, attention_head_dim=None, down_block_types=("DownBlock2D", "AttnDownBlock2D"),
        up_block_types=("AttnUpBlock2D", "UpBlock2D"), downsample_padding=0), sample=g(2, 1, 8, 8), timestep=torch.tensor([3, 700]), class_labels=torch.tensor([5., 90.]))
# attention beside resnet resampling; a middle attention with groups of its own though the time embedding scales
write("resampled", UNet2DModel(**PIXELS, attn_norm_num_groups=4, resnet_time_scale_shift="scale_shift", attention_head_dim=2, num_class_embeds=3,
        down_block_types=("AttnDownBlock2D", "ResnetDownsampleBlock2D"), up_block_types=("ResnetUpsampleBlock2D", "AttnUpBlock2D"),
        downsample_type="resnet", upsample_type="resnet"), sample=g(2, 1, 8, 8), timestep=torch.tensor([3, 700]), class_labels=torch.tensor([2, 2]))
# the middle without attention in either class
write("plain", UNet2DModel(**PIXELS, add_attention=False, down_block_types=("DownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "UpBlock2D")),
        sample=g(1, 1, 8, 8), timestep=torch.tensor([42]))
write("text", UNet2DConditionModel(**(TEXT | dict(layers_per_block=(1, 2))), mid_block_type="UNetMidBlock2D", attention_head_dim=(1, 2), transformer_layers_per_block=(2, 1),
        num_class_embeds=4, resnet_time_scale_shift="scale_shift", down_block_types=("CrossAttnDownBlock2D", "ResnetDownsampleBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"), upcast_attention=True), sample=g(2, 1, 8, 8), timestep=torch.tensor([0, 999]),
        encoder_hidden_states=g(2, 5, 3), class_labels=torch.tensor([0, 3]))
