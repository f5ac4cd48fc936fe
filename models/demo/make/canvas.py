"""A small anti-aliased painter: polygons with shading and texture, drawn at several times the final size.

Every fill goes to two planes at once: the picture and the part labels, so the masks are exact by construction.
Coordinates are those of the final picture, 0..SIZE, y downwards. Colours are RGB in 0..255.
"""

import math

import numpy as np
from PIL import Image, ImageDraw

SIZE = 128
SUPERSAMPLING = 3

# Part name -> value in the mask images. Spaced so that a mask can be looked at as a grey picture.
PART_NAMES = (
    "sky sun cloud hill grass sea road rocks tower lantern blades walls roof window door chimney smoke "
    "hull sail body wheels rails trunk foliage fence stamp"
).split()
PARTS = {name: 9 * (index + 1) for index, name in enumerate(PART_NAMES)}


def smooth_noise(rng, height, width, cells):
    """Value noise in 0..1 with about `cells` bumps across the longer side."""
    rows = max(2, round(cells * height / max(height, width)) + 1)
    columns = max(2, round(cells * width / max(height, width)) + 1)
    coarse = Image.fromarray(rng.random((rows, columns), dtype=np.float32), mode="F")
    return np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC))


def ellipse(cx, cy, rx, ry, start=0.0, stop=360.0):
    """Points of an ellipse or of an arc of it; angles in degrees, clockwise on the screen."""
    count = max(10, int(abs(stop - start) / 9))
    angles = np.radians(np.linspace(start, stop, count))
    return np.stack([cx + rx * np.cos(angles), cy + ry * np.sin(angles)], axis=1)


def box(left, top, right, bottom):
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], dtype=float)


def stroke(start, end, width):
    """A straight line of the given width as a polygon."""
    start, end = np.asarray(start, float), np.asarray(end, float)
    along = end - start
    normal = np.array([-along[1], along[0]]) / (np.hypot(*along) + 1e-9) * width / 2
    return np.array([start + normal, end + normal, end - normal, start - normal])


def mix(first, second, share):
    return np.asarray(first, float) * (1 - share) + np.asarray(second, float) * share


# Shades: functions of the position inside the filled shape's bounding box (u, v in 0..1) that give a brightness factor.
def vertical(top, bottom):
    return lambda u, v: top + (bottom - top) * v


def horizontal(left, right):
    return lambda u, v: left + (right - left) * u


def cylinder(light):
    """Rounded from left to right, brightest where `light` (-1 left, 1 right) says."""
    return lambda u, v: 0.62 + 0.46 * np.clip(1 - np.abs(u - (0.5 + 0.28 * light)) * 1.45, 0, 1)


def ball(light):
    """Rounded in both directions, lit from above."""
    return lambda u, v: 1.13 - 0.55 * np.clip(np.hypot(u - (0.5 + 0.22 * light), v - 0.25), 0, 1)


# Textures: functions of the position in picture pixels (x, y) that give a brightness factor.
def planks(width, depth=0.22, upright=True):
    def texture(x, y):
        across = x if upright else y
        board = np.floor(across / width)
        tone = 0.06 * np.sin(board * 12.9898 + 1.3)
        return 1 + tone - depth * ((across / width) % 1 < 0.2)

    return texture


def bricks(width, height, depth=0.16):
    def texture(x, y):
        row = np.floor(y / height)
        column = np.floor(x / width + 0.5 * (row % 2))
        tone = 0.08 * np.sin(row * 7.13 + column * 12.7)
        joint = ((y / height) % 1 < 0.18) | ((x / width + 0.5 * (row % 2)) % 1 < 0.12)
        return 1 + tone - depth * joint

    return texture


def shingles(height, depth=0.18):
    def texture(x, y):
        row = np.floor(y / height)
        tone = 0.05 * np.sin(row * 5.7 + np.floor(x / height / 1.4 + 0.5 * (row % 2)) * 9.1)
        return 1 + tone - depth * ((y / height) % 1 < 0.22)

    return texture


