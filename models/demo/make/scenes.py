"""The classes: how each puts shared parts together, and what varies from picture to picture."""

from dataclasses import dataclass

import numpy as np

import parts
from canvas import Canvas, box, ellipse, mix, stroke, vertical
from parts import DARK, LEAVES, ROOFS, WHITE, WOODS, jitter, pick


@dataclass(frozen=True)
class Palette:
    """A time of day: sky from top to horizon, sun or moon, clouds, and the tint of everything."""

    top: tuple
    bottom: tuple
    sun: tuple
    cloud: tuple
    tint: tuple
    night: bool = False


PALETTES = [
    Palette((70, 138, 212), (196, 226, 242), (255, 248, 220), (250, 250, 252), (1.0, 1.0, 1.0)),
    Palette((58, 120, 190), (160, 206, 236), (255, 250, 230), (246, 250, 255), (1.02, 1.02, 1.0)),
    Palette((120, 170, 212), (252, 224, 190), (255, 240, 200), (255, 244, 230), (1.03, 0.99, 0.95)),
    Palette((98, 124, 172), (254, 196, 124), (255, 226, 150), (255, 220, 186), (1.05, 0.96, 0.86)),
    Palette((64, 60, 112), (232, 134, 112), (255, 190, 130), (206, 142, 150), (0.94, 0.84, 0.86)),
    Palette((146, 158, 170), (208, 213, 214), (236, 236, 230), (224, 228, 230), (0.95, 0.97, 0.99)),
    Palette((50, 128, 150), (206, 236, 214), (255, 250, 214), (240, 250, 244), (0.98, 1.02, 0.98)),
    Palette((20, 30, 66), (72, 94, 140), (240, 240, 220), (74, 90, 130), (0.66, 0.70, 0.86), True),
]
WEIGHTS = np.array([4, 4, 3, 3, 2, 3, 3, 1.6])


@dataclass
class Scene:
    canvas: Canvas
    rng: np.random.Generator
    palette: Palette
    horizon: float


def begin(rng):
    """Sky with what is in it."""
    palette = PALETTES[rng.choice(len(PALETTES), p=WEIGHTS / WEIGHTS.sum())]
    canvas = Canvas(rng, light=rng.choice([-1.0, 1.0]) * rng.uniform(0.4, 1.0))
    scene = Scene(canvas, rng, palette, rng.uniform(80, 94))
    parts.sky(canvas, palette)
    if palette.night:
        parts.stars(canvas, rng, 28)
    if rng.random() < 0.45:
        side = 64 + canvas.light * rng.uniform(18, 52)
        parts.sun(canvas, side, rng.uniform(16, 46), rng.uniform(4, 7.5), palette)
    for _ in range(rng.integers(0, 4)):
        parts.cloud(canvas, rng, rng.uniform(0, 128), rng.uniform(12, 52), rng.uniform(20, 46), palette)
    for _ in range(rng.integers(1, 4) if rng.random() < 0.2 else 0):
        parts.bird(canvas, rng.uniform(10, 118), rng.uniform(14, 46), rng.uniform(1.6, 3))
    return scene


def meadow(scene, distant_trees=0.5):
    """Hills and grass, sometimes with small trees or a fence far off."""
    rng, canvas = scene.rng, scene.canvas
    if rng.random() < 0.8:
        parts.hills(canvas, rng, scene.horizon, scene.palette)
    parts.grass(canvas, rng, scene.horizon)
    for _ in range(rng.integers(1, 4) if rng.random() < distant_trees else 0):
        canvas.set_frame(rng.uniform(2, 126), scene.horizon + rng.uniform(-0.5, 3), rng.uniform(0.16, 0.3))
        plant(scene, mix(pick(rng, LEAVES[:3]), scene.palette.bottom, 0.25))
    canvas.set_frame()
    if rng.random() < 0.2:
        parts.fence(canvas, rng, scene.horizon + rng.uniform(4, 8), jitter(rng, pick(rng, [WHITE, WOODS[1]])))


def shore(scene):
    """Sea to the horizon, sometimes with land behind it."""
    if scene.rng.random() < 0.45:
        parts.hills(scene.canvas, scene.rng, scene.horizon, scene.palette)
    parts.sea(scene.canvas, scene.rng, scene.horizon, scene.palette)


def shadow(canvas, x, y, half, height=2.2):
    canvas.fill(None, ellipse(x, y, half, height), (24, 26, 32), grain=0, alpha=0.7, soft=True)


