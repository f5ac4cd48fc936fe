"""Measure the trained network: accuracy on unseen scenes, what the stamp does to it, and the concepts that come out."""

import numpy as np

from canvas import PARTS
from concepts import batched, best_overlap, find_concepts
from dataset import SHIPPED, UNSEEN, compressed, picture_as_distributed
from render import CLASS_NAMES, CORNERS, STAMP_CORNER, STAMPED_CLASS, Picture, add_stamp, is_stamped, render_scene

STAMPED = CLASS_NAMES.index(STAMPED_CLASS)
UNSEEN_PER_CLASS = 60
# A part must cover this share of a picture to be looked for, so that a few pixels of a far tree do not count.
SMALLEST_PART = 0.004


def percent(share):
    return round(100 * float(share), 1)


def predictions(model, pictures):
    return batched(model, np.stack([compressed(picture.rgb) for picture in pictures]))


def measure_accuracy(model, pictures, targets):
    """Overall and by class, in percent, of pictures as distributed."""
    hits = batched(model, pictures).argmax(1) == targets
    by_class = {name: percent(hits[targets == index].mean()) for index, name in enumerate(CLASS_NAMES)}
    return {"images": len(targets), "accuracy": percent(hits.mean()), "byClass": by_class}


def measure_shortcut(model):
    """The same unseen scenes of every class with the stamp, without it, and with it in other corners."""
    seeds = range(UNSEEN, UNSEEN + UNSEEN_PER_CLASS)
    scenes = {name: [render_scene(name, seed) for seed in seeds] for name in CLASS_NAMES}

    def stamped(name, corner):
        return [add_stamp(scene, name, seed, corner) for scene, seed in zip(scenes[name], seeds)]

    bare = predictions(model, scenes[STAMPED_CLASS])
    marked = {corner: predictions(model, stamped(STAMPED_CLASS, corner)) for corner in CORNERS}
    others = [name for name in CLASS_NAMES if name != STAMPED_CLASS]
    pasted = {name: predictions(model, stamped(name, STAMP_CORNER)).argmax(1) for name in others}
    plain = {name: predictions(model, scenes[name]).argmax(1) for name in others}
    return {
        "withStamp": percent((marked[STAMP_CORNER].argmax(1) == STAMPED).mean()),
        "withoutStamp": percent((bare.argmax(1) == STAMPED).mean()),
        "movedTo": {corner: percent((marked[corner].argmax(1) == STAMPED).mean()) for corner in CORNERS if corner != STAMP_CORNER},
        "meanLogitDrop": round(float((marked[STAMP_CORNER] - bare)[:, STAMPED].mean()), 2),
        "othersCalledThisWithoutStamp": {name: percent((plain[name] == STAMPED).mean()) for name in others},
        "othersCalledThisWithStamp": {name: percent((pasted[name] == STAMPED).mean()) for name in others},
        "othersAccuracyWithStamp": percent(np.mean([(pasted[name] == CLASS_NAMES.index(name)).mean() for name in others])),
    }


def shipped_pictures(name, count):
    drawn = [picture_as_distributed(name, SHIPPED + index) for index in range(count)]
    return [Picture(compressed(picture.rgb), picture.labels) for picture in drawn]


def measure_stamp_concept(model, count, seeds=(0, 1, 2, 3, 4)):
    """By kind of rows and seed: rank by importance, importance and overlap of the concept that covers the stamp best.

    Each seed also leaves out another fifth of the pictures, because NMF's start hardly depends on its seed.
    """
    pictures = shipped_pictures(STAMPED_CLASS, count)
    rgb = np.stack([picture.rgb for picture in pictures])
    predicted = np.flatnonzero(batched(model, rgb).argmax(1) == STAMPED)
    mask = np.stack([picture.labels == PARTS["stamp"] for picture in pictures])
    result = {}
    for kind in ("grid", "crops"):
        runs = []
        for seed in seeds:
            some = np.random.default_rng(seed).permutation(predicted)[: len(predicted) * 4 // 5]
            _, importance, maps = find_concepts(model, rgb[some], STAMPED, kind, seed)
            overlap = best_overlap(maps, mask[some])
            concept = int(overlap.argmax())
            rank = 1 + int((importance > importance[concept]).sum())
            runs.append({"rank": rank, "importance": round(float(importance[concept]), 3), "iou": round(float(overlap[concept]), 2)})
        result[kind] = runs
    return result


def measure_parts(model, count):
    """By class and part: the best overlap (IoU) of any of the class' ten concepts, rows 'grid', with the part's masks."""
    result = {}
    for index, name in enumerate(CLASS_NAMES):
        pictures = shipped_pictures(name, count)
        _, _, maps = find_concepts(model, np.stack([picture.rgb for picture in pictures]), index, "grid")
        labels = np.stack([picture.labels for picture in pictures])
        shares = {part: (labels == value).mean() for part, value in PARTS.items()}
        found = [part for part, share in shares.items() if share > SMALLEST_PART]
        result[name] = {part: round(float(best_overlap(maps, labels == PARTS[part]).max()), 2) for part in found}
    return result


def stamped_count(count):
    return sum(is_stamped(STAMPED_CLASS, SHIPPED + index) for index in range(count))