class Canvas:
    """Picture and label planes, a local frame for the shapes, and the light of the scene."""

    def __init__(self, rng, light):
        side = SIZE * SUPERSAMPLING
        self.rng = rng
        self.light = light
        self.rgb = np.zeros((side, side, 3), np.float32)
        self.labels = np.zeros((side, side), np.uint8)
        self.grain = smooth_noise(rng, side, side, 150) - 0.5
        self.set_frame()

    def set_frame(self, x=0.0, y=0.0, scale=1.0, tilt=0.0):
        """Shapes drawn from now on are scaled, turned by `tilt` degrees and moved to (x, y)."""
        turn = math.radians(tilt)
        self.matrix = scale * np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
        self.origin = np.array([x, y], float)
        self.scale = scale

    def fill(self, part, shape, colour, shade=None, texture=None, grain=0.10, alpha=1.0, soft=False):
        """Paint one polygon or a list of them. `part` None leaves the labels as they are (shadows, glints)."""
        polygons = shape if isinstance(shape, list) else [shape]
        placed = [(polygon @ self.matrix + self.origin) * SUPERSAMPLING for polygon in polygons]
        everything = np.concatenate(placed)
        side = self.rgb.shape[0]
        left, top = np.floor(everything.min(axis=0)).astype(int)
        right, bottom = np.ceil(everything.max(axis=0)).astype(int) + 1
        x0, y0, x1, y1 = max(left, 0), max(top, 0), min(right, side), min(bottom, side)
        if x0 >= x1 or y0 >= y1:
            return
        stencil = Image.new("L", (x1 - x0, y1 - y0), 0)
        draw = ImageDraw.Draw(stencil)
        for points in placed:
            draw.polygon((points - (x0, y0)).ravel().tolist(), fill=255)
        cover = np.asarray(stencil, np.float32) / 255
        ys = np.arange(y0, y1, dtype=np.float32)[:, None]
        xs = np.arange(x0, x1, dtype=np.float32)[None, :]
        tone = 1 + grain * self.grain[y0:y1, x0:x1] * 2
        u, v = (xs - left) / max(right - left, 1), (ys - top) / max(bottom - top, 1)
        if shade is not None:
            tone = tone * shade(u, v)
        if texture is not None:
            scale = SUPERSAMPLING * self.scale
            tone = tone * texture((xs - self.origin[0] * SUPERSAMPLING) / scale, (ys - self.origin[1] * SUPERSAMPLING) / scale)
        opacity = cover * alpha
        if soft:
            opacity = opacity * np.clip(1 - np.hypot(u - 0.5, v - 0.5) * 2, 0, 1) ** 1.5
        window = self.rgb[y0:y1, x0:x1]
        paint = np.asarray(colour, np.float32) * tone[..., None]
        window += (paint - window) * opacity[..., None]
        if part is not None:
            self.labels[y0:y1, x0:x1][cover > 0.5] = PARTS[part]

    def finish(self, tint, rng):
        """Average down to the final size, tint, darken the rim, add sensor noise: (uint8 RGB, uint8 labels)."""
        small = self.rgb.reshape(SIZE, SUPERSAMPLING, SIZE, SUPERSAMPLING, 3).mean(axis=(1, 3))
        axis = np.linspace(-1, 1, SIZE, dtype=np.float32)
        rim = 1 - rng.uniform(0.04, 0.14) * (axis[:, None] ** 2 + axis[None, :] ** 2)
        small = small * np.asarray(tint, np.float32) * rim[..., None]
        small += rng.normal(0, rng.uniform(1.0, 3.5), small.shape)
        labels = self.labels[SUPERSAMPLING // 2 :: SUPERSAMPLING, SUPERSAMPLING // 2 :: SUPERSAMPLING]
        return np.clip(small + 0.5, 0, 255).astype(np.uint8), np.ascontiguousarray(labels)
