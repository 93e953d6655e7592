"""Executes one notebook in the workbook's kernel and tells, in JSON lines on stdout, how far it is.

Called by `workbook run` with one JSON object as its only argument:
{"notebook", "output", "folder", "kernel", "timeout", "about"}. The executed notebook is written to "output", also
when a cell fails, and only as a whole: first beside it, then moved onto it.
"""

import asyncio
import datetime
import json
import os
import signal
import sys
import tempfile

import nbformat
from jupyter_client.kernelspec import NoSuchKernel
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError


def emit(kind, **fields):
    print(json.dumps({"kind": kind, **fields}), flush=True)


def write_whole(notebook, path):
    handle, beside = tempfile.mkstemp(dir=os.path.dirname(path), suffix=".ipynb.part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            nbformat.write(notebook, file)
        os.chmod(beside, 0o644)
        os.replace(beside, path)
    except BaseException:
        os.unlink(beside)
        raise


class Progress:
    """Counts code cells as a reader does: 1 is the first one."""

    def __init__(self, notebook):
        code = [i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code" and cell.source.strip()]
        self.number = {index: position + 1 for position, index in enumerate(code)}
        self.current = 0
        emit("started", cells=len(code))

    def start(self, cell, cell_index):
        self.current = self.number.get(cell_index, self.current)
        if cell_index in self.number:
            emit("cell", cell=self.current, cells=len(self.number))


def last_error(notebook):
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                return output
    return None


def clear(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
            cell.execution_count = None


def describe(notebook, task):
    """How the results were made, for the head of the report."""
    date = datetime.date.today().isoformat()
    ours = notebook.metadata.setdefault("diffusion_workbook", {})
    ours["run"] = {"date": date, "kernel": task["kernel"], **task["about"]}


def failure(ename, evalue, remedy):
    return {"ename": ename, "evalue": evalue, "traceback": [f"{ename}: {evalue}", remedy]}


async def execute(client, task):
    """What failed, or None."""
    try:
        await client.async_execute()
    except CellExecutionError as error:
        shown = last_error(client.nb) or {}
        return {
            "ename": shown.get("ename", error.ename),
            "evalue": shown.get("evalue", error.evalue),
            "traceback": list(shown.get("traceback", [])),
        }
    except CellTimeoutError:
        remedy = "Give it more time with --timeout SECONDS, or less to do with --profile quick."
        return failure("Timeout", f"not finished after {task['timeout']} s", remedy)
    except DeadKernelError:
        remedy = "Often there is too little memory: close other programs, or use --profile quick."
        return failure("KernelDied", "the kernel's process ended", remedy)
    return None


async def run(task):
    notebook = nbformat.read(task["notebook"], as_version=4)
    clear(notebook)
    progress = Progress(notebook)
    client = NotebookClient(
        notebook,
        kernel_name=task["kernel"],
        timeout=task["timeout"],
        resources={"metadata": {"path": task["folder"]}},
        coalesce_streams=True,
        record_timing=False,
        on_cell_execute=progress.start,
    )
    work = asyncio.ensure_future(execute(client, task))
    stopped = asyncio.Event()

    def stop():
        stopped.set()
        work.cancel()

    # nbclient has handlers of its own for SIGINT and SIGTERM; this one leaves the earlier result as it was.
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, stop)
    try:
        failed = await work
    finally:
        # However the execution ended after that: nbclient may report the stopped kernel as a dead one.
        if stopped.is_set():
            sys.exit(1)
    describe(notebook, task)
    write_whole(notebook, task["output"])
    if failed is None:
        emit("finished")
    else:
        emit("failed", cell=progress.current, **failed)


def main():
    task = json.loads(sys.argv[1])
    try:
        asyncio.run(run(task))
    except NoSuchKernel:
        emit("refused", what=f"kernel {task['kernel']}", expected="a kernel that Jupyter knows")
    except nbformat.reader.NotJSONError:
        emit("refused", what=f"notebook {task['notebook']}", expected="a Jupyter notebook (JSON)")
    except OSError as error:
        emit("refused", what=f"{error.filename}: {error.strerror}", expected="a file that can be read and written")


main()
