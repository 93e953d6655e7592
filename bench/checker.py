"""How fast formulas are checked, beside mpmath and SymPy: `npm run bench:checker`.

The peer gets a Python environment of its own, out/bench-venv, made from bench/requirements.txt the first time. Every
round runs each part in a new process, in turn. The clock is wall time; beside it stands the processor time of the
cold starts, which a busy machine does not change. Medians over the rounds, with the smallest and the largest value.
The table goes to bench/checker.md. Nothing is gated on these times. The built checker (dist/) is measured.
"""

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BENCH = ROOT / "bench"
ENVIRONMENT = ROOT / "out" / "bench-venv"
WORKBOOK = ["node", str(ROOT / "bin" / "workbook.mjs"), "check"]
TRUE = 10  # of the identities; the others are slips


def peer():
    """The interpreter of the peer's environment."""
    wanted = (BENCH / "requirements.txt").read_text()
    stamp = ENVIRONMENT / "requirements.txt"
    python = ENVIRONMENT / "bin" / "python"
    if not (stamp.exists() and stamp.read_text() == wanted):
        venv.create(ENVIRONMENT, clear=True, with_pip=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, "-r", str(BENCH / "requirements.txt")], check=True)
        stamp.write_text(wanted)
    return str(python)


def run(command, may_fail=False):
    """Milliseconds of wall and processor time, and the output."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    begin = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    wall = time.perf_counter() - begin
    if done.returncode not in ((0, 1) if may_fail else (0,)):
        raise RuntimeError(f"{command} ended with {done.returncode}: {done.stderr[-2000:]}")
    return wall * 1e3, (resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before) * 1e3, done.stdout


def one_round(python, printed):
    figures = {}
    for name, arguments in {
        "cold": [str(BENCH / "formulas.json")],
        "printed": [printed],
        "cold identities": [str(BENCH / "identities.json")],
        "cold schedule": [str(BENCH / "identities.json"), "--schedule", "linear:1000"],
    }.items():
        wall, user, out = run([*WORKBOOK, *arguments, "--json"], may_fail=True)
        figures[name], figures[f"{name}, processor"] = wall, user
        figures[f"{name}, summary"] = json.loads(out)["summary"]
    figures["warm"] = json.loads(run(["node", str(BENCH / "checker.mjs")])[2])
    figures["peer"] = json.loads(run([python, str(BENCH / "checker_peer.py")])[2])
    return figures


def compare(rounds):
    """The peer must come to the same verdicts, or its time is worth nothing."""
    wanted = ["holds"] * TRUE + ["fails"] * 2
    for figures in rounds:
        for found in (figures["warm"], figures["peer"]):
            for key in ("verdicts", "scheduleVerdicts"):
                if found[key] != wanted:
                    raise RuntimeError(f"{key} are {found[key]}")
        if figures["peer"]["proved"] != ["holds"] * (TRUE - 2) + ["open"] * 2:
            raise RuntimeError(f"SymPy says {figures['peer']['proved']}")


def spread(values):
    low, middle, high = (f"{value:,.0f}" for value in (min(values), statistics.median(values), max(values)))
    return middle if low == high else f"{middle} ({low}–{high})"


def table(rounds):
    def row(label, ours, theirs="", symbolic=""):
        return f"| {label} | {ours} | {theirs} | {symbolic} |"

    def of(*path):
        def find(figures):
            for key in path:
                figures = figures[key]
            return figures

        return spread([find(figures) for figures in rounds])

    warm, used = zip(*(pair for figures in rounds for pair in figures["warm"]["warm"]))
    tenths = statistics.quantiles(warm, n=10)
    formulas = json.loads((BENCH / "formulas.json").read_text())
    printed = rounds[0]["printed, summary"]
    return "\n".join(
        [
            row("milliseconds", "this checker", "mpmath", "SymPy"),
            "| --- | ---: | ---: | ---: |",
            row(f"cold start, {len(formulas)} formulas of bench/formulas.json, 16 worlds", of("cold")),
            row("the same, processor time", of("cold, processor")),
            row(f"cold start, {sum(printed.values())} lines of test/input/tex/printed.txt", of("printed")),
            row("the same, processor time", of("printed, processor")),
            row("one formula, warm, median (one tenth–nine tenths)", f"{statistics.median(warm):,.1f} ({tenths[0]:,.1f}–{tenths[-1]:,.1f})"),
            row("the same, processor time", f"{statistics.median(used):,.1f}"),
            row("12 identities of bench/identities.json, 16 worlds, every t, warm", of("warm", "identities", 0), of("peer", "identities"), of("peer", "symbolic")),
            row("the same at T = 1000, every t, one world, warm", of("warm", "schedule", 0), of("peer", "schedule")),
            row("the same, processor time", of("warm", "schedule", 1)),
            row("the same at T = 1000 from a cold start", of("cold schedule"), spread([f["peer"]["import"] + f["peer"]["schedule"] for f in rounds])),
            row("the same, processor time", of("cold schedule, processor")),
        ]
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", type=Path, default=BENCH / "checker.md")
    arguments = parser.parse_args()
    python = peer()
    lines = (ROOT / "test" / "input" / "tex" / "printed.txt").read_text().splitlines()
    printed = ROOT / "out" / "bench-printed.json"
    printed.parent.mkdir(exist_ok=True)
    printed.write_text(json.dumps([{"latex": line} for line in lines if line]))
    rounds = []
    for number in range(arguments.rounds):
        print(f"round {number + 1} of {arguments.rounds}", file=sys.stderr)
        rounds.append(one_round(python, str(printed)))
    compare(rounds)
    versions = rounds[0]["peer"]["versions"]
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    head = (
        f"# Speed of the checker\n\nMade by `npm run bench:checker`: {arguments.rounds} rounds, each part in a process of its own; medians, with the "
        f"smallest and the largest value. Node {node}, Python {platform.python_version()}, mpmath {versions['mpmath']} on {versions['backend']}, "
        f"SymPy {versions['sympy']}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end.\n\n"
        "The checker reads LaTeX and finds out by itself what the symbols mean; mpmath evaluates both sides as written by hand in Python, "
        "to 64 digits, and SymPy simplifies their difference for one generic t (8 identities and 2 slips: the product and the sum are definitions there). "
        "All come to the same verdicts, or the benchmark stops.\n"
    )
    text = f"{head}\n{table(rounds)}\n"
    arguments.out.write_text(text)
    print(text)


main()
