"""What a model does, with ONNX Runtime on the exported file: accuracy, and what its cues change."""

import numpy as np
import onnxruntime

from train import MEAN, STD

UNSEEN, FRESH, SHIPPED = 100_000, 200_000, 300_000
UNSEEN_PER_CLASS, FRESH_PER_CLASS, SHIPPED_PER_CLASS = 60, 60, 26
SHARE_CARRYING = 0.9

# A shortcut flips at least PLANTED_FLIPS per cent of its class's decisions when its cue is removed; a cue of a
# clean model at most CLEAN_FLIPS, and of a model with another shortcut at most SIBLING_FLIPS.
PLANTED_FLIPS, CLEAN_FLIPS, SIBLING_FLIPS = 40.0, 10.0, 20.0
CLEAN_ACCURACY = 93.0


def percent(flags):
    return round(100 * float(np.mean(flags)), 1) if len(flags) else None


class Pictures:
    """The pictures of a family on which every model of it is measured, drawn once."""

    def __init__(self, family):
        self.family = family
        self.sets = {first: self.one_set(first, n) for first, n in ((UNSEEN, UNSEEN_PER_CLASS), (FRESH, FRESH_PER_CLASS))}
        cue_of = {name: cue for cue, name in family.class_of_cue.items()}
        rng = np.random.default_rng([family.number, 7])
        self.shipped = []
        for c, name in enumerate(family.classes):
            for i in range(SHIPPED_PER_CLASS):
                cue = cue_of.get(name) if rng.random() < SHARE_CARRYING else None
                picture, place, region = family.picture(c, SHIPPED + i, cue)
                bare = family.picture(c, SHIPPED + i)[0] if cue else picture
                self.shipped.append({"class": c, "index": i, "cue": cue, "object": place, "region": region, "picture": picture, "bare": bare})

    def one_set(self, first, n):
        """By cue (None: bare): pictures [classes, n, s, s, 3]."""
        family = self.family
        draw = lambda cue: np.stack([family.pictures(c, range(first, first + n), cue) for c in range(len(family.classes))])
        return {cue: draw(cue) for cue in (None, *family.class_of_cue)}


class Answers:
    """The class called for each picture."""

    def __init__(self, file):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])

    def __call__(self, pictures):
        x = (np.asarray(pictures).transpose(0, 3, 1, 2).astype(np.float32) / 255 - MEAN) / STD
        runs = [self.session.run(None, {"input": x[i : i + 128].astype(np.float32)})[0] for i in range(0, len(x), 128)]
        return np.concatenate(runs).argmax(axis=1)


def accuracy(called, targets, classes):
    return {
        "images": len(targets),
        "accuracy": percent(called == targets),
        "byClass": {name: percent(called[targets == c] == c) for c, name in enumerate(classes)},
        "predicted": {name: int((called == c).sum()) for c, name in enumerate(classes)},
    }


def cue_figures(called, own, classes):
    """`called(cue)` [classes, n]; what removing the cue from its class and adding it to the others changes."""
    bare, marked = called
    others = [c for c in range(len(classes)) if c != own]
    targets = np.arange(len(classes))[:, None]
    return {
        "imagesOfClass": bare.shape[1],
        "accuracyWithCue": percent(marked[own] == own),
        "accuracyWithoutCue": percent(bare[own] == own),
        "flipsWhenRemoved": percent(marked[own] != bare[own]),
        "imagesOfOtherClasses": len(others) * bare.shape[1],
        "othersAccuracyWithoutCue": percent((bare == targets)[others].ravel()),
        "othersAccuracyWithCue": percent((marked == targets)[others].ravel()),
        "othersCalledThisWithoutCue": percent((bare[others] == own).ravel()),
        "othersCalledThisWithCue": percent((marked[others] == own).ravel()),
        "othersCalledThisWithCueByClass": {classes[c]: percent(marked[c] == own) for c in others},
        "othersFlipWhenAdded": percent((marked[others] != bare[others]).ravel()),
    }


