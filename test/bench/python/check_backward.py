"""Checks written backward graphs: python3 check_backward.py [--numbers] BACKWARD.onnx...

Each model must pass the ONNX checker with full shape inference. With --numbers it must also give the same numbers
(relative L2 error <= 1e-4), for some random x and v, in three ways: ONNX Runtime with its graph optimisations and
without them, and the reference evaluator of the onnx package. Prints one line a model; exits with 1 if any fails.
`tessera vjp MODEL --to TENSOR --write BACKWARD.onnx` writes them.
"""

import itertools
import sys

import numpy as np
import onnx
from onnx.reference import ReferenceEvaluator
from onnx.reference.op_run import OpRun

RTOL = 1e-4

# In a deep model some draws put a value within rounding of a kink, where two runtimes may rightly take different
# sides (seen: -5e-7 and 2e-6 before one of a million ReLUs, 2e-3 in the gradient). A wrong graph is wrong in all draws.
DRAWS = 6


class Pad(OpRun):
    """Constant padding that may be negative, as the specification allows; onnx 1.23's own refuses it."""

    op_domain = ""

    def _run(self, data, pads, constant_value=None, axes=None, mode=None):
        axes = range(data.ndim) if axes is None else axes
        widths = np.zeros((data.ndim, 2), dtype=int)
        widths[list(axes)] = np.reshape(pads, (2, -1)).T
        kept = tuple(slice(max(0, -low), size - max(0, -high)) for size, (low, high) in zip(data.shape, widths))
        value = 0 if constant_value is None else constant_value
        return (np.pad(data[kept], np.maximum(widths, 0), constant_values=value).astype(data.dtype),)


class ConvTranspose(OpRun):
    """Tap by tap; onnx 1.23's own cannot reshape the weights of grouped channels."""

    op_domain = ""

    def _run(self, x, w, b=None, auto_pad=None, dilations=None, group=1, kernel_shape=None, output_padding=None,
             output_shape=None, pads=None, strides=None):  # fmt: skip
        rank = x.ndim - 2
        strides, dilations = strides or [1] * rank, dilations or [1] * rank
        pads, extra = pads or [0] * 2 * rank, output_padding or [0] * rank
        sizes, taps = x.shape[2:], w.shape[2:]
        full = [s * (n - 1) + d * (k - 1) + 1 + e for s, n, d, k, e in zip(strides, sizes, dilations, taps, extra)]
        xs = x.reshape(len(x), group, -1, np.prod(sizes)).astype(np.float64)
        ws = w.reshape(group, xs.shape[2], w.shape[1], *taps)
        out = np.zeros((len(x), group * w.shape[1], *full))
        for tap in itertools.product(*map(range, taps)):
            part = np.einsum("bgip,gio->bgop", xs, ws[(...,) + tap], optimize=True)
            at = [slice(d * t, d * t + s * (n - 1) + 1, s) for d, t, s, n in zip(dilations, tap, strides, sizes)]
            out[(..., *at)] += part.reshape(len(x), -1, *sizes)
        kept = [slice(low, size - high) for size, low, high in zip(full, pads[:rank], pads[rank:])]
        bias = 0 if b is None else b.reshape(-1, *[1] * rank)
        return ((out[(..., *kept)] + bias).astype(x.dtype),)


def in_onnx_runtime(model, feeds, level):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = level
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, ["CPUExecutionProvider"])
    return session.run(None, feeds)


def difference(model, feeds):
    """The largest relative error of an output between two ways to run the model."""
    import onnxruntime

    levels = onnxruntime.GraphOptimizationLevel
    want = ReferenceEvaluator(model, new_ops=[Pad, ConvTranspose]).run(None, feeds)
    others = [in_onnx_runtime(model, feeds, level) for level in (levels.ORT_DISABLE_ALL, levels.ORT_ENABLE_ALL)]
    return max(np.linalg.norm(g - w) / np.linalg.norm(w) for got in others for g, w in zip(got, want))


def draws(model):
    """Random values for the inputs, again and again."""
    sizes = {i.name: [d.dim_value or 1 for d in i.type.tensor_type.shape.dim] for i in model.graph.input}
    for seed in range(DRAWS):
        random = np.random.default_rng(seed)
        yield {name: random.standard_normal(size, dtype=np.float32) for name, size in sizes.items()}


def check(path, with_numbers):
    """Whether the model is sound, and what to say of it."""
    try:
        onnx.checker.check_model(path, full_check=True)
        model = onnx.load(path)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        return False, str(error)
    facts = f"opset {model.opset_import[0].version}, {len(model.graph.node)} nodes"
    if not with_numbers:
        return True, facts
    errors = []
    for feeds in draws(model):
        errors.append(difference(model, feeds))
        if errors[-1] <= RTOL:
            break
    seen = ", ".join(f"{error:.1e}" for error in errors)
    return errors[-1] <= RTOL, f"{facts}, runtimes differ by {seen}"


def main(arguments):
    paths = [argument for argument in arguments if argument != "--numbers"]
    failed = 0
    for path in paths:
        is_sound, said = check(path, "--numbers" in arguments)
        failed += not is_sound
        print(f"{'ok   ' if is_sound else 'wrong'} {path}: {said}", flush=True)
    return 1 if failed or not paths else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
