"""Executes a notebook with nbclient, as a program does that imports it, and prints what came of it as JSON.

Arguments: the notebook's file and the options of NotebookClient as JSON.
"""

import json
import os
import sys

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

file, options = sys.argv[1], json.loads(sys.argv[2])
notebook = nbformat.read(file, as_version=4)
folder = {"metadata": {"path": os.path.dirname(os.path.abspath(file))}}
error = None
try:
    NotebookClient(notebook, timeout=60, resources=folder, **options).execute()
except CellExecutionError as raised:
    error = {"ename": raised.ename, "evalue": raised.evalue, "message": str(raised)}
nbformat.validate(notebook)
print(json.dumps({"cells": notebook.cells, "error": error}))