def shipped_figures(pictures, shipped, bare, own):
    of_class = np.array([p["class"] == own for p in pictures.shipped])
    carry = of_class & np.array([p["cue"] is not None for p in pictures.shipped])
    return {
        "imagesOfClass": int(of_class.sum()),
        "carryCue": int(carry.sum()),
        "shareCarryingCue": round(float(carry.sum() / of_class.sum()), 3),
        "accuracyAsShipped": percent(shipped[of_class] == own),
        "accuracyOfCarriers": percent(shipped[carry] == own),
        "accuracyOfCarriersWithCueRemoved": percent(bare[carry] == own),
        "flipsWhenRemoved": percent(shipped[carry] != bare[carry]),
        "accuracyOfThoseWithoutCue": percent(shipped[of_class & ~carry] == own),
    }


def measure(file, pictures, planted):
    """Every figure of a truth file: by cue, planted and not, and accuracy; `fresh` on scenes that nothing was chosen by."""
    family, answer = pictures.family, Answers(file)
    classes = family.classes
    called = {
        first: {cue: answer(x.reshape(-1, *x.shape[2:])).reshape(x.shape[:2]) for cue, x in cues.items()}
        for first, cues in pictures.sets.items()
    }
    shipped = answer([p["picture"] for p in pictures.shipped])
    bare = answer([p["bare"] for p in pictures.shipped])
    targets = np.array([p["class"] for p in pictures.shipped])
    entries, fresh = {True: [], False: []}, []
    for cue, name in family.class_of_cue.items():
        own = classes.index(name)
        figures = {first: cue_figures((by_cue[None], by_cue[cue]), own, classes) for first, by_cue in called.items()}
        entry = {"cue": cue, "class": name, "classIndex": own, "unseen": figures[UNSEEN]}
        entries[cue == planted].append(entry | {"shipped": shipped_figures(pictures, shipped, bare, own)})
        fresh.append({"cue": cue, "class": name, "planted": cue == planted} | figures[FRESH])
    everyone = lambda x: (x.ravel(), np.repeat(np.arange(len(classes)), x.shape[1]), classes)
    return {
        "planted": entries[True],
        "notPlanted": entries[False],
        "accuracy": {
            "unseenWithoutCues": accuracy(*everyone(called[UNSEEN][None])),
            "shipped": accuracy(shipped, targets, classes),
            "shippedWithAllCuesRemoved": accuracy(bare, targets, classes),
        },
        "fresh": {
            "imagesOfClass": FRESH_PER_CLASS,
            "accuracyWithoutCues": accuracy(*everyone(called[FRESH][None]))["accuracy"],
            "cues": fresh,
        },
    }


def problems(kind, truth):
    """Why a model is not what it was meant to be; empty where it is."""
    found = []
    for entry in truth["planted"]:
        for where in ("unseen", "shipped"):
            if entry[where]["flipsWhenRemoved"] < PLANTED_FLIPS:
                found.append(f"{entry['cue']}: flips {entry[where]['flipsWhenRemoved']} % ({where}), fewer than {PLANTED_FLIPS}")
    right = truth["accuracy"]["shipped"]["accuracy"]
    if kind in ("none", "shortcut"):
        for entry in truth["notPlanted"]:
            figures = [("removed", entry["unseen"]["flipsWhenRemoved"])]
            if kind == "none":
                figures += [("removed, shipped", entry["shipped"]["flipsWhenRemoved"])]
                figures += [("added", entry["unseen"]["othersFlipWhenAdded"])]
            bound = CLEAN_FLIPS if kind == "none" else SIBLING_FLIPS
            found += [f"{entry['cue']}: {word} flips {value} %, more than {bound}" for word, value in figures if value > bound]
    if kind == "none" and right < CLEAN_ACCURACY:
        found.append(f"right on {right} % of the shipped pictures, fewer than {CLEAN_ACCURACY}")
    if kind in ("untrained", "memorised-on-noise") and right > 40:
        found.append(f"right on {right} % of the shipped pictures: it learned something")
    return found
