"""How fast the kernel answers, beside stock tslab and ipykernel: `npm run bench:kernel`.

Every round starts each kernel anew, in turn, so that a busy moment of the machine falls on all of them. A time runs
from sending a request until both its reply and its idle status have come (what a reader waits for); "start to
first result" from the start of the process. Medians over the rounds, with the smallest and the largest value.
The table goes to bench/kernel.md. Nothing is gated on these times.
"""

import argparse
import json
import os
import platform
import queue
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from jupyter_client import KernelManager
from jupyter_client.kernelspec import KernelSpecManager

ROOT = Path(__file__).resolve().parent.parent
LINES = 10_000
EMPTY_CELLS = 40
GIVE_UP = 30  # seconds

TYPESCRIPT = {
    "first": "1 + 1",
    "import": 'import * as mathjs from "mathjs";\nmathjs.evaluate("1/3 + 1/6")',
    "use": 'mathjs.evaluate("sqrt(2)")',
    "lines": f"for (let i = 0; i < {LINES}; i++) console.log(`line ${{i}}`)",
}
PYTHON = {
    "first": "1 + 1",
    "import": "import numpy\nnumpy.linalg.norm([3, 4])",
    "use": "numpy.sqrt(2)",
    "lines": f"for i in range({LINES}): print(f'line {{i}}')",
}
ROWS = [
    ("first result", "start to first result (`1 + 1`)", 1e3, "ms"),
    ("empty", f"empty cell, median of {EMPTY_CELLS}", 1e3, "ms"),
    ("import", "first cell with an import of mathjs (Python: numpy)", 1e3, "ms"),
    ("use", "a later cell that uses it", 1e3, "ms"),
    ("lines", f"{LINES:,} printed lines", 1e3, "ms"),
    ("arrived", f"of {LINES:,} lines arrived", 1, ""),
    ("restart", "restart to first result", 1e3, "ms"),
    ("shutdown", "shutdown", 1e3, "ms"),
]


def install(folder):
    """The kernelspecs under test, in a data folder of their own."""
    node = subprocess.run(["node", "-p", "process.execPath"], capture_output=True, text=True, check=True).stdout.strip()
    workbook = [node, str(ROOT / "bin" / "workbook.mjs"), "kernel", "install", "--prefix", folder, "--name", "workbook"]
    subprocess.run(workbook, check=True, capture_output=True)
    spec = {
        "argv": [node, str(ROOT / "node_modules" / "tslab" / "bin" / "tslab"), "kernel", "--config-path={connection_file}"],
        "display_name": "stock tslab",
        "language": "typescript",
    }
    tslab = Path(folder) / "share" / "jupyter" / "kernels" / "tslab"
    tslab.mkdir()
    (tslab / "kernel.json").write_text(json.dumps(spec))
    return str(Path(folder) / "share" / "jupyter" / "kernels")


class Timed:
    """One kernel process and its client."""

    def __init__(self, name, folder):
        specs = KernelSpecManager(kernel_dirs=[folder, *KernelSpecManager().kernel_dirs])
        self.manager = KernelManager(kernel_name=name, kernel_spec_manager=specs)
        self.begin = time.perf_counter()
        self.manager.start_kernel(cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def run(self, code):
        """Seconds until reply and idle, and the text that was printed; gives up where they do not come."""
        begin = time.perf_counter()
        sent = self.client.execute(code)
        text, idle, replied, status = [], False, False, None
        while not (idle and replied) and time.perf_counter() < begin + GIVE_UP:
            try:
                message = self.client.get_iopub_msg(timeout=0.002 if idle else 0.2)
                if message["parent_header"].get("msg_id") == sent:
                    if message["msg_type"] == "stream":
                        text.append(message["content"]["text"])
                    idle = idle or message["content"].get("execution_state") == "idle"
            except queue.Empty:
                pass
            try:
                while not replied:
                    reply = self.client.get_shell_msg(timeout=0)
                    if reply["parent_header"].get("msg_id") == sent:
                        replied, status = True, reply["content"]["status"]
            except queue.Empty:
                pass
        if status not in ("ok", None):
            raise RuntimeError(f"{self.manager.kernel_name}: {code!r} gave {reply['content']}")
        return time.perf_counter() - begin, "".join(text)

    def shut_down(self):
        begin = time.perf_counter()
        self.client.shutdown()
        while self.manager.is_alive() and time.perf_counter() < begin + GIVE_UP:
            time.sleep(0.005)
        seconds = time.perf_counter() - begin
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)
        return seconds


def one_round(name, folder, cells):
    kernel = Timed(name, folder)
    kernel.run(cells["first"])
    figures = {"first result": time.perf_counter() - kernel.begin}
    figures["empty"] = statistics.median(kernel.run("")[0] for _ in range(EMPTY_CELLS))
    figures["import"] = kernel.run(cells["import"])[0]
    figures["use"] = kernel.run(cells["use"])[0]
    figures["lines"], text = kernel.run(cells["lines"])
    figures["arrived"] = text.count("\n")
    begin = time.perf_counter()
    kernel.manager.restart_kernel(now=False)
    kernel.client.wait_for_ready(timeout=60)
    kernel.run(cells["first"])
    figures["restart"] = time.perf_counter() - begin
    figures["shutdown"] = kernel.shut_down()
    return figures


def cell_of_table(values, scale):
    low, middle, high = (f"{value * scale:,.0f}" for value in (min(values), statistics.median(values), max(values)))
    return middle if low == high else f"{middle} ({low}–{high})"


def table(results):
    lines = ["| | " + " | ".join(results) + " |", "| --- |" + " ---: |" * len(results)]
    for key, label, scale, unit in ROWS:
        cells = [cell_of_table([one[key] for one in rounds], scale) for rounds in results.values()]
        lines.append(f"| {label}{', ' + unit if unit else ''} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", type=Path, default=ROOT / "bench" / "kernel.md")
    arguments = parser.parse_args()
    peers = [("workbook", "this kernel", TYPESCRIPT), ("tslab", "stock tslab", TYPESCRIPT), ("python3", "ipykernel", PYTHON)]
    results = {label: [] for _, label, _ in peers}
    with tempfile.TemporaryDirectory() as folder:
        kernels = install(folder)
        for number in range(arguments.rounds):
            for name, label, cells in peers:
                print(f"round {number + 1} of {arguments.rounds}: {label}", file=sys.stderr)
                results[label].append(one_round(name, kernels, cells))
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    head = (
        f"# Latency of the kernel\n\nMade by `npm run bench:kernel`: {arguments.rounds} rounds, the kernels in turn; medians, "
        f"with the smallest and the largest value. Node {node}, Python {platform.python_version()}, {os.cpu_count()} cores.\n"
    )
    text = f"{head}\n{table(results)}\n"
    arguments.out.write_text(text)
    print(text)


main()
