"""Writes nbformat.ipynb as Jupyter does. Run here: python make-nbformat.py (nbformat 5.11)"""

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

notebook = new_notebook(
    metadata={
        "kernelspec": {"name": "diffusion-workbook", "language": "typescript", "display_name": "ü ☃"},
        "a": [],
        "Z": {},
        "numbers": [1, 1.5, -0.25, True, None],
    },
    cells=[
        new_markdown_cell("# Title\n\n$\\alpha$ \"quoted\" \u00a0 𝔼 \x7f", id="title"),
        new_code_cell("const a = `\\n`;\n\n", id="code", metadata={"tags": ["b", "a"], "nbgrader": {"points": 2}}),
        new_code_cell("", id="empty"),
        new_raw_cell("\n", id="raw"),
    ],
)
nbformat.write(notebook, "nbformat.ipynb")