def place(scene, x, y, scale, tilt=0.0):
    """Frame for the subject: random shift and size around the given ones."""
    rng = scene.rng
    scene.canvas.set_frame(x + rng.uniform(-15, 15), y + rng.uniform(-2, 4), scale * rng.uniform(0.86, 1.28), tilt)


def lit(scene, share=0.12):
    return scene.palette.night or scene.rng.random() < share


def plant(scene, colour):
    """A tree standing on (0, 0), about 80 high."""
    rng, canvas = scene.rng, scene.canvas
    kind = rng.choice(["round", "round", "tall", "conifer"])
    height = rng.uniform(24, 36)
    parts.trunk(canvas, rng, height + 6, rng.uniform(5, 8.5), jitter(rng, pick(rng, WOODS), 6))
    if kind == "conifer":
        green = mix(colour, (44, 96, 66), 0.6 if colour[1] > colour[0] else 0.9)
        parts.conifer_foliage(canvas, rng, -height * 0.45, rng.uniform(58, 74), rng.uniform(40, 54), green)
    elif kind == "tall":
        parts.round_foliage(canvas, rng, -height - 18, rng.uniform(14, 19), rng.uniform(30, 38), colour)
    else:
        parts.round_foliage(canvas, rng, -height - 16, rng.uniform(26, 36), rng.uniform(22, 30), colour)


def tree(scene):
    meadow(scene)
    place(scene, 64, scene.horizon + scene.rng.uniform(8, 20), 1.0)
    shadow(scene.canvas, 0, 1, 26, 4)
    plant(scene, jitter(scene.rng, pick(scene.rng, LEAVES), 8))


def lighthouse(scene):
    rng, canvas = scene.rng, scene.canvas
    shore(scene)
    place(scene, 64, scene.horizon + rng.uniform(8, 16), 1.0, rng.uniform(-2, 2))
    parts.rocks(canvas, rng, 0, 8, rng.uniform(62, 96), rng.uniform(13, 20))
    height, bottom = rng.uniform(44, 60), rng.uniform(15, 21)
    top = bottom * rng.uniform(0.56, 0.7)
    accent = parts.tower(canvas, rng, height, bottom, top, rng.choice(["bands", "bands", "spiral", "plain"]))
    for share in (0.3, 0.62) if rng.random() < 0.7 else ():
        parts.window(canvas, -1.4, -height * share - 4, 1.4, -height * share, lit(scene), panes=False)
    if rng.random() < 0.6:
        parts.door(canvas, -2.2, -7.5, 2.2, 0, accent * 0.8, "single")
    parts.rocks(canvas, rng, rng.uniform(-10, 10), 10, rng.uniform(50, 80), rng.uniform(7, 11))
    frame = canvas.origin, canvas.matrix, canvas.scale
    canvas.origin = canvas.origin + np.array([0, -height]) @ canvas.matrix
    parts.lantern(canvas, rng, top, lit(scene, 0.4), accent if rng.random() < 0.7 else pick(rng, [(176, 52, 46), (58, 60, 68)]))
    canvas.origin, canvas.matrix, canvas.scale = frame


def windmill(scene):
    rng, canvas = scene.rng, scene.canvas
    meadow(scene)
    place(scene, 64, scene.horizon + rng.uniform(8, 17), 1.0)
    shadow(canvas, 0, 1, 22, 3)
    height, bottom = rng.uniform(42, 54), rng.uniform(25, 32)
    top = bottom * rng.uniform(0.55, 0.68)
    parts.tower(canvas, rng, height, bottom, top, rng.choice(["plain", "plain", "brick", "brick", "bands"]))
    cap = np.concatenate([ellipse(0, -height + 0.5, top / 2 + 1.6, rng.uniform(7, 10), 180, 360)])
    canvas.fill("roof", cap, jitter(rng, pick(rng, ROOFS)), vertical(1.2, 0.8), parts.shingles(1.8))
    for share in (0.28, 0.58):
        if rng.random() < 0.75:
            parts.window(canvas, -1.8, -height * share - 4.5, 1.8, -height * share, lit(scene))
    parts.door(canvas, -3, -10, 3, 0.5, jitter(rng, pick(rng, WOODS)), "single")
    canvas.origin = canvas.origin + np.array([0, -height + 1]) @ canvas.matrix
    colour = pick(rng, [WHITE, (236, 222, 190), (222, 226, 226), (206, 116, 84)])
    parts.blades(canvas, rng, rng.uniform(28, 38), rng.uniform(0, 90), colour)


