"""Toxicity models behind one seam: `embedded` (shipped, ONNX, no torch) and the real detoxify package."""
