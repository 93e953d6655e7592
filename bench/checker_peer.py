"""The identities of identities.json by hand in mpmath and SymPy, as one would check them without this project.

Prints JSON. mpmath: 64 digits, 16 random worlds with T of 5 to 8 and every t, or one world of the linear schedule
with T = 1000; both sides are written out in Python, and compared to 40 digits. alphaBar is a table; where the
identity is about the product or the sum itself, it is accumulated along t, which is the fastest honest way. The
posterior variance and the signal-to-noise ratio come from the variances of the process, not from the formulas under
test. SymPy: the same for one generic t, by simplify(left - right) == 0 in positive symbols.
"""

import json
import random
import sys
import time

begin = time.perf_counter()
import mpmath  # noqa: E402
import sympy  # noqa: E402

imported = time.perf_counter() - begin
from mpmath import log, mpf, sqrt  # noqa: E402

mpmath.mp.dps = 64
TOLERANCE = mpf(10) ** -40


class World:
    def __init__(self, betas):
        self.T = len(betas)
        self.beta = [mpf(0), *(mpf(repr(b)) for b in betas)]
        self.alpha = [1 - b for b in self.beta]
        self.bar, self.var = [mpf(1)], [mpf(0)]
        self.product, self.logs = [mpf(1)], [mpf(0)]
        for t in range(1, self.T + 1):
            self.bar.append(self.bar[-1] * self.alpha[t])
            self.var.append(self.alpha[t] * self.var[-1] + self.beta[t])
            self.product.append(self.product[-1] * (1 - self.beta[t]))
            self.logs.append(self.logs[-1] + log(1 - self.beta[t]))

    def snr(self, t):
        return self.bar[t] / self.var[t]

    def tilde(self, t):
        """Var[x_{t-1} | x_t, x_0] by conditioning."""
        common = sqrt(self.alpha[t]) * self.var[t - 1]
        return self.var[t - 1] - common * common / self.var[t]


def identities(w, t):
    """Both sides of each at one t; None where a side has no value."""
    a, b, bar, before = w.alpha[t], w.beta[t], w.bar[t], w.bar[t - 1]
    later = t > 1
    yield bar, w.product[t]
    yield log(bar), w.logs[t]
    yield 1 - bar, a * (1 - before) + b
    yield w.tilde(t), (1 - before) / (1 - bar) * b
    yield (1 / w.tilde(t), a / b + 1 / (1 - before)) if later else None
    yield sqrt(a) * (1 - before) / (1 - bar) + sqrt(before) * b / ((1 - bar) * sqrt(bar)), 1 / sqrt(a)
    yield w.snr(t), bar / (1 - bar)
    yield ((w.snr(t - 1) - w.snr(t)) / 2, before * b / (2 * (1 - before) * (1 - bar))) if later else None
    yield (b**2 / (2 * w.tilde(t) * a * (1 - bar)), b / (2 * a * (1 - before))) if later else None
    yield sqrt(1 / bar - 1), sqrt(1 - bar) / sqrt(bar)
    yield w.tilde(t), b
    yield sqrt(1 / bar - 1), (1 - bar) / sqrt(bar)


def agree(sides):
    if sides is None:
        return True
    left, right = sides
    scale = max(abs(left), abs(right))
    return left == right or abs(left - right) <= TOLERANCE * scale


def numeric(worlds):
    verdicts = None
    for world in worlds:
        for t in range(1, world.T + 1):
            found = [agree(sides) for sides in identities(world, t)]
            verdicts = found if verdicts is None else [a and b for a, b in zip(verdicts, found)]
    return ["holds" if each else "fails" for each in verdicts]


def random_worlds(count):
    stream = random.Random(1)
    return [World([round(stream.uniform(0.02, 0.98), 6) for _ in range(stream.randint(5, 8))]) for _ in range(count)]


def linear():
    return [World([1e-4 + (0.02 - 1e-4) * i / 999 for i in range(1000)])]


def symbolic():
    """alpha_t = a and alphaBar_{t-1} = p determine the rest; the product and the log-sum are true by definition."""
    a, p = sympy.symbols("a p", positive=True)
    b, bar, one = 1 - a, a * p, sympy.Integer(1)
    var_before, var = 1 - p, a * (1 - p) + b
    tilde = var_before - (sympy.sqrt(a) * var_before) ** 2 / var
    snr, snr_before = bar / var, p / var_before
    root = sympy.sqrt
    sides = [
        (1 - bar, a * (1 - p) + b),
        (tilde, (1 - p) / (1 - bar) * b),
        (1 / tilde, a / b + 1 / (1 - p)),
        (root(a) * (1 - p) / (1 - bar) + root(p) * b / ((1 - bar) * root(bar)), 1 / root(a)),
        (snr, bar / (1 - bar)),
        ((snr_before - snr) / 2, p * b / (2 * (1 - p) * (1 - bar))),
        (b**2 / (2 * tilde * a * (1 - bar)), b / (2 * a * (1 - p))),
        (root(one / bar - 1), root(1 - bar) / root(bar)),
        (tilde, b),
        (root(one / bar - 1), (1 - bar) / root(bar)),
    ]
    return ["holds" if sympy.simplify(left - right) == 0 else "open" for left, right in sides]


def timed(run):
    start = time.perf_counter()
    found = run()
    return (time.perf_counter() - start) * 1e3, found


numeric_time, verdicts = timed(lambda: numeric(random_worlds(16)))
schedule_time, schedule_verdicts = timed(lambda: numeric(linear()))
symbolic_time, proved = timed(symbolic)
json.dump(
    {
        "import": imported * 1e3,
        "identities": numeric_time,
        "schedule": schedule_time,
        "symbolic": symbolic_time,
        "verdicts": verdicts,
        "scheduleVerdicts": schedule_verdicts,
        "proved": proved,
        "versions": {"mpmath": mpmath.__version__, "sympy": sympy.__version__, "backend": mpmath.libmp.BACKEND},
    },
    sys.stdout,
)