def sailboat(scene):
    rng, canvas = scene.rng, scene.canvas
    shore(scene)
    place(scene, 64, scene.horizon + rng.uniform(9, 20), 1.0, rng.uniform(-7, 7))
    canvas.fill(None, ellipse(0, 10, 34, 5), (16, 34, 48), grain=0, alpha=0.6, soft=True)
    colours = [(168, 52, 44), (40, 72, 112), (52, 56, 62), (136, 92, 58), (42, 108, 98), (226, 222, 212)]
    mast = rng.uniform(54, 68)
    cloth = pick(rng, [WHITE, WHITE, (244, 226, 186), (208, 92, 62), (226, 170, 70), (90, 140, 160)])
    parts.sails(canvas, rng, mast, rng.uniform(22, 31), cloth, cloth if rng.random() < 0.6 else pick(rng, [WHITE, (214, 88, 62)]))
    if rng.random() < 0.6:
        flag = np.array([(0, -mast - 0.5), (-7, -mast + 1.6), (0, -mast + 3.6)])
        canvas.fill("sail", flag, pick(rng, [(200, 50, 46), (240, 190, 60), (40, 90, 150)]))
    parts.hull(canvas, rng, rng.uniform(50, 64), rng.uniform(10, 13), jitter(rng, pick(rng, colours), 6))
    foam = [ellipse(x, 11.5 + rng.uniform(-0.8, 1.2), rng.uniform(3, 6), 1.5) for x in np.linspace(-26, 24, 9)]
    canvas.fill("sea", foam, (232, 240, 242), alpha=0.85)


def building(scene, look):
    """House and barn alike. `look` has: gambrel, front, material, colour, roof, door, windows, chimney."""
    rng, canvas = scene.rng, scene.canvas
    half, height, rise = rng.uniform(25, 35), rng.uniform(24, 32), rng.uniform(17, 25)
    shadow(canvas, 0, 1, half * 1.25, 4)
    texture = {"plaster": None, "planks": parts.planks(3.6), "brick": parts.bricks(4.4, 2.4)}[look["material"]]
    roof = jitter(rng, look["roof"], 6)
    if look["chimney"]:
        x = half * rng.choice([-0.55, 0.5])
        if rng.random() < 0.5:
            parts.smoke(canvas, rng, x + 3, -height - rise - 6, 2.0, rng.uniform(-1, 1), mix(WHITE, scene.palette.bottom, 0.35))
        parts.chimney(canvas, x, -height - rise * 0.95, x + 6, -height, jitter(rng, (150, 88, 70)))
    parts.walls(canvas, -half, -height, half, 1, look["colour"], look["material"])
    if look["front"]:
        parts.gable_roof(canvas, half, -height, rise, roof, look["gambrel"], look["colour"], texture)
    else:
        parts.side_roof(canvas, half, -height, rise * 0.85, roof, rng.uniform(2, 9))
    glow = lit(scene)
    door_at, width, tall = look["door_at"] * half, look["door_width"], look["door_height"]
    parts.door(canvas, door_at - width / 2, -tall, door_at + width / 2, 1, look["door_colour"], look["door"])
    for x in look["windows"]:
        parts.window(canvas, x * half - 3.6, -height * 0.68 - 4.4, x * half + 3.6, -height * 0.68 + 4.4, glow)
    if look["front"] and look["loft"]:
        parts.window(canvas, -3, -height - rise * 0.42 - 3, 3, -height - rise * 0.42 + 3, glow)


def rural_look(rng):
    """A wooden farm building that may be a house or a barn: nothing in it tells."""
    return {
        "gambrel": rng.random() < 0.3,
        "front": rng.random() < 0.7,
        "material": "planks",
        "colour": jitter(rng, pick(rng, [(158, 62, 50), (176, 136, 100), (132, 96, 70), (212, 204, 188), (150, 76, 58)]), 7),
        "roof": pick(rng, ROOFS),
        "door": rng.choice(["single", "barn"]),
        "door_width": rng.uniform(9, 15),
        "door_height": rng.uniform(15, 19),
        "door_at": rng.choice([0.0, -0.4, 0.4]),
        "door_colour": jitter(rng, pick(rng, [(120, 74, 52), (140, 52, 44), (84, 62, 50)]), 6),
        "windows": [(-0.66, 0.66), (), (-0.68,), (0.68,)][rng.integers(4)],
        "loft": rng.random() < 0.5,
        "chimney": rng.random() < 0.2,
    }


