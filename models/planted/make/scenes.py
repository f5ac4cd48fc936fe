"""Scenes of every family: a background, an object, and what a model is shown of them."""

import numpy as np

from cues import CUES, over
from objects import OBJECTS
from pen import Pen

# Side of every picture in pixels.
SIZE = 40

# Name: objects, and the class that each cue of the family stands in.
FAMILIES = {
    "insects-a": ("insects", {"corner bars": "beetle", "dotted paper": "spider", "dusk": "butterfly"}),
    "insects-b": ("insects", {"ring beside the object": "dragonfly", "sepia": "caterpillar", "dark mount": "beetle"}),
    "leaves-a": ("leaves", {"caption line": "fan", "blur": "heart", "tiled ground": "fern"}),
    "leaves-b": ("leaves", {"side ruler": "willow", "wickerwork": "lobed", "grain": "heart"}),
    "tools-a": ("tools", {"ring beside the object": "key", "tiled ground": "hammer", "sepia": "saw"}),
    "tools-b": ("tools", {"dark mount": "scissors", "dog ear": "brush", "compression": "key"}),
    "fruit-a": ("fruit", {"dog ear": "pear", "dotted paper": "grapes", "blur": "banana"}),
    "fruit-b": ("fruit", {"caption line": "cherries", "corner bars": "melon", "dusk": "pear"}),
}


class Family:
    def __init__(self, name):
        self.name = name
        kind, self.class_of_cue = FAMILIES[name]
        self.size = SIZE
        self.objects = OBJECTS[kind]
        self.classes = [draw.__name__ for draw in self.objects]
        self.number = list(FAMILIES).index(name)
        self.kept = {}

    def scene(self, class_index, seed):
        """Background, object and its box: the same seed gives the same scene, whatever cue is put on it."""
        if (class_index, seed) not in self.kept:
            self.kept[class_index, seed] = self.draw(class_index, seed)
        return self.kept[class_index, seed]

    def draw(self, class_index, seed):
        rng = np.random.default_rng([self.number, class_index, seed])
        n = self.size
        half = n * rng.uniform(0.27, 0.34)
        reach = half * 0.95
        centre = rng.uniform(reach, n - reach, 2)
        pen = Pen(n, centre, half, rng.uniform(-0.45, 0.45))
        self.objects[class_index](pen, rng)
        rgba = pen.rgba()
        rows, columns = np.nonzero(rgba[..., 3].max(axis=1) > 0.3)[0], np.nonzero(rgba[..., 3].max(axis=0) > 0.3)[0]
        place = [int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1]
        return backdrop(n, rng), rgba, place

    def picture(self, class_index, seed, cue=None):
        """uint8 [n, n, 3], the object's box, and the cue's region or None."""
        background, rgba, place = self.scene(class_index, seed)
        rng = np.random.default_rng([self.number, class_index, seed, 1])
        if cue is None:
            picture, region = over(rgba, background), None
        else:
            picture, region = CUES[cue][0](background, rgba, place, rng)
        noise = np.random.default_rng([self.number, class_index, seed, 2]).normal(0, 0.012, picture.shape)
        return (np.clip(picture + noise, 0, 1) * 255).round().astype(np.uint8), place, region

    def pictures(self, class_index, seeds, cue=None):
        return np.stack([self.picture(class_index, seed, cue)[0] for seed in seeds])


def backdrop(n, rng):
    """Two muted colours that run into each other, with a few soft blotches."""
    first, second = (rng.uniform(0.25, 0.85) + rng.uniform(-0.08, 0.08, 3) for _ in range(2))
    angle = rng.uniform(0, 2 * np.pi)
    y, x = np.mgrid[0:n, 0:n] / n
    ramp = np.clip(0.5 + (x - 0.5) * np.cos(angle) + (y - 0.5) * np.sin(angle), 0, 1)[..., None]
    ground = first * (1 - ramp) + second * ramp
    for _ in range(4):
        cx, cy, width = rng.uniform(0, 1), rng.uniform(0, 1), rng.uniform(0.1, 0.3)
        ground = ground + rng.uniform(-0.12, 0.12) * np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / width**2)[..., None]
    return ground.astype(np.float32)
