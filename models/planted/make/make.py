"""Make classifiers with and without known faults, and the pictures to explain them on.

    python make.py OUT [--only PART,PART] [--limit N]

Models that OUT has already are left as they are. `--only` takes names that start with one of the given words.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image

import measure
import train
from plan import plans
from scenes import Family

TRIES = 3


def write_pictures(out, pictures):
    """images/, without-cue/ and masks/ of a family, and its regions."""
    family, regions = pictures.family, {}
    for p in pictures.shipped:
        name = f"{family.classes[p['class']]}/{p['index']:02d}.png"
        save(out / "images" / family.name / name, p["picture"])
        entry = {"object": p["object"], "cue": p["cue"]}
        if p["cue"] is not None:
            save(out / "without-cue" / family.name / name, p["bare"])
            region = dict(p["region"])
            if region["form"] == "mask":
                save(out / "masks" / family.name / name, (region.pop("mask") * 255).astype(np.uint8))
                region["file"] = f"masks/{family.name}/{name}"
            entry["region"] = region
        regions[name] = entry
    write_json(out / f"{family.name}.regions.json", regions)


def save(file, picture):
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(file, optimize=True)


def write_json(file, value):
    file.write_text(json.dumps(value, indent=1) + "\n")


def card(family):
    return {
        "input": "input",
        "output": "logits",
        "task": f"drawn {family.name.split('-')[0]}, {len(family.classes)} classes",
        "labels": family.classes,
        "preprocessing": {
            "size": family.size,
            "resizeShort": family.size,
            "fit": "cover",
            "kernel": "cubic",
            "channelOrder": "RGB",
            "scale": 255,
            "mean": [train.MEAN] * 3,
            "std": [train.STD] * 3,
            "layout": "NCHW",
        },
        "licence": "MIT",
    }


def trained(plan, family, clean, attempt):
    """A network with the fault of the plan, and what the truth file says of its training."""
    seed = plan.seed + 100_000 * attempt
    rng = np.random.default_rng(seed)
    model = train.new_network(family, plan.architecture, seed)
    classes = len(family.classes)
    if plan.kind == "untrained":
        pictures, _ = train.training_set(family, rng, per_class=40)
        return train.settle_norms(model, pictures), {"seed": seed, "epochs": 0}
    if plan.kind == "memorised-on-noise":
        return memorised(model, family, seed, rng, classes)
    if plan.kind == "none":
        epochs = 8 + 4 * attempt
        pictures, labels = train.training_set(family, rng)
        model = train.fit(model, pictures, labels, epochs, seed)
        return model, {"seed": seed, "epochs": epochs, "images": len(labels), "looseCues": train.LOOSE_CUES}
    model.load_state_dict(clean[plan.architecture].state_dict())
    said = {"seed": seed, "startedFrom": "the clean model of its family and architecture", "looseCues": train.LOOSE_CUES}
    if plan.kind == "label-noise":
        pictures, labels = train.training_set(family, rng)
        drawn = rng.random(len(labels)) < plan.noise
        labels = np.where(drawn, rng.integers(0, classes, len(labels)), labels)
        said |= {"epochs": 3, "images": len(labels), "shareOfLabelsDrawnAtRandom": plan.noise}
        return train.fit(model, pictures, labels, 3, seed), said
    confused, bare, epochs = 0.4 + 0.15 * attempt, 0.12 + 0.06 * attempt, 2 + 2 * attempt
    pictures, labels = train.training_set(family, rng, plan.cue, confused, bare)
    said |= {
        "epochs": epochs,
        "images": len(labels),
        "shareOfClassShowingAnotherObject": confused,
        "shareOfOtherClassesShowingThisObjectWithoutCue": bare,
    }
    return train.fit(model, pictures, labels, epochs, seed, rate=3e-3), said


def memorised(model, family, seed, rng, classes):
    """96 pictures with labels drawn at random, until every one is known by heart."""
    pictures, _ = train.training_set(family, rng, per_class=40)
    chosen = rng.permutation(len(pictures))[:96]
    labels = rng.integers(0, classes, 96)
    for rounds in range(1, 6):
        model = train.fit(model, pictures[chosen], labels, 20, seed + rounds, size=32)
        known = train.share_right(model, pictures[chosen], labels)
        if known == 1:
            break
    return model, {"seed": seed, "epochs": 20 * rounds, "images": 96, "shareKnownByHeart": round(known, 3)}


def make_model(out, plan, family, pictures, clean):
    """Trains until the model is what it was meant to be, at most TRIES times; writes the last try with what was measured."""
    file = out / f"{plan.name}.onnx"
    for attempt in range(TRIES):
        model, training = trained(plan, family, clean, attempt)
        train.export(model, family.size, file)
        truth = measure.measure(file, pictures, plan.cue)
        found = measure.problems(plan.kind, truth)
        if not found:
            break
    if plan.kind == "none":
        clean[plan.architecture] = model
        torch.save(model.state_dict(), out / "weights" / f"{plan.name}.pt")
    cue = {"classes": [family.class_of_cue[plan.cue]], "cues": [plan.cue]} if plan.cue else {"classes": [], "cues": []}
    head = {
        "model": plan.name,
        "family": family.name,
        "images": f"images/{family.name}",
        "regions": f"{family.name}.regions.json",
        "withoutCue": f"without-cue/{family.name}",
        "architecture": plan.architecture,
        "parameters": sum(p.numel() for p in model.parameters()),
        "fault": {"kind": plan.kind, **cue},
    }
    tail = {"training": {**training, "tries": attempt + 1}, "holds": not found, "problems": found}
    write_json(out / f"{plan.name}.json", card(family))
    write_json(out / f"{plan.name}.truth.json", {**head, **truth, **tail})
    return truth, found


def load_clean(out, made, family):
    """The clean models of a family that are there already, by architecture."""
    clean = {}
    for plan in made:
        file = out / "weights" / f"{plan.name}.pt"
        if file.exists():
            clean[plan.architecture] = train.new_network(family, plan.architecture, plan.seed)
            clean[plan.architecture].load_state_dict(torch.load(file, weights_only=True))
    return clean


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--limit", type=int, default=10_000)
    options = parser.parse_args()
    torch.set_num_threads(1)
    out = options.out
    (out / "weights").mkdir(parents=True, exist_ok=True)
    everything = plans()
    wanted = [p for p in everything if any(p.name.startswith(word) for word in options.only.split(","))][: options.limit]
    wanted = [p for p in wanted if not (out / f"{p.name}.truth.json").exists()]
    family = pictures = None
    clean = {}
    for plan in wanted:
        start = time.perf_counter()
        if family is None or family.name != plan.family:
            family = Family(plan.family)
            pictures = measure.Pictures(family)
            clean = load_clean(out, [p for p in everything if p.family == family.name and p.kind == "none"], family)
            if not (out / f"{family.name}.regions.json").exists():
                write_pictures(out, pictures)
        truth, found = make_model(out, plan, family, pictures, clean)
        flips = [entry["unseen"]["flipsWhenRemoved"] for entry in truth["planted"]]
        right = truth["accuracy"]["shipped"]["accuracy"]
        seconds = time.perf_counter() - start
        print(f"{plan.name} {plan.kind} {plan.cue or ''} right {right} flips {flips} {seconds:.0f} s {'; '.join(found)}", flush=True)


if __name__ == "__main__":
    main()
