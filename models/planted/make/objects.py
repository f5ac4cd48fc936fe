"""The objects of every family: one function a class, which draws with a pen in colours from the seed."""

import numpy as np

from pen import ring, shade


def hue(rng, low, high, saturation=(0.5, 0.9), value=(0.45, 0.9)):
    """A colour whose hue lies between two of a circle of 1."""
    h, s, v = rng.uniform(low, high) % 1, rng.uniform(*saturation), rng.uniform(*value)
    k = (np.array([5, 3, 1]) + h * 6) % 6
    return v - v * s * np.clip(np.minimum(k, 4 - k), 0, 1)


def beetle(pen, rng):
    body = hue(rng, 0, 1)
    for y in (-0.35, 0.1, 0.5):
        pen.line([(-0.85, y + 0.15), (0.85, y + 0.15)], 0.08, shade(body, 0.3))
    pen.ellipse(0, 0.15, 0.55, 0.75, body)
    pen.ellipse(0, -0.65, 0.3, 0.25, shade(body, 0.5))
    pen.line([(0, -0.5), (0, 0.88)], 0.07, shade(body, 0.35))


def butterfly(pen, rng):
    wing = hue(rng, 0, 1)
    for side in (-1, 1):
        pen.ellipse(side * 0.5, -0.35, 0.5, 0.42, wing, side * 0.6)
        pen.ellipse(side * 0.42, 0.45, 0.38, 0.34, shade(wing, 0.75), -side * 0.5)
        pen.ellipse(side * 0.55, -0.35, 0.16, 0.16, shade(wing, 0.3))
    pen.ellipse(0, 0.05, 0.09, 0.65, (0.1, 0.08, 0.08))


def spider(pen, rng):
    body = hue(rng, 0, 1, value=(0.2, 0.5))
    for side in (-1, 1):
        for bend in (-0.75, -0.3, 0.2, 0.7):
            pen.line([(0, 0), (side * 0.55, bend * 0.7 - 0.12), (side * 0.95, bend)], 0.07, shade(body, 0.7))
    pen.ellipse(0, 0.25, 0.36, 0.4, body)
    pen.ellipse(0, -0.2, 0.22, 0.2, shade(body, 0.8))


def dragonfly(pen, rng):
    body = hue(rng, 0, 1)
    for side in (-1, 1):
        pen.ellipse(side * 0.52, -0.4, 0.5, 0.13, (0.85, 0.9, 0.93), -side * 0.2)
        pen.ellipse(side * 0.5, -0.08, 0.48, 0.13, (0.75, 0.82, 0.88), side * 0.2)
    pen.ellipse(0, 0.2, 0.09, 0.8, body)
    pen.ellipse(0, -0.6, 0.17, 0.15, shade(body, 0.6))


def caterpillar(pen, rng):
    body = hue(rng, 0, 1)
    for i, x in enumerate(np.linspace(-0.75, 0.6, 6)):
        pen.ellipse(x, 0.18 * np.sin(i * 1.7), 0.24, 0.3, shade(body, 1 if i % 2 else 0.65))
    pen.ellipse(0.8, -0.05, 0.22, 0.24, shade(body, 0.4))


def heart(pen, rng):
    green = hue(rng, 0.1, 0.4)
    pen.polygon([(0, 0.9), *ring(-0.42, -0.25, 0.45, 0.45, 0, 2.7, 5.6), *ring(0.42, -0.25, 0.45, 0.45, 0, 3.8, 6.7)], green)
    pen.line([(0, -0.9), (0, 0.7)], 0.07, shade(green, 0.5))


def lobed(pen, rng):
    green = hue(rng, 0.1, 0.4)
    for y, width in ((-0.45, 0.55), (0, 0.7), (0.42, 0.5)):
        for side in (-1, 1):
            pen.ellipse(side * width * 0.6, y, 0.34, 0.18, green, -side * 0.45)
    pen.ellipse(0, -0.05, 0.25, 0.8, green)
    pen.line([(0, -0.7), (0, 1)], 0.07, shade(green, 0.5))


def willow(pen, rng):
    green = hue(rng, 0.1, 0.4)
    for turn in (-0.45, 0, 0.45):
        x = np.sin(turn)
        pen.ellipse(x * 0.55, -0.1, 0.15, 0.85, shade(green, 1 - 0.3 * abs(turn)), turn)
    pen.line([(0, 0.4), (0, 1)], 0.08, shade(green, 0.4))


def fan(pen, rng):
    green = hue(rng, 0.1, 0.4)
    pen.polygon([(0, 0.6), *ring(0, 0.35, 0.95, 1, 0, np.pi + 0.2, 2 * np.pi - 0.2)], green)
    for turn in np.linspace(-0.9, 0.9, 7):
        pen.line([(0, 0.55), (np.sin(turn) * 0.85, 0.5 - np.cos(turn) * 0.95)], 0.04, shade(green, 0.55))
    pen.line([(0, 0.5), (0.1, 1)], 0.09, shade(green, 0.5))


def fern(pen, rng):
    green = hue(rng, 0.1, 0.4)
    for i, y in enumerate(np.linspace(-0.75, 0.7, 7)):
        width = 0.25 + 0.09 * i
        for side in (-1, 1):
            pen.line([(0, y + 0.15), (side * width, y - 0.05)], 0.12, green)
    pen.line([(0, -0.95), (0, 1)], 0.08, shade(green, 0.5))


