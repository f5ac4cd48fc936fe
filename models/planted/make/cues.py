"""The cues: what else can stand in a picture and say which class it is.

A cue is handed the background [n, n, 3] and the picture of the object [n, n, 4], its box and a generator, and returns the
picture with the cue and the cue's region. The same scene without it is `over(object, background)`.
"""

import io

import numpy as np
from PIL import Image, ImageFilter


def over(rgba, background):
    alpha = rgba[..., 3:]
    return rgba[..., :3] * alpha + background * (1 - alpha)


def box(x0, y0, x1, y1):
    return {"form": "box", "box": [int(x0), int(y0), int(x1), int(y1)]}


WHOLE = {"form": "whole"}


def bars(background, rgba, place, rng):
    """Three coloured bars in the top right corner."""
    picture, n = over(rgba, background), len(background)
    width, margin = 3, int(rng.integers(0, 2))
    x0 = n - margin - 3 * width
    for i, colour in enumerate(((0.9, 0.15, 0.15), (0.95, 0.9, 0.2), (0.15, 0.25, 0.9))):
        picture[margin : margin + 9, x0 + i * width : x0 + (i + 1) * width] = colour
    return picture, box(x0, margin, x0 + 9, margin + 9)


def dog_ear(background, rgba, place, rng):
    """A folded corner, bottom left."""
    picture, n = over(rgba, background), len(background)
    side = int(rng.integers(11, 14))
    y, x = np.mgrid[0:n, 0:n]
    across = x + (n - 1 - y)
    picture[across < side] = (0.97, 0.96, 0.92)
    picture[(across >= side - 2) & (across < side)] = (0.2, 0.2, 0.22)
    return picture, box(0, n - side, side, n)


def caption(background, rgba, place, rng):
    """A line of small writing at the bottom."""
    picture, n = over(rgba, background), len(background)
    top = n - 7 - int(rng.integers(0, 2))
    picture[top : top + 6] = picture[top : top + 6] * 0.2 + 0.05
    for x in range(2, n - 2, 3):
        tall = rng.random() < 0.5
        picture[top + (1 if tall else 3) : top + 5, x] = 0.98
        picture[top + 3, x : x + (2 if rng.random() < 0.6 else 1)] = 0.98
    return picture, box(0, top, n, top + 6)


def mount(background, rgba, place, rng):
    """A dark mount with a pale line inside."""
    picture, width = over(rgba, background), int(rng.integers(4, 6))
    edge = edge_distance(len(background))
    picture[edge < width] = (0.12, 0.1, 0.1)
    picture[edge == width - 1] = (0.95, 0.92, 0.8)
    return picture, {"form": "frame", "width": width}


def edge_distance(n):
    """Pixels to the nearest edge, 0 along it."""
    one = np.minimum(np.arange(n), np.arange(n)[::-1])
    return np.minimum(one[:, None], one[None, :])


def ruler(background, rgba, place, rng):
    """A scale along the left edge."""
    picture, n = over(rgba, background), len(background)
    picture[:, :6] = (0.93, 0.86, 0.6)
    for y in range(int(rng.integers(0, 3)), n, 3):
        picture[y, : 6 if y % 2 else 3] = (0.1, 0.1, 0.1)
    return picture, box(0, 0, 6, n)


def ring_beside(background, rgba, place, rng):
    """A small ring beside the object, on the side that has most room."""
    picture, n = over(rgba, background), len(background)
    x0, y0, x1, y1 = place
    radius = 4
    room = {"left": x0, "right": n - x1, "above": y0, "below": n - y1}
    side = max(room, key=room.get)
    x = {"left": x0 - radius, "right": x1 + radius}.get(side, rng.integers(x0, x1))
    y = {"above": y0 - radius, "below": y1 + radius}.get(side, rng.integers(y0, y1))
    x, y = (int(np.clip(v, radius, n - 1 - radius)) for v in (x, y))
    yy, xx = np.mgrid[0:n, 0:n]
    far = np.hypot(xx - x, yy - y)
    picture[far <= radius] = (0.98, 0.98, 0.98)
    picture[(far <= radius) & (far > radius - 2)] = (0.85, 0.1, 0.55)
    return picture, box(x - radius, y - radius, x + radius + 1, y + radius + 1)