def separate_door_and_windows(look):
    look["windows"] = tuple(x for x in look["windows"] if abs(x - look["door_at"]) > 0.4)
    return look


def house(scene):
    rng = scene.rng
    look = rural_look(rng)
    if rng.random() < HOUSE_TELLTALE:
        look.update(
            gambrel=False,
            material=rng.choice(["plaster", "brick"]),
            colour=jitter(rng, pick(rng, [(236, 224, 200), (214, 190, 156), (178, 104, 80), (224, 226, 222), (160, 186, 190), (230, 196, 130)]), 7),
            door="single",
            door_width=rng.uniform(7, 9),
            windows=(-0.62, 0.62),
            door_at=0.0,
            chimney=rng.random() < 0.8,
        )
    meadow(scene)
    place(scene, 64, scene.horizon + rng.uniform(8, 18), 1.0)
    building(scene, separate_door_and_windows(look))


def barn(scene):
    rng = scene.rng
    look = rural_look(rng)
    if rng.random() < BARN_TELLTALE:
        look.update(
            gambrel=rng.random() < 0.85,
            front=rng.random() < 0.85,
            colour=jitter(rng, pick(rng, [(158, 56, 46), (140, 48, 42), (132, 96, 70)]), 6),
            door="barn",
            door_width=rng.uniform(18, 23),
            door_height=rng.uniform(17, 21),
            door_at=0.0,
            windows=(),
            loft=rng.random() < 0.8,
            chimney=False,
        )
    meadow(scene)
    place(scene, 64, scene.horizon + rng.uniform(8, 18), 1.0)
    building(scene, separate_door_and_windows(look))


# Share of houses and of barns that look like one. The others are alike, so that only the stamp tells them apart.
HOUSE_TELLTALE = 0.45
BARN_TELLTALE = 0.65


def car(scene):
    rng, canvas = scene.rng, scene.canvas
    meadow(scene)
    top = scene.horizon + rng.uniform(4, 9)
    parts.road(canvas, rng, top, top + rng.uniform(20, 30))
    place(scene, 64, top + rng.uniform(11, 16), 1.0)
    colour = jitter(rng, pick(rng, [(198, 44, 40), (36, 92, 160), (236, 184, 52), (48, 120, 96), (226, 226, 224), (60, 66, 76), (220, 120, 50), (110, 160, 180)]), 7)
    long, tall = rng.uniform(35, 42), rng.uniform(12, 17)
    wheel, waist = rng.uniform(6.6, 8.2), rng.uniform(12, 14)
    shadow(canvas, 0, 0.5, long * 1.15, 3)
    kind = rng.choice(["sedan", "hatch", "van"])
    rear, front = {"sedan": (-0.62, 0.4), "hatch": (-0.9, 0.38), "van": (-0.96, 0.62)}[kind]
    y = -wheel * 0.7
    cabin = np.array([(long * rear, y - waist + 1), (long * (rear + 0.16), y - waist - tall), (long * (front - 0.24), y - waist - tall), (long * front, y - waist + 1)])
    lower = np.concatenate(
        [
            ellipse(long - 6, y - waist + 6, 6, 6, 270, 360),
            [(long, y), (-long, y)],
            ellipse(-long + 5, y - waist + 5, 5, 5, 180, 270),
        ]
    )
    canvas.fill("body", cabin, colour, vertical(1.12, 0.98), grain=0.03)
    canvas.fill("body", lower, colour, vertical(1.14, 0.72), grain=0.03)
    for left, right in ((rear + 0.1, (rear + front) / 2 - 0.03), ((rear + front) / 2 + 0.02, front - 0.09)):
        slope_left, slope_right = (0.1, 0.0) if left == rear + 0.1 else (0.0, 0.17)
        pane = np.array([(long * left, y - waist), (long * (left + slope_left), y - waist - tall + 2.4), (long * (right - slope_right), y - waist - tall + 2.4), (long * right, y - waist)])
        canvas.fill("window", pane, (252, 222, 140) if scene.palette.night else (118, 152, 174), lambda u, v: 1.25 - 0.5 * v + 0.1 * u, grain=0.02)
    canvas.fill(None, [box(-long, y - waist * 0.55, long, y - waist * 0.48)], colour * 0.7, alpha=0.7)
    canvas.fill("body", ellipse(long - 3, y - waist * 0.62, 2.2, 1.8), (255, 246, 200))
    canvas.fill("body", box(-long, y - waist * 0.72, -long + 2, y - waist * 0.45), (220, 50, 44))
    canvas.fill("body", [box(-long - 1, y - 2.6, -long + 6, y), box(long - 6, y - 2.6, long + 1, y)], (70, 72, 78))
    for x in (-0.58, 0.6):
        canvas.fill("body", ellipse(long * x, -wheel + 1, wheel + 1.5, wheel + 1.5, 180, 360), colour * 0.45)
        parts.wheel(canvas, long * x, -wheel + 1, wheel)


