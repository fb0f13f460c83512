#!/usr/bin/env python3
"""Runs the notebooks in Jupyter with the kernel jjava and stores their outputs.

    python3 -m venv venv && venv/bin/pip install nbclient nbformat jjava
    examples/deepcache doctor          # builds the class path that the notebooks use
    venv/bin/python examples/notebooks/run_notebooks.py [--check] [01-anatomy.ipynb ...]

With --check nothing is written. Of pictures only the picture is kept, not the text beside it, which names
objects by their address. A cell that fails, or one that leaves anything but text and pictures, ends the run.
"""
import os
import pathlib
import sys

import nbclient
import nbformat

FOLDER = pathlib.Path(__file__).resolve().parent
PICTURES = ("image/png", "image/svg+xml")


def run(path, check):
    notebook = nbformat.read(path, as_version=4)
    client = nbclient.NotebookClient(
        notebook, timeout=3600, kernel_name="java", record_timing=False, resources={"metadata": {"path": str(FOLDER)}}
    )
    client.execute()
    for number, cell in enumerate(notebook.cells):
        kept = []
        for output in cell.get("outputs", []):
            picture = [kind for kind in PICTURES if kind in output.get("data", {})]
            if output.output_type == "display_data" and picture:
                output.data = {picture[0]: output.data[picture[0]]}
                kept.append(output)
            elif output.output_type != "stream" or output.name != "stdout":
                raise SystemExit(f"{path.name}: cell {number} left {output}")
            elif kept and kept[-1].output_type == "stream":
                kept[-1].text += output.text  # the kernel sends each write by itself
            else:
                kept.append(output)
        if "outputs" in cell:
            cell.outputs = kept
    notebook.metadata.pop("widgets", None)
    if not check:
        nbformat.write(notebook, path)
    print(path.name, "ran", path.stat().st_size, "bytes")


def main():
    # the kernel that pip put beside this Python
    os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]
    os.environ.setdefault("JUPYTER_PREFER_ENV_PATH", "1")
    names = [name for name in sys.argv[1:] if name != "--check"]
    paths = [FOLDER / pathlib.Path(name).name for name in names] or sorted(FOLDER.glob("*.ipynb"))
    for path in paths:
        run(path, "--check" in sys.argv)


main()
