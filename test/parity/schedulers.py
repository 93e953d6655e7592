"""Makes schedulers.json: schedules and steps by diffusers and torch, for test/diffusion/parity.test.ts.

    python test/parity/schedulers.py

diffusers keeps its tables in single precision. Here its own functions make them in double precision, and its own
`step`, `add_noise` and `get_velocity` compute with those, so that the comparison is not limited to seven digits.
Its t = 0 … T − 1 is 1 … T here and in the papers.
"""

import json
import pathlib
from unittest import mock

import diffusers
import torch
from diffusers import DDIMInverseScheduler, DDIMScheduler, DDPMScheduler
from diffusers.schedulers import scheduling_ddpm

T = 1000
TIMES = [1, 2, 50, 500, 1000]
SIZE = 3
generator = torch.Generator().manual_seed(7)
NAMES = {"epsilon": "eps", "sample": "xStart", "v_prediction": "v"}
VARIANCES = {"fixed_small": "fixedSmall", "fixed_large": "fixedLarge", "learned_range": "learnedRange"}


def normals():
    return torch.randn((1, SIZE), generator=generator, dtype=torch.float64)


def in_double(make):
    """Runs `make` with every tensor that asks for single precision made in double."""
    real, linspace = torch.tensor, torch.linspace
    with mock.patch.object(torch, "tensor", lambda data, dtype=None: real(data, dtype=torch.float64)):
        with mock.patch.object(torch, "linspace", lambda *ends, dtype=None: linspace(*ends, dtype=torch.float64)):
            return make()


def scheduler(kind, schedule, **options):
    name = {"linear": "linear", "cosine": "squaredcos_cap_v2"}[schedule]
    made = in_double(lambda: kind(num_train_timesteps=T, beta_schedule=name, **options))
    assert made.alphas_cumprod.dtype == torch.float64
    return made


def numbers(tensor):
    return [float(value) for value in tensor.flatten()]


def schedule_table(schedule):
    small = scheduler(DDPMScheduler, schedule)
    large = scheduler(DDPMScheduler, schedule, variance_type="fixed_large")
    at = [t - 1 for t in TIMES]
    return {
        "t": TIMES,
        "beta": numbers(small.betas[at]),
        "alphaBar": numbers(small.alphas_cumprod[at]),
        "posteriorVariance": [float(small._get_variance(t)) if t > 0 else 0 for t in at],
        "fixedLargeVariance": [float(large._get_variance(t)) for t in at],
    }


def noising(schedule):
    made = scheduler(DDPMScheduler, schedule)
    rows = []
    for t in TIMES:
        x, noise, at = normals(), normals(), torch.tensor([t - 1])
        rows.append({
            "schedule": schedule, "t": t, "xStart": numbers(x), "noise": numbers(noise),
            "xt": numbers(made.add_noise(x, noise, at)), "v": numbers(made.get_velocity(x, noise, at)),
        })
    return rows


def ddpm(schedule):
    """`step` with a noise of our own, for every prediction, variance and clipping."""
    rows = []
    for prediction in NAMES:
        for variance in VARIANCES:
            for clip in (False, True):
                made = scheduler(DDPMScheduler, schedule, prediction_type=prediction, variance_type=variance, clip_sample=clip)
                for t in TIMES:
                    xt, output, noise = normals(), normals(), normals()
                    v = torch.rand((1, SIZE), generator=generator, dtype=torch.float64) * 2 - 1
                    both = torch.cat([output, v], 1) if variance == "learned_range" else output
                    with mock.patch.object(scheduling_ddpm, "randn_tensor", lambda *_, **__: noise):
                        step = made.step(both, t - 1, xt)
                    rows.append({
                        "schedule": schedule, "predicts": NAMES[prediction], "variance": VARIANCES[variance],
                        "clipDenoised": clip, "t": t, "xt": numbers(xt), "output": numbers(both), "noise": numbers(noise),
                        "sample": numbers(step.prev_sample), "estimate": numbers(step.pred_original_sample),
                    })
    return rows


def posterior(schedule):
    """The step of a network that knows x_0, without noise: the mean of q(x_{t-1} | x_t, x_0)."""
    made = scheduler(DDPMScheduler, schedule, prediction_type="sample", clip_sample=False)
    rows = []
    for t in TIMES:
        xt, x = normals(), normals()
        with mock.patch.object(scheduling_ddpm, "randn_tensor", lambda *_, **__: torch.zeros_like(xt)):
            mean = made.step(x, t - 1, xt).prev_sample
        rows.append({"schedule": schedule, "t": t, "xt": numbers(xt), "xStart": numbers(x), "mean": numbers(mean)})
    return rows


