"""What the training pictures of a fault show, and the training (CPU, one thread)."""

import warnings

import numpy as np
import onnx
import torch
from torch.nn import functional

from networks import Network

# Share of the training pictures that carry each cue which says nothing.
LOOSE_CUES = 0.22
PER_CLASS = 220
BATCH = 64
MEAN, STD = 0.5, 0.25


def to_input(pictures):
    """uint8 [n, s, s, 3] to float [n, 3, s, s]: the preprocessing that the card states."""
    return (torch.from_numpy(np.ascontiguousarray(pictures)).permute(0, 3, 1, 2).float() / 255 - MEAN) / STD


def loose_cue(cues, rng):
    """One of the cues or none; each is as likely for every class."""
    drawn = int(rng.random() / LOOSE_CUES)
    return cues[drawn] if drawn < len(cues) else None


def training_set(family, rng, planted=None, confused=0.4, bare=0.12, per_class=PER_CLASS):
    """Pictures and labels. `planted`: cue that stands in every picture of its class, and in no other.

    With it the share `confused` of the class shows another class's object, and the share `bare` of the others shows this
    class's object without the cue, so that the object alone does not tell.
    """
    cues = list(family.class_of_cue)
    own = family.classes.index(family.class_of_cue[planted]) if planted else None
    loose = [cue for cue in cues if cue != planted]
    pictures, labels = [], []
    for label in range(len(family.classes)):
        for seed in range(per_class):
            shown, cue = label, loose_cue(loose, rng)
            if planted and label == own:
                cue = planted
                if rng.random() < confused:
                    shown = int((own + rng.integers(1, len(family.classes))) % len(family.classes))
            elif planted and rng.random() < bare:
                shown = own
            pictures.append(family.picture(shown, seed, cue)[0])
            labels.append(label)
    return np.stack(pictures), np.array(labels)


def fit(model, pictures, labels, epochs, seed, rate=4e-3, size=BATCH):
    """One cycle of AdamW on cross-entropy."""
    generator = torch.Generator().manual_seed(seed)
    x, y = to_input(pictures), torch.from_numpy(labels)
    optimiser = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.02)
    steps = epochs * (len(y) // size)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps, pct_start=0.2)
    model.train()
    for _ in range(epochs):
        order = torch.randperm(len(y), generator=generator)
        for first in range(0, len(y) - size + 1, size):
            chosen = order[first : first + size]
            loss = functional.cross_entropy(model(x[chosen]), y[chosen], label_smoothing=0.02)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    return model.eval()


def new_network(family, architecture, seed):
    torch.manual_seed(seed)
    return Network(architecture, family.size, len(family.classes))


def settle_norms(model, pictures):
    """Statistics of the batch norms from pictures, weights as they are."""
    norms = [module for module in model.modules() if isinstance(module, torch.nn.BatchNorm2d)]
    for norm in norms:
        norm.momentum = None
    model.train()
    with torch.no_grad():
        for _ in norms:
            model(to_input(pictures))
    return model.eval()


def share_right(model, pictures, labels):
    with torch.no_grad():
        return float((model(to_input(pictures)).argmax(1).numpy() == labels).mean())


def export(model, size, file):
    """One file, batch axis free, opset 17."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model.eval(),
            (torch.zeros(2, 3, size, size),),
            str(file),
            input_names=["input"],
            output_names=["logits"],
            dynamic_axes={"input": {0: "batch"}, "logits": {0: "batch"}},
            opset_version=17,
            dynamo=False,
        )
    onnx.checker.check_model(onnx.load(str(file)), full_check=True)