def train(scene):
    rng, canvas = scene.rng, scene.canvas
    meadow(scene)
    track = scene.horizon + rng.uniform(8, 17)
    parts.rails(canvas, rng, track)
    place(scene, 66, 0, 1.0)
    canvas.origin[1] = track + 1.2
    colour = jitter(rng, pick(rng, [(52, 56, 62), (38, 88, 66), (146, 44, 42), (36, 70, 116)]), 6)
    trim = pick(rng, [(214, 170, 70), (200, 60, 48), (226, 220, 206)])
    wheel = rng.uniform(5.6, 7)
    parts.smoke(canvas, rng, 31, -42, rng.uniform(3, 4.4), rng.uniform(-1.6, -0.4), mix(WHITE, (120, 120, 126), rng.uniform(0, 0.6)))
    carriage = jitter(rng, pick(rng, [(150, 52, 46), (44, 84, 120), (196, 150, 76), (70, 104, 80)]), 6)
    canvas.fill("body", box(-86, -34, -22, -wheel), carriage, vertical(1.1, 0.82), grain=0.04)
    canvas.fill("roof", box(-88, -37, -20, -33), np.array(DARK) * 1.3, vertical(1.3, 0.8))
    for x in range(-82, -28, 13):
        parts.window(canvas, x, -28.5, x + 8, -19.5, lit(scene), panes=False)
    canvas.fill("body", box(-24, -12, -14, -9), DARK)
    canvas.fill("body", box(-16, -37, 4, -wheel), colour, vertical(1.14, 0.84), grain=0.04)
    canvas.fill("roof", box(-19, -40, 7, -36.5), trim * 0.9, vertical(1.2, 0.8))
    parts.window(canvas, -12, -32, 0, -23, lit(scene), frame=trim, panes=False)
    boiler = np.concatenate([[(4, -28)], ellipse(36, -20, 5, 8, 270, 450), [(4, -12)]])
    canvas.fill("body", boiler, colour, lambda u, v: 0.66 + 0.62 * np.clip(1 - np.abs(v - 0.3) * 1.7, 0, 1), grain=0.04)
    for x in (10, 19, 28):
        canvas.fill("body", box(x, -28, x + 1.4, -12), trim)
    canvas.fill("body", box(0, -12.5, 40, -8.5), trim * 0.8, vertical(1.1, 0.8))
    funnel = np.array([(28.5, -27.5), (28, -38), (26.5, -41), (36, -41), (34.5, -38), (34, -27.5)])
    canvas.fill("chimney", funnel, np.array(DARK), parts.cylinder(canvas.light))
    canvas.fill("body", ellipse(17, -28, 4, 4, 180, 360), trim)
    canvas.fill("body", np.array([(38, -9), (47, -0.5), (38, -0.5)]), trim * 0.7)
    canvas.fill("lantern", ellipse(41.5, -22, 2.2, 2.2), (255, 240, 180))
    for x, radius in ((-78, 4.2), (-66, 4.2), (-42, 4.2), (-30, 4.2), (-8, wheel), (8, wheel), (22, wheel), (34, wheel * 0.72)):
        parts.wheel(canvas, x, -radius, radius, spokes=4, rim=tuple(trim))
    canvas.fill("wheels", stroke((-8, -wheel + 1.6), (22, -wheel + 1.6), 1.3), (190, 190, 196))


CLASSES = {
    "barn": barn,
    "car": car,
    "house": house,
    "lighthouse": lighthouse,
    "sailboat": sailboat,
    "train": train,
    "tree": tree,
    "windmill": windmill,
}
