"""Activations of one layer on real photos, as a float32 matrix [photos * positions, channels].

Writes raw little-endian float32, row-major, and prints {"rows", "cols"} as JSON.
Rows run over photos, then over grid positions; photos are taken in turn from the folders, sorted by name.

    python3 make_activations.py MODEL.onnx CARD.json TENSOR PHOTO_COUNT OUT.f32 FOLDER...

Needs numpy, onnx, onnxruntime and pillow.
"""

import json
import sys
from itertools import chain, zip_longest
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from PIL import Image


def photos_in_turn(folders, count):
    lists = [sorted(p for p in Path(folder).iterdir() if p.is_file()) for folder in folders]
    mixed = [photo for photo in chain(*zip_longest(*lists)) if photo is not None]
    return mixed[:count]


def load(path, prep):
    """Shorter side to `resizeShort`, centre crop, normalised; [H, W, 3]."""
    picture = Image.open(path).convert("RGB")
    scale = prep["resizeShort"] / min(picture.size)
    picture = picture.resize([round(side * scale) for side in picture.size], Image.BICUBIC)
    left, top = [(side - prep["size"]) // 2 for side in picture.size]
    picture = picture.crop((left, top, left + prep["size"], top + prep["size"]))
    values = np.asarray(picture, np.float32) / prep["scale"]
    return (values - np.float32(prep["mean"])) / np.float32(prep["std"])


def with_output(model_path, tensor):
    model = onnx.load(model_path)
    del model.graph.output[:]
    model.graph.output.append(onnx.helper.make_tensor_value_info(tensor, onnx.TensorProto.FLOAT, None))
    return onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])


def main():
    model_path, card_path, tensor, count, out, *folders = sys.argv[1:]
    prep = json.loads(Path(card_path).read_text())["preprocessing"]
    session = with_output(model_path, tensor)
    feed = session.get_inputs()[0].name
    blocks = []
    for photo in photos_in_turn(folders, int(count)):
        pixels = load(photo, prep)
        if prep["layout"] == "NCHW":
            pixels = pixels.transpose(2, 0, 1)
        maps = session.run(None, {feed: pixels[None]})[0]  # [1, channels, height, width]
        blocks.append(maps[0].reshape(maps.shape[1], -1).T)
    matrix = np.ascontiguousarray(np.concatenate(blocks), dtype="<f4")
    matrix.tofile(out)
    print(json.dumps({"rows": matrix.shape[0], "cols": matrix.shape[1]}))


if __name__ == "__main__":
    main()