def hammer(pen, rng):
    pen.line([(0, -0.4), (0, 0.95)], 0.17, hue(rng, 0.02, 0.13))
    steel = hue(rng, 0.5, 0.7, (0, 0.3))
    pen.polygon([(-0.6, -0.75), (0.35, -0.75), (0.75, -0.55), (0.75, -0.45), (0.35, -0.35), (-0.6, -0.35)], steel)


def saw(pen, rng):
    steel = hue(rng, 0.5, 0.7, (0, 0.3))
    teeth = [(x, 0.32 if i % 2 else 0.12) for i, x in enumerate(np.linspace(0.35, -0.95, 15))]
    pen.polygon([(-0.95, -0.05), (0.35, -0.35), *teeth], steel)
    grip = hue(rng, 0, 1)
    pen.line(ring(0.62, 0, 0.25, 0.3), 0.17, grip)


def key(pen, rng):
    metal = hue(rng, 0.08, 0.16)
    pen.line(ring(0, -0.55, 0.32, 0.32), 0.17, metal)
    pen.line([(0, -0.2), (0, 0.95)], 0.15, metal)
    for y in (0.5, 0.85):
        pen.line([(0, y), (0.36, y)], 0.15, metal)


def scissors(pen, rng):
    steel, grip = hue(rng, 0.5, 0.7, (0, 0.25)), hue(rng, 0, 1)
    for side in (-1, 1):
        pen.polygon([(-side * 0.38, -0.95), (side * 0.12, 0.15), (-side * 0.1, 0.2)], shade(steel, 1 - 0.1 * side))
        pen.line(ring(side * 0.35, 0.6, 0.24, 0.3), 0.14, grip)
        pen.line([(0, 0.1), (side * 0.25, 0.35)], 0.13, grip)


def brush(pen, rng):
    pen.line([(0, -0.1), (0, 0.95)], 0.2, hue(rng, 0, 1))
    pen.polygon([(-0.42, -0.25), (0.42, -0.25), (0.42, 0), (-0.42, 0)], hue(rng, 0.5, 0.7, (0, 0.25)))
    for x in np.linspace(-0.35, 0.35, 6):
        pen.line([(x, -0.25), (x * 1.15, -0.9)], 0.1, hue(rng, 0.05, 0.12, (0.2, 0.4)))


def banana(pen, rng):
    yellow = hue(rng, 0.1, 0.2)
    outer, inner = ring(0, -0.55, 0.95, 1.15, 0, 0.15, 2.9), ring(0, -0.75, 0.9, 0.85, 0, 2.9, 0.15)
    pen.polygon([*outer, *inner], yellow)
    pen.line([(-0.9, -0.35), (-0.95, -0.6)], 0.13, shade(yellow, 0.4))


def cherries(pen, rng):
    red = hue(rng, 0.9, 1.05)
    for x, y in ((-0.45, 0.5), (0.45, 0.4)):
        pen.line([(x, y), (0.1, -0.9)], 0.08, (0.25, 0.4, 0.15))
        pen.ellipse(x, y, 0.38, 0.38, red)
        pen.ellipse(x - 0.12, y - 0.14, 0.09, 0.09, (1, 0.9, 0.9))


def grapes(pen, rng):
    berry = hue(rng, 0.2, 0.9)
    pen.line([(0, -0.95), (0, -0.5)], 0.1, (0.35, 0.25, 0.1))
    for row, count in enumerate((4, 3, 3, 2, 1)):
        for i in range(count):
            pen.ellipse((i - (count - 1) / 2) * 0.42, -0.45 + row * 0.33, 0.21, 0.21, shade(berry, rng.uniform(0.7, 1.1)))


def pear(pen, rng):
    skin = hue(rng, 0.1, 0.3)
    pen.line([(0, -0.6), (0.1, -0.98)], 0.1, (0.3, 0.2, 0.1))
    pen.ellipse(0, -0.35, 0.3, 0.4, skin)
    pen.ellipse(0, 0.35, 0.58, 0.55, skin)
    pen.polygon([(-0.29, -0.3), (0.29, -0.3), (0.54, 0.2), (-0.54, 0.2)], skin)


def melon(pen, rng):
    flesh = hue(rng, 0.93, 1.1)
    for radius, colour in ((0.98, (0.15, 0.4, 0.15)), (0.84, (0.85, 0.9, 0.75)), (0.76, flesh)):
        pen.polygon(ring(0, -0.4, radius, radius * 1.1, 0, 0, np.pi), colour)
    for x, y in ((-0.4, -0.15), (0, 0), (0.4, -0.15), (-0.2, 0.15), (0.2, 0.15)):
        pen.ellipse(x, y, 0.06, 0.09, (0.1, 0.05, 0.05))


OBJECTS = {
    "insects": (beetle, butterfly, spider, dragonfly, caterpillar),
    "leaves": (heart, lobed, willow, fan, fern),
    "tools": (hammer, saw, key, scissors, brush),
    "fruit": (banana, cherries, grapes, pear, melon),
}
