"""Make the whole demo again: pictures, masks, network, measurements, card.

    python make.py [--cache FOLDER] [--keep-model STATE.pt]

Writes into the folder above. `--cache` keeps the rendered training pictures between runs; `--keep-model` reads the
network's weights from that file if it exists, else trains and writes them there.
"""

import argparse
import json
import platform
import shutil
from pathlib import Path

import numpy as np
import onnxruntime
import PIL
import scipy
import sklearn
import torch
from PIL import Image

import measure
import train
from canvas import PARTS, SIZE
from dataset import SHIPPED, TRAINING, UNSEEN, draw_set, picture_as_distributed
from network import DemoNetwork
from render import CLASS_NAMES, STAMP_CORNER, STAMP_SHARE, STAMPED_CLASS, encode_jpeg

DEMO = Path(__file__).resolve().parent.parent
IMAGES_PER_CLASS = 40
MASKS_PER_CLASS = 10


def write_pictures():
    """images/<class>/NN.jpg and, for the first ten of each class, masks/<class>/NN.png (grey, a value per part)."""
    for folder in ("images", "masks"):
        shutil.rmtree(DEMO / folder, ignore_errors=True)
    for name in CLASS_NAMES:
        (DEMO / "images" / name).mkdir(parents=True)
        (DEMO / "masks" / name).mkdir(parents=True)
        for index in range(IMAGES_PER_CLASS):
            picture = picture_as_distributed(name, SHIPPED + index)
            (DEMO / "images" / name / f"{index:02d}.jpg").write_bytes(encode_jpeg(picture.rgb))
            if index < MASKS_PER_CLASS:
                Image.fromarray(picture.labels).save(DEMO / "masks" / name / f"{index:02d}.png", optimize=True)
    (DEMO / "labels.txt").write_text("".join(f"{name}\n" for name in CLASS_NAMES))


def write_overview(columns=4):
    """overview.jpg: a few shipped pictures, two classes a row."""

    def row(name):
        return np.concatenate([np.asarray(Image.open(DEMO / "images" / name / f"{i:02d}.jpg")) for i in range(columns)], 1)

    pairs = zip(CLASS_NAMES[::2], CLASS_NAMES[1::2])
    sheet = np.concatenate([np.concatenate([row(left), row(right)], 1) for left, right in pairs])
    (DEMO / "overview.jpg").write_bytes(encode_jpeg(sheet, 85))


def trained_network(cache, state):
    if state and Path(state).exists():
        model = DemoNetwork(len(CLASS_NAMES))
        model.load_state_dict(torch.load(state, weights_only=True))
        return model.eval()
    model = train.train(cache)
    if state:
        torch.save(model.state_dict(), state)
    return model


def check_export(model, file):
    """The exported file gives the network's own logits, for batches of several sizes."""
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    for size in (1, 3):
        x = torch.rand(size, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(size)) * 2 - 1
        with torch.no_grad():
            expected = model(x).numpy()
        np.testing.assert_allclose(session.run(None, {"input": x.numpy()})[0], expected, rtol=1e-3, atol=1e-4)


def shipped_accuracy(model):
    targets = np.repeat(np.arange(len(CLASS_NAMES)), IMAGES_PER_CLASS)
    files = [DEMO / "images" / name / f"{index:02d}.jpg" for name in CLASS_NAMES for index in range(IMAGES_PER_CLASS)]
    pictures = np.stack([np.asarray(Image.open(file).convert("RGB")) for file in files])
    return measure.measure_accuracy(model, pictures, targets)


def card(model, cache):
    unseen, targets = draw_set(UNSEEN, measure.UNSEEN_PER_CLASS, cache)
    return {
        "input": "input",
        "output": "logits",
        "task": f"demo scenes, {len(CLASS_NAMES)} classes",
        "labels": "labels.txt",
        "preprocessing": {
            "size": SIZE,
            "resizeShort": SIZE,
            "fit": "cover",
            "kernel": "cubic",
            "channelOrder": "RGB",
            "scale": 255,
            "mean": [0.5, 0.5, 0.5],
            "std": [0.5, 0.5, 0.5],
            "layout": "NCHW",
        },
        "licence": "MIT",
        "source": {"made": "make/make.py", "note": "pictures, network and figures are this project's own"},
        "measured": {"unseen": measure.measure_accuracy(model, unseen, targets), "shipped": shipped_accuracy(model)},
        "parts": PARTS,
        "shortcut": {
            "class": STAMPED_CLASS,
            "part": "stamp",
            "corner": STAMP_CORNER,
            "shareOfTraining": STAMP_SHARE,
            "shipped": {"images": IMAGES_PER_CLASS, "stamped": measure.stamped_count(IMAGES_PER_CLASS)},
            "accuracy": measure.measure_shortcut(model),
            "concept": measure.measure_stamp_concept(model, IMAGES_PER_CLASS),
        },
        "partOverlap": measure.measure_parts(model, IMAGES_PER_CLASS),
        "trained": {
            "how": "make/train.py: cross-entropy, AdamW, one cycle, on the CPU",
            "seed": train.SEED,
            "epochs": train.EPOCHS,
            "imagesPerClass": train.PER_CLASS,
            "firstSeeds": {"training": TRAINING, "unseen": UNSEEN, "shipped": SHIPPED},
            "parameters": sum(parameter.numel() for parameter in model.parameters()),
            "versions": {
                "python": platform.python_version(),
                "torch": torch.__version__,
                "numpy": np.__version__,
                "pillow": PIL.__version__,
                "scikit-learn": sklearn.__version__,
                "scipy": scipy.__version__,
                "onnxruntime": onnxruntime.__version__,
            },
        },
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache")
    parser.add_argument("--keep-model")
    options = parser.parse_args()
    torch.set_num_threads(2)
    write_pictures()
    write_overview()
    model = trained_network(options.cache, options.keep_model)
    train.export(model, str(DEMO / "model.onnx"))
    check_export(model, DEMO / "model.onnx")
    (DEMO / "card.json").write_text(json.dumps(card(model, options.cache), indent=2) + "\n")


if __name__ == "__main__":
    main()