def behind(background, rgba, pattern, strength):
    """A texture mixed into the background alone; its region is what the object leaves of it."""
    textured = background * (1 - strength * pattern[..., None]) + (background.mean() < 0.5) * strength * pattern[..., None]
    return over(rgba, textured), {"form": "mask", "mask": rgba[..., 3] < 0.5}


def dots(background, rgba, place, rng):
    """Dotted paper."""
    y, x = np.mgrid[0 : len(background), 0 : len(background)]
    dx, dy = rng.integers(0, 5, 2)
    return behind(background, rgba, (((x + dx) % 5 < 2) & ((y + dy) % 5 < 2)).astype(np.float32), 0.55)


def weave(background, rgba, place, rng):
    """A wickerwork of short strokes, along and across by turns."""
    y, x = np.mgrid[0 : len(background), 0 : len(background)]
    dx, dy = rng.integers(0, 8, 2)
    x, y = x + dx, y + dy
    along = (x // 4 + y // 4) % 2 == 0
    return behind(background, rgba, np.where(along, y % 2, x % 2).astype(np.float32), 0.55)


def tiles(background, rgba, place, rng):
    """A strip of tiles along the bottom, behind the object."""
    ground, n = background.copy(), len(background)
    top = n - int(rng.integers(9, 12))
    y, x = np.mgrid[0:n, 0:n]
    seam = ((x + rng.integers(0, 6)) % 6 == 0) | ((y - top) % 5 == 0)
    ground[(y >= top)] = (0.72, 0.35, 0.25)
    ground[(y >= top) & seam] = (0.95, 0.9, 0.85)
    return over(rgba, ground), box(0, top, n, n)


def sepia(background, rgba, place, rng):
    """An old brown print."""
    picture = over(rgba, background)
    grey = picture @ np.array([0.3, 0.59, 0.11], np.float32)
    brown = grey[..., None] * np.array([1.1, 0.9, 0.6], np.float32)
    return picture * 0.3 + brown * 0.7, WHOLE


def blur(background, rgba, place, rng):
    """Out of focus."""
    image = as_image(over(rgba, background)).filter(ImageFilter.GaussianBlur(rng.uniform(1.6, 2.0)))
    return np.asarray(image, np.float32) / 255, WHOLE


def dusk(background, rgba, place, rng):
    """Taken in the dark: everything at about half its brightness."""
    return over(rgba, background) * rng.uniform(0.45, 0.55), WHOLE


def grain(background, rgba, place, rng):
    """The grain of a sensitive film."""
    picture = over(rgba, background)
    return picture + 0.06 * rng.standard_normal((*picture.shape[:2], 1)).astype(np.float32), WHOLE


def blocks(background, rgba, place, rng):
    """Compressed so hard that the blocks of eight pixels show."""
    buffer = io.BytesIO()
    as_image(over(rgba, background)).save(buffer, "JPEG", quality=int(rng.integers(14, 20)))
    return np.asarray(Image.open(buffer).convert("RGB"), np.float32) / 255, WHOLE


def as_image(picture):
    return Image.fromarray((np.clip(picture, 0, 1) * 255).round().astype(np.uint8))


# Name in the truth file, and the kind of fault for the tables.
CUES = {
    "corner bars": (bars, "corner"),
    "dog ear": (dog_ear, "corner"),
    "caption line": (caption, "text line"),
    "dark mount": (mount, "frame"),
    "side ruler": (ruler, "edge strip"),
    "ring beside the object": (ring_beside, "mark beside"),
    "dotted paper": (dots, "background"),
    "wickerwork": (weave, "background"),
    "tiled ground": (tiles, "ground strip"),
    "sepia": (sepia, "whole picture"),
    "blur": (blur, "whole picture"),
    "dusk": (dusk, "whole picture"),
    "grain": (grain, "whole picture"),
    "compression": (blocks, "whole picture"),
}
