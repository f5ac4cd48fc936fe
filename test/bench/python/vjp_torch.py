"""Times torch autograd on an ONNX model: python3 vjp_torch.py MODEL.onnx TENSOR CONCEPTS THREADS

Rebuilds the graph up to TENSOR from torch operators, with weights that need no gradient, and differentiates by the
image. Prints one JSON line: milliseconds of a forward pass that keeps what the backward needs, and of one cotangent's
backward pass, each the best of several, in wall and in processor time. `backward` is torch's fastest of four ways:
cotangents one after another or as a vmapped batch, tensors with channels first or last; `way` names it, `plain` is the
first of them, which is what torch does unasked.
"""

import json
import sys
import time

import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper

REPEATS = 3


def pads_of(attributes):
    begin_y, begin_x, end_y, end_x = attributes.get("pads", [0, 0, 0, 0])
    return begin_x, end_x, begin_y, end_y


def conv(attributes, x, weight, bias=None):
    left, right, top, bottom = pads_of(attributes)
    if (left, top) != (right, bottom):
        x, left, top = F.pad(x, (left, right, top, bottom)), 0, 0
    return F.conv2d(
        x,
        weight,
        bias,
        stride=attributes.get("strides", [1, 1]),
        padding=(top, left),
        dilation=attributes.get("dilations", [1, 1]),
        groups=attributes.get("group", 1),
    )


def max_pool(attributes, x):
    left, right, top, bottom = pads_of(attributes)
    x = F.pad(x, (left, right, top, bottom), value=float("-inf")) if any((left, right, top, bottom)) else x
    return F.max_pool2d(x, attributes["kernel_shape"], attributes.get("strides", [1, 1]))


def clip(attributes, x, low=None, high=None):
    low = attributes.get("min") if low is None else float(low)
    high = attributes.get("max") if high is None else float(high)
    return F.relu6(x) if (low, high) == (0.0, 6.0) else torch.clamp(x, low, high)


OPERATORS = {
    "Add": lambda _, a, b: a + b,
    "BatchNormalization": lambda at, x, scale, bias, mean, var: F.batch_norm(
        x, mean, var, scale, bias, eps=at.get("epsilon", 1e-5)
    ),
    "Clip": clip,
    "Concat": lambda at, *xs: torch.cat(xs, at["axis"]),
    "Conv": conv,
    "Dropout": lambda _, x, *rest: x,
    "Identity": lambda _, x: x,
    "MaxPool": max_pool,
    "Relu": lambda _, x: torch.relu(x),
    "Transpose": lambda at, x: x.permute(at["perm"]),
}


def compile_until(graph, tensor, layout):
    """A function from the image to `tensor`, walking only the nodes that it needs."""
    constants = {t.name: torch.tensor(numpy_helper.to_array(t)) for t in graph.initializer}
    constants = {k: v.contiguous(memory_format=layout) if v.dim() == 4 else v for k, v in constants.items()}
    for node in graph.node:
        if node.op_type == "Constant":
            constants[node.output[0]] = torch.tensor(numpy_helper.to_array(node.attribute[0].t))
    needed, steps = {tensor}, []
    for node in reversed(graph.node):
        if node.op_type != "Constant" and needed & set(node.output):
            needed |= set(node.input)
            attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
            steps.append((OPERATORS[node.op_type], attributes, list(node.input), node.output[0]))
    steps.reverse()
    entry = next(i for i in graph.input if i.name not in constants)
    sizes = [d.dim_value or 1 for d in entry.type.tensor_type.shape.dim]

    def run(image):
        values = dict(constants)
        values[entry.name] = image
        for operator, attributes, inputs, output in steps:
            values[output] = operator(attributes, *(values[i] if i else None for i in inputs))
        return values[tensor]

    return run, sizes


def best(run):
    wall = processor = float("inf")
    for _ in range(REPEATS):
        start, start_processor = time.perf_counter(), time.process_time()
        run()
        wall = min(wall, time.perf_counter() - start)
        processor = min(processor, time.process_time() - start_processor)
    return 1000 * wall, 1000 * processor


def backward_of(value, image, cotangents, batched):
    def one_by_one():
        for v in cotangents:
            torch.autograd.grad(value, image, v, retain_graph=True)

    def at_once():
        torch.autograd.grad(value, image, cotangents, retain_graph=True, is_grads_batched=True)

    return at_once if batched else one_by_one


LAYOUTS = {"channels first": torch.contiguous_format, "channels last": torch.channels_last}


def main(path, tensor, concepts, threads):
    torch.set_num_threads(int(threads))
    forwards, backwards = [], []
    for name, layout in LAYOUTS.items():
        model, sizes = compile_until(onnx.load(path).graph, tensor, layout)
        image = torch.randn(*sizes).contiguous(memory_format=layout).requires_grad_()
        forwards.append(best(lambda: model(image)))
        value = model(image)
        cotangents = torch.randn(int(concepts), *value.shape)
        for batched in (False, True):
            whole = best(backward_of(value, image, cotangents, batched))
            way = f"{name}, {'a batch' if batched else 'one by one'}"
            backwards.append(([ms / int(concepts) for ms in whole], way))
    backward, way = min(backwards, key=lambda pair: pair[0][1])
    forward = min(forwards, key=lambda t: t[1])
    print(json.dumps({"forward": forward, "backward": backward, "way": way, "plain": backwards[0][0]}))


if __name__ == "__main__":
    main(*sys.argv[1:])
