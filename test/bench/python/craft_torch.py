"""Times deel-ai/Craft on an ONNX model: python3 craft_torch.py MODEL.onnx TENSOR PICTURES.f32 COUNT CLASS CONCEPTS PATCH THREADS

PICTURES.f32 holds COUNT pictures as the model takes them, channels first, decoded and normalised before: that costs Craft
nothing here. The model is rebuilt from torch operators, its two parts before and after TENSOR. Prints one JSON line: wall
and processor milliseconds of fit (crops of PATCH pixels), of estimate_importance and of transform, all at Craft's defaults,
and how many crops there were.

Needs torch, onnx, scikit-learn and Craft-xai (without its dependencies: of TensorFlow it imports the name alone).
"""

import json
import sys
import time
import types

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from vjp_torch import OPERATORS

# Craft's torch half imports a sampler module that begins with this import and never uses it here.
sys.modules.setdefault("tensorflow", types.ModuleType("tensorflow"))
from craft.craft_torch import Craft  # noqa: E402

FURTHER = {
    "GlobalAveragePool": lambda _, x: x.mean((2, 3), keepdim=True),
    "Flatten": lambda _, x: x.flatten(1),
}


def part(graph, start, end):
    """A function from tensor `start` to tensor `end`."""
    constants = {t.name: torch.tensor(numpy_helper.to_array(t)) for t in graph.initializer}
    for node in graph.node:
        if node.op_type == "Constant":
            constants[node.output[0]] = torch.tensor(numpy_helper.to_array(node.attribute[0].t))
    needed, steps = {end}, []
    for node in reversed(graph.node):
        if node.op_type == "Constant" or not needed & set(node.output):
            continue
        if start in node.output:
            continue
        needed |= set(node.input)
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        operator = {**OPERATORS, **FURTHER}[node.op_type]
        steps.append((operator, attributes, list(node.input), node.output[0]))
    steps.reverse()

    def run(x):
        values = {**constants, start: x}
        for operator, attributes, inputs, output in steps:
            values[output] = operator(attributes, *(values[i] if i else None for i in inputs))
        return values[end]

    return run


def timed(run):
    start, start_processor = time.perf_counter(), time.process_time()
    result = run()
    return result, [1000 * (time.perf_counter() - start), 1000 * (time.process_time() - start_processor)]


def main(path, tensor, pictures, count, class_id, concepts, patch, threads):
    torch.set_num_threads(int(threads))
    graph = onnx.load(path).graph
    entry = next(i for i in graph.input if i.name not in {t.name for t in graph.initializer}).name
    inputs = torch.tensor(np.fromfile(pictures, dtype=np.float32))
    side = int((inputs.numel() / int(count) / 3) ** 0.5)
    inputs = inputs.view(int(count), 3, side, side)
    latent = part(graph, entry, tensor)
    is_last = [d.dim_value for d in next(i for i in graph.input if i.name == entry).type.tensor_type.shape.dim][3] == 3
    craft = Craft(
        input_to_latent=(lambda x: latent(x.permute(0, 2, 3, 1))) if is_last else latent,
        latent_to_logit=part(graph, tensor, graph.output[0].name),
        number_of_concepts=int(concepts),
        patch_size=int(patch),
        device="cpu",
    )
    (crops, _, _), fit = timed(lambda: craft.fit(inputs))
    _, importance = timed(lambda: craft.estimate_importance(inputs, int(class_id)))
    _, transform = timed(lambda: craft.transform(inputs))
    print(json.dumps({"fit": fit, "importance": importance, "transform": transform, "crops": len(crops)}))


if __name__ == "__main__":
    with torch.no_grad():
        main(*sys.argv[1:])
