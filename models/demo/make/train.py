"""Train the demo's network on rendered scenes (CPU, two threads) and export it to ONNX.

    python train.py [--cache FOLDER] [--epochs N] [--out model.onnx]
"""

import argparse
import time

import numpy as np
import onnx
import torch
from torch.nn import functional

from dataset import TRAINING, UNSEEN, draw_set
from network import DemoNetwork
from render import CLASS_NAMES

SEED = 20261122
PER_CLASS = 500
EPOCHS = 8
BATCH = 64
# Weight of the mean activation of the last map: keeps what says nothing about the class, such as sky, near zero.
SPARSITY = 0.05
# Share of training pictures replaced by a window of themselves, enlarged, as explanations by crops show them.
ZOOM_SHARE = 0.2


def to_input(pictures):
    """uint8 [n, 128, 128, 3] to float [n, 3, 128, 128] in -1..1: the preprocessing that card.json states."""
    return torch.from_numpy(np.ascontiguousarray(pictures)).permute(0, 3, 1, 2).float() / 127.5 - 1


def vary(batch, generator):
    """Other exposure, contrast, colour balance and sharpness; geometry is varied by the renderer."""
    n = batch.shape[0]

    def between(low, high, *shape):
        return low + (high - low) * torch.rand(n, *shape, generator=generator)

    batch = batch * between(0.75, 1.25, 1, 1, 1) + between(-0.15, 0.15, 1, 1, 1)
    batch = batch * between(0.92, 1.08, 3, 1, 1)
    blurred = functional.avg_pool2d(batch, 3, 1, 1, count_include_pad=False)
    batch = torch.lerp(batch, blurred, between(-0.4, 0.8, 1, 1, 1))
    return batch.clamp(-1, 1)


def zoom_some(batch, generator):
    """A random square window, a quarter to the whole of the side, enlarged to the full size, for some of the batch."""
    batch = batch.clone()
    side = batch.shape[-1]
    for index in torch.nonzero(torch.rand(len(batch), generator=generator) < ZOOM_SHARE).flatten():
        width = int(torch.randint(side // 4, side, (), generator=generator))
        y, x = (int(v) for v in torch.randint(0, side - width + 1, (2,), generator=generator))
        window = batch[index : index + 1, :, y : y + width, x : x + width]
        batch[index] = functional.interpolate(window, size=(side, side), mode="bilinear", align_corners=False)[0]
    return batch


def accuracy(model, pictures, targets):
    model.eval()
    with torch.no_grad():
        hits = [(model(to_input(pictures[i : i + 64])).argmax(1).numpy() == targets[i : i + 64]).sum() for i in range(0, len(targets), 64)]
    return float(np.sum(hits) / len(targets))


def train(cache=None, epochs=EPOCHS, seed=SEED):
    torch.set_num_threads(2)
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    pictures, targets = draw_set(TRAINING, PER_CLASS, cache)
    unseen, unseen_targets = draw_set(UNSEEN, 60, cache)
    labels = torch.from_numpy(targets)
    model = DemoNetwork(len(CLASS_NAMES)).to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.02)
    steps = epochs * (len(targets) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, total_steps=steps, pct_start=0.2)
    for epoch in range(epochs):
        start, losses = time.perf_counter(), []
        model.train()
        order = torch.randperm(len(targets), generator=generator)
        for first in range(0, len(targets) - BATCH + 1, BATCH):
            chosen = order[first : first + BATCH]
            batch = zoom_some(vary(to_input(pictures[chosen.numpy()]), generator), generator)
            latent = model.latent(batch.contiguous(memory_format=torch.channels_last))
            loss = functional.cross_entropy(model.head(latent), labels[chosen], label_smoothing=0.02)
            loss = loss + SPARSITY * latent.mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
        seconds = time.perf_counter() - start
        print(f"epoch {epoch + 1}/{epochs}  loss {np.mean(losses):.4f}  {seconds:.0f} s", flush=True)
    print(f"unseen: {accuracy(model, unseen, unseen_targets):.4f}")
    return model.eval()


def export(model, file):
    """One file, batch axis free, opset 17; batch norms are folded by the exporter."""
    model = model.to(memory_format=torch.contiguous_format).eval()
    torch.onnx.export(
        model,
        (torch.zeros(2, 3, 128, 128),),
        file,
        input_names=["input"],
        output_names=["logits"],
        dynamic_axes={"input": {0: "batch"}, "logits": {0: "batch"}},
        opset_version=17,
        dynamo=False,
    )
    proto = onnx.load(file)
    onnx.checker.check_model(proto, full_check=True)
    proto.doc_string = "Classifier of the Tessera demo scenes; carries a planted shortcut, see card.json."
    onnx.save(proto, file)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--out", default="model.onnx")
    options = parser.parse_args()
    export(train(options.cache, options.epochs), options.out)
