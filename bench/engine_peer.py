"""The peer of bench/engine.mjs: the same U-Net and training step in PyTorch.

Reads one JSON request per line from standard input and answers each with one line, so that the two programs
can be timed in turns. {"config": {...}, "batch": 32, "threads": 2, "T": 1000} builds; {"time": "train" | "sample", "steps": n}
answers {"ms": [n numbers]}. "parameters" in the answer to a configuration must be what the other side has.
"""

import json
import math
import resource
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn


class Dense(nn.Conv2d):
    """A dense layer on the channels of an image."""

    def __init__(self, inputs, outputs):
        super().__init__(inputs, outputs, 1)


class Attention(nn.Module):
    def __init__(self, channels, groups):
        super().__init__()
        self.norm = nn.GroupNorm(groups, channels, eps=1e-6)
        self.query, self.key, self.value, self.projection = (Dense(channels, channels) for _ in range(4))

    def forward(self, x):
        batch, channels, height, width = x.shape
        h = self.norm(x)
        q, k, v = (layer(h).flatten(2).transpose(1, 2) for layer in (self.query, self.key, self.value))
        mixed = F.scaled_dot_product_attention(q, k, v)
        return x + self.projection(mixed.transpose(1, 2).reshape(batch, channels, height, width))


class Block(nn.Module):
    def __init__(self, inputs, outputs, time_width, groups, attend):
        super().__init__()
        self.norm1 = nn.GroupNorm(groups, inputs, eps=1e-6)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.time = nn.Linear(time_width, outputs)
        self.norm2 = nn.GroupNorm(groups, outputs, eps=1e-6)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.shortcut = Dense(inputs, outputs) if inputs != outputs else nn.Identity()
        self.attention = Attention(outputs, groups) if attend else nn.Identity()

    def forward(self, x, embedding):
        h = self.conv1(F.silu(self.norm1(x))) + self.time(embedding)[:, :, None, None]
        return self.attention(self.shortcut(x) + self.conv2(F.silu(self.norm2(h))))


class UNet(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.config = c
        width, groups, patch = c["channels"], c["groups"], c["patchSize"]
        depth = c["imageChannels"] * patch**2
        self.dense1, self.dense2 = nn.Linear(width, 4 * width), nn.Linear(4 * width, 4 * width)
        self.input = nn.Conv2d(depth, width, 3, padding=1)
        self.down, self.up = nn.ModuleList(), nn.ModuleList()
        kept, inputs = [width], width
        levels = list(enumerate(c["multipliers"]))
        attends = lambda level: c["imageSize"] // patch // 2**level in c["attentionAt"]
        for level, multiplier in levels:
            for _ in range(c["blocks"]):
                self.down.append(Block(inputs, width * multiplier, 4 * width, groups, attends(level)))
                inputs = width * multiplier
                kept.append(inputs)
            if level < len(levels) - 1:
                self.down.append(nn.Conv2d(inputs, inputs, 3, stride=2, padding=1))
                kept.append(inputs)
        self.middle1 = Block(inputs, inputs, 4 * width, groups, c["middleAttention"])
        self.middle2 = Block(inputs, inputs, 4 * width, groups, False)
        for level, multiplier in reversed(levels):
            for _ in range(c["blocks"] + 1):
                self.up.append(Block(inputs + kept.pop(), width * multiplier, 4 * width, groups, attends(level)))
                inputs = width * multiplier
            if level > 0:
                self.up.append(nn.Conv2d(inputs, inputs, 3, padding=1))
        self.norm = nn.GroupNorm(groups, inputs, eps=1e-6)
        self.output = nn.Conv2d(inputs, depth, 3, padding=1)

    def forward(self, x, t):
        half = self.config["channels"] // 2
        frequencies = torch.exp(-math.log(10_000) / (half - 1) * torch.arange(half))
        angles = t[:, None].float() * frequencies
        features = torch.cat([torch.sin(angles), torch.cos(angles)], 1)
        time = F.silu(self.dense2(F.silu(self.dense1(features))))
        patch = self.config["patchSize"]
        h = self.input(F.pixel_unshuffle(x, patch) if patch > 1 else x)
        kept = [h]
        for stage in self.down:
            h = stage(h, time) if isinstance(stage, Block) else stage(h)
            kept.append(h)
        h = self.middle2(self.middle1(h, time), time)
        for stage in self.up:
            if isinstance(stage, Block):
                h = stage(torch.cat([h, kept.pop()], 1), time)
            else:
                h = stage(F.interpolate(h, scale_factor=2, mode="nearest"))
        h = self.output(F.silu(self.norm(h)))
        return F.pixel_shuffle(h, patch) if patch > 1 else h


class Run:
    """A network with Adam, a moving average and batches of noise in the place of data."""

    def __init__(self, config, batch, T):
        torch.manual_seed(1)
        self.T = T
        self.net = UNet(config)
        self.average = [p.detach().clone() for p in self.net.parameters()]
        self.adam = torch.optim.Adam(self.net.parameters(), lr=1e-3)
        self.shape = (batch, config["imageChannels"], config["imageSize"], config["imageSize"])
        self.alpha_bar = torch.cumprod(1 - torch.linspace(0.1 / T, 20 / T, T), 0)
        self.x = torch.randn(self.shape)

    def train(self):
        """One step of Algorithm 1 with clipping and the moving average."""
        x0, noise = torch.randn(self.shape), torch.randn(self.shape)
        t = torch.randint(0, self.T, (self.shape[0],))
        a = self.alpha_bar[t][:, None, None, None]
        loss = F.mse_loss(self.net(a.sqrt() * x0 + (1 - a).sqrt() * noise, t + 1), noise)
        self.adam.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        self.adam.step()
        torch._foreach_lerp_(self.average, [p.detach() for p in self.net.parameters()], 1e-3)
        return loss.item()

    @torch.no_grad()
    def sample(self):
        """One step of Algorithm 2 at t = T / 2, for each image of the batch."""
        t = self.T // 2
        eps = self.net(self.x, torch.full((self.shape[0],), t))
        a, beta = self.alpha_bar[t - 1], 1 - self.alpha_bar[t - 1] / self.alpha_bar[t - 2]
        mean = (self.x - beta / (1 - a).sqrt() * eps) / (1 - beta).sqrt()
        return (mean + beta.sqrt() * torch.randn(self.shape)).sum().item()


def main():
    run = None
    for line in sys.stdin:
        request = json.loads(line)
        if "config" in request:
            torch.set_num_threads(request["threads"])
            run = Run(request["config"], request["batch"], request["T"])
            answer = {
                "library": f"PyTorch {torch.__version__}",
                "parameters": sum(p.numel() for p in run.net.parameters()),
            }
        else:
            step = getattr(run, request["time"])
            ms = []
            for _ in range(request["steps"]):
                start = time.perf_counter()
                step()
                ms.append(1e3 * (time.perf_counter() - start))
            answer = {"ms": ms, "peakMB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
        print(json.dumps(answer), flush=True)


main()
