"""Checks written backward graphs: python3 check_backward.py BACKWARD.onnx...

Each model must pass the ONNX checker with full shape inference. Prints one line a model; exits with 1 if any fails.
`tessera vjp MODEL --to TENSOR --write BACKWARD.onnx` writes them.
"""

import sys

import onnx


def main(paths):
    failed = 0
    for path in paths:
        try:
            onnx.checker.check_model(path, full_check=True)
            model = onnx.load(path, load_external_data=False)
            print(f"ok    {path} (opset {model.opset_import[0].version}, {len(model.graph.node)} nodes)")
        except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
            failed += 1
            print(f"wrong {path}: {error}")
    return 1 if failed or not paths else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
