"""Toxicity models behind one seam: `embedded` (shipped, ONNX, no torch) and the real detoxify package.

onnxruntime's official builds make a device id, note down each use and send it to their maker, unless this is set before
they are loaded (its Privacy.md). A program that reads what children write tells nobody that it runs.
"""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"
