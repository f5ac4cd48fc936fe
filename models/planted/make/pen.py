"""Shapes of one object in its own coordinates, drawn enlarged and averaged down."""

import numpy as np
from PIL import Image, ImageDraw

ENLARGED = 4


class Pen:
    """Draws on a transparent canvas. The object's own square is -1..1 along both axes, y downwards; it is turned, scaled and placed."""

    def __init__(self, size, centre, half, angle):
        self.size = size
        self.image = Image.new("RGBA", (size * ENLARGED, size * ENLARGED))
        self.draw = ImageDraw.Draw(self.image)
        self.centre = np.asarray(centre) * ENLARGED
        self.half = half * ENLARGED
        self.turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])

    def place(self, points):
        return [tuple(p) for p in (np.asarray(points, float) @ self.turn.T * self.half + self.centre)]

    def polygon(self, points, colour):
        self.draw.polygon(self.place(points), fill=ink(colour))

    def ellipse(self, x, y, rx, ry, colour, angle=0.0):
        self.polygon(ring(x, y, rx, ry, angle), colour)

    def line(self, points, width, colour):
        """Width in the object's own units."""
        placed = self.place(points)
        pixels = max(1, round(width * self.half))
        self.draw.line(placed, fill=ink(colour), width=pixels, joint="curve")
        for x, y in (placed[0], placed[-1]):
            self.draw.ellipse([x - pixels / 2, y - pixels / 2, x + pixels / 2, y + pixels / 2], fill=ink(colour))

    def rgba(self):
        """float32 [size, size, 4], 0..1; colours are not multiplied by the cover."""
        small = np.asarray(self.image.convert("RGBa").reduce(ENLARGED), np.float32) / 255
        alpha = small[..., 3:]
        return np.concatenate([np.clip(small[..., :3] / np.maximum(alpha, 1e-3), 0, 1), alpha], axis=2)


def ring(x, y, rx, ry, angle=0.0, start=0.0, end=2 * np.pi, steps=28):
    """Points of an ellipse, or of an arc of it."""
    t = np.linspace(start, end, steps)
    px, py = rx * np.cos(t), ry * np.sin(t)
    return np.stack([x + px * np.cos(angle) - py * np.sin(angle), y + px * np.sin(angle) + py * np.cos(angle)], axis=1)


def ink(colour):
    return tuple(int(round(255 * float(np.clip(c, 0, 1)))) for c in colour) + (255,)


def shade(colour, factor):
    return np.clip(np.asarray(colour) * factor, 0, 1)
