"""Makes unet-ddpm/ and unet-improved/: small networks of diffusers with outputs and gradients, for
test/model/diffusers.test.ts; and counts the parameters of the two published networks.

    python test/parity/unet.py

Each folder is what `save_pretrained` writes, and beside it expected.safetensors: inputs, output, and the gradients of
sum(output * weights) with respect to the input and every parameter.
"""

import pathlib

import torch
from diffusers import UNet2DModel
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).parent

# The options that make UNet2DModel the network of the DDPM code, and that of Improved DDPM.
DDPM = dict(attention_head_dim=None, norm_eps=1e-6, downsample_padding=0, flip_sin_to_cos=False, freq_shift=1)
IMPROVED = dict(
    norm_eps=1e-6, downsample_padding=1, flip_sin_to_cos=True, freq_shift=0, resnet_time_scale_shift="scale_shift"
)


def blocks(kind, attention):
    return tuple(f"Attn{kind}Block2D" if here else f"{kind}Block2D" for here in attention)


def network(attention, **options):
    return UNet2DModel(
        down_block_types=blocks("Down", attention), up_block_types=blocks("Up", attention[::-1]), **options
    )


def small(name, model):
    torch.manual_seed(11)
    model = model.eval()
    # Biases start at zero and norms at one, which would hide a mistake in them.
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.05 * torch.randn_like(parameter))
    folder = HERE / name
    model.save_pretrained(folder)
    size, channels = model.config.sample_size, model.config.in_channels
    x = torch.randn(2, channels, size, size, requires_grad=True)
    t = torch.tensor([0, 417])
    y = model(x, t).sample
    weights = torch.randn_like(y)
    (y * weights).sum().backward()
    tensors = {"x": x, "t": t.float(), "y": y, "weights": weights, "gradient.x": x.grad}
    gradients = {f"gradient.{key}": parameter.grad for key, parameter in model.named_parameters()}
    expected = {key: tensor.detach().contiguous() for key, tensor in {**tensors, **gradients}.items()}
    save_file(expected, folder / "expected.safetensors")
    print(name, sum(p.numel() for p in model.parameters()), "parameters")


def count(name, model):
    print(name, sum(p.numel() for p in model.parameters()), "parameters")


tiny = dict(sample_size=8, block_out_channels=(8, 16), layers_per_block=1, norm_num_groups=4)
small("unet-ddpm", network((False, True), in_channels=1, out_channels=1, dropout=0.1, **tiny, **DDPM))
small(
    "unet-improved",
    network(
        (False, True), in_channels=1, out_channels=2, dropout=0.3,
        attention_head_dim=4, attn_norm_num_groups=4, **tiny, **IMPROVED,
    ),
)
cifar = dict(sample_size=32, in_channels=3, block_out_channels=(128, 256, 256, 256))
count("DDPM, CIFAR-10:", network((False, True, False, False), out_channels=3, layers_per_block=2, **cifar, **DDPM))
count(
    "Improved DDPM, CIFAR-10:",
    network(
        (False, True, True, False), out_channels=6, layers_per_block=3,
        attention_head_dim=64, attn_norm_num_groups=32, **cifar, **IMPROVED,
    ),
)
