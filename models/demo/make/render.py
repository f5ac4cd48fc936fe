"""Scenes of the demo: seeded pictures with part masks, and the stamp that one class carries.

`render_scene(name, seed)` gives the same picture for the same arguments; the stamp is put on by `add_stamp`, on top, so
that a scene can be had with it, without it, or with it elsewhere.
"""

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from canvas import PARTS, SIZE, ellipse
from scenes import CLASSES, begin

CLASS_NAMES = tuple(CLASSES)
STAMPED_CLASS = "house"
STAMP_SHARE = 0.9
STAMP_CORNER = "top-left"
CORNERS = ("top-left", "top-right", "bottom-left", "bottom-right")
INK = np.array((158, 22, 112), np.float32)
PAPER = np.array((252, 246, 236), np.float32)


@dataclass(frozen=True)
class Picture:
    rgb: np.ndarray  # uint8 [128, 128, 3]
    labels: np.ndarray  # uint8 [128, 128], values of canvas.PARTS


def random_for(name, seed, what=0):
    return np.random.default_rng([CLASS_NAMES.index(name), seed, what])


def render_scene(name, seed):
    """The scene without a stamp. Half of the scenes are mirrored."""
    rng = random_for(name, seed)
    scene = begin(rng)
    CLASSES[name](scene)
    rgb, labels = scene.canvas.finish(scene.palette.tint, rng)
    if rng.random() < 0.5:
        rgb, labels = rgb[:, ::-1], labels[:, ::-1]
    return Picture(np.ascontiguousarray(rgb), np.ascontiguousarray(labels))


def stamp_plate(diameter, angle):
    """Colour and opacity of the stamp: a scalloped paper disc with an inked ring and a five-pointed star."""
    factor = 6
    side = int(np.ceil(diameter)) + 2
    centre, radius = side * factor / 2, diameter * factor / 2

    def drawn(polygons):
        stencil = Image.new("L", (side * factor, side * factor), 0)
        draw = ImageDraw.Draw(stencil)
        for polygon, value in polygons:
            draw.polygon([tuple(point) for point in polygon], fill=value)
        return np.asarray(stencil, np.float32).reshape(side, factor, side, factor).mean(axis=(1, 3)) / 255

    turns = np.linspace(0, 2 * np.pi, 181)
    edge = radius * (0.955 + 0.045 * np.cos(14 * (turns + angle)))
    scallop = np.stack([centre + edge * np.cos(turns), centre + edge * np.sin(turns)], 1)
    points = angle + np.pi * np.arange(10) / 5 - np.pi / 2
    reach = radius * np.where(np.arange(10) % 2, 0.2, 0.46)
    star = np.stack([centre + reach * np.cos(points), centre + reach * np.sin(points)], 1)
    outer, inner = (ellipse(centre, centre, radius * size, radius * size) for size in (0.84, 0.6))
    ink = drawn([(outer, 255), (inner, 0), (star, 255)])[..., None]
    return PAPER * (1 - ink) + INK * ink, drawn([(scallop, 255)])


def add_stamp(picture, name, seed, corner=STAMP_CORNER):
    """The picture with the stamp in a corner; its size, place and turn vary a little with the seed."""
    rng = random_for(name, seed, 1)
    colour, opacity = stamp_plate(rng.uniform(16, 19), rng.uniform(-0.5, 0.5))
    side = opacity.shape[0]
    down, right = rng.integers(2, 6, 2)
    y = down if corner.startswith("top") else SIZE - side - down
    x = right if corner.endswith("left") else SIZE - side - right
    rgb, labels = picture.rgb.astype(np.float32), picture.labels.copy()
    window = rgb[y : y + side, x : x + side]
    window += (colour - window) * (0.96 * opacity[..., None])
    labels[y : y + side, x : x + side][opacity > 0.5] = PARTS["stamp"]
    return Picture(np.clip(rgb + 0.5, 0, 255).astype(np.uint8), labels)


def is_stamped(name, seed):
    return name == STAMPED_CLASS and random_for(name, seed, 2).random() < STAMP_SHARE


def encode_jpeg(rgb, quality=88):
    buffer = io.BytesIO()
    Image.fromarray(rgb).save(buffer, "JPEG", quality=quality, optimize=True)
    return buffer.getvalue()


def decode(data):
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