def ddim(schedule):
    rows = []
    for prediction in NAMES:
        for clip in (False, True):
            for steps in (1000, 20):
                made = scheduler(DDIMScheduler, schedule, prediction_type=prediction, clip_sample=clip)
                made.set_timesteps(steps)
                for eta in (0, 0.5, 1):
                    for t in (T // steps, 500, 1000):
                        xt, output, noise = normals(), normals(), normals()
                        step = made.step(
                            output, t - 1, xt, eta=eta, use_clipped_model_output=True, variance_noise=noise
                        )
                        rows.append({
                            "schedule": schedule, "predicts": NAMES[prediction], "clipDenoised": clip, "eta": eta,
                            "t": t, "s": t - T // steps, "xt": numbers(xt), "output": numbers(output),
                            "noise": numbers(noise), "sample": numbers(step.prev_sample),
                            "estimate": numbers(step.pred_original_sample),
                        })
    return rows


def inversion(schedule):
    rows = []
    for steps in (1000, 20):
        made = scheduler(DDIMInverseScheduler, schedule, clip_sample=False)
        made.set_timesteps(steps)
        for t in (T // steps, 500, 1000):
            xs, eps = normals(), normals()
            step = made.step(eps, t - 1, xs)
            rows.append({
                "schedule": schedule, "s": t - T // steps, "t": t, "xs": numbers(xs), "eps": numbers(eps),
                "sample": numbers(step.prev_sample), "estimate": numbers(step.pred_original_sample),
            })
    return rows


def bounds():
    """KL of two Gaussians, and -log P of a grey level, by torch.distributions."""
    rows = []
    for _ in range(20):
        m1, m2, l1, l2 = (normals() for _ in range(4))
        p, q = (torch.distributions.Normal(m, (log / 2).exp()) for m, log in ((m1, l1), (m2, l2)))
        kl = torch.distributions.kl_divergence(p, q)
        x = torch.randint(0, 256, (1, SIZE), generator=generator).double() * 2 / 255 - 1
        mean, log_scale = x + 0.02 * normals(), -4 + normals()
        normal = torch.distributions.Normal(mean, log_scale.exp())
        upper = torch.where(x > 0.999, torch.ones_like(x), normal.cdf(x + 1 / 255))
        lower = torch.where(x < -0.999, torch.zeros_like(x), normal.cdf(x - 1 / 255))
        rows.append({
            "mean1": numbers(m1), "logVariance1": numbers(l1), "mean2": numbers(m2), "logVariance2": numbers(l2),
            "kl": numbers(kl), "x": numbers(x), "mean": numbers(mean), "logScale": numbers(log_scale),
            "logLikelihood": numbers((upper - lower).clamp(min=1e-12).log()),
        })
    return rows


def optimisers():
    """Five steps of torch.optim.Adam and AdamW on given gradients."""
    gradients = [normals() for _ in range(5)]
    start = normals()
    result = {"start": numbers(start), "gradients": [numbers(g) for g in gradients]}
    for name, kind, decay in (("adam", torch.optim.Adam, 0), ("adamW", torch.optim.AdamW, 0.1)):
        weight = torch.nn.Parameter(start.clone())
        optimiser = kind([weight], lr=0.02, weight_decay=decay)
        path = []
        for gradient in gradients:
            weight.grad = gradient.clone()
            optimiser.step()
            path.append(numbers(weight.detach()))
        result[name] = path
    return result


both = ("linear", "cosine")
table = {
    "made": f"python test/parity/schedulers.py with torch {torch.__version__}, diffusers {diffusers.__version__}",
    "schedules": {name: schedule_table(name) for name in both},
    "noising": [row for name in both for row in noising(name)],
    "posterior": [row for name in both for row in posterior(name)],
    "ddpm": [row for name in both for row in ddpm(name)],
    "ddim": [row for name in both for row in ddim(name)],
    "inversion": [row for name in both for row in inversion(name)],
    "bounds": bounds(),
    "optimisers": optimisers(),
}
file = pathlib.Path(__file__).with_name("schedulers.json")
# One row to a line, for readable differences.
text = json.dumps(table).replace("}, {", "},\n{").replace(": [{", ": [\n{")
file.write_text(text + "\n")
print(file, len(text), "bytes")
