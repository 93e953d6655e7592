"""Reads with diffusers what test/parity/ours.mjs wrote, and compares the outputs: see there. Fails beyond 1e-4."""

import json
import pathlib
import sys

import torch
from diffusers import UNet2DModel

for folder in sorted(path for path in pathlib.Path(sys.argv[1]).iterdir() if path.is_dir()):
    model, report = UNet2DModel.from_pretrained(folder, output_loading_info=True, low_cpu_mem_usage=False)
    assert not any(report.values()), report  # no tensor missing, left over, or of another shape
    example = json.loads((folder / "example.json").read_text())
    x = torch.tensor(example["x"]).reshape(example["shape"]).permute(0, 3, 1, 2)
    t = torch.tensor(example["t"]) - 1
    with torch.no_grad():
        y = model.eval()(x, t).sample.permute(0, 2, 3, 1)
    expected = torch.tensor(example["y"]).reshape(y.shape)
    error = ((y - expected).abs().max() / expected.abs().max()).item()
    count = sum(p.numel() for p in model.parameters())
    print(f"{folder.name}: {count} parameters, largest deviation {error:.1e} of the largest output")
    assert error < 1e-4
