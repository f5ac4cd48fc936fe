"""The parts scenes are built from. Each function draws one part in the canvas' current frame; many classes share them."""

import numpy as np

from canvas import PARTS, ball, box, bricks, cylinder, ellipse, mix, planks, shingles, smooth_noise, stroke, vertical

WOODS = [(120, 84, 56), (146, 108, 74), (96, 72, 54), (168, 132, 96)]
GREENS = [(70, 118, 58), (92, 136, 62), (58, 102, 70), (120, 146, 66)]
LEAVES = [(66, 122, 58), (88, 142, 60), (48, 100, 68), (198, 140, 48), (190, 92, 46), (140, 150, 60)]
ROOFS = [(164, 70, 54), (132, 62, 54), (86, 84, 92), (110, 78, 62), (72, 92, 104), (186, 104, 66)]
WHITE = (240, 236, 226)
DARK = (46, 46, 54)


def pick(rng, items):
    return np.asarray(items[rng.integers(len(items))], float)


def jitter(rng, colour, amount=10):
    return np.clip(np.asarray(colour, float) + rng.normal(0, amount, 3), 8, 250)


# --- backdrop -------------------------------------------------------------------------------------------------------


def sky(canvas, palette):
    canvas.labels[:] = PARTS["sky"]
    rows = np.linspace(0, 1.25, canvas.rgb.shape[0], dtype=np.float32)[:, None, None]
    rows = np.clip(rows, 0, 1) ** 1.15
    canvas.rgb[:] = np.asarray(palette.top, np.float32) * (1 - rows) + np.asarray(palette.bottom, np.float32) * rows


def sun(canvas, x, y, radius, palette):
    canvas.fill(None, ellipse(x, y, radius * 4, radius * 4), palette.sun, grain=0, alpha=0.45, soft=True)
    canvas.fill("sun", ellipse(x, y, radius, radius), palette.sun, grain=0)


def stars(canvas, rng, count):
    for _ in range(count):
        radius = rng.uniform(0.25, 0.6)
        canvas.fill(None, ellipse(rng.uniform(0, 128), rng.uniform(0, 70), radius, radius), WHITE, alpha=0.8)


def cloud(canvas, rng, x, y, width, palette):
    puffs = []
    for step in np.linspace(-0.5, 0.5, 6):
        height = width * (0.20 - 0.28 * step * step) * rng.uniform(0.7, 1.2)
        puffs.append(ellipse(x + step * width, y - height * 0.5, width * 0.17, height))
    puffs.append(box(x - width * 0.55, y - width * 0.05, x + width * 0.55, y))
    canvas.fill("cloud", puffs, palette.cloud, vertical(1.05, 0.88), grain=0.03, alpha=rng.uniform(0.75, 0.95))


def ridge(rng, base, height, bumps):
    line = smooth_noise(rng, 1, 130, bumps)[0] if bumps > 1 else np.full(130, 0.5)
    tops = base - height * np.clip(line, 0, 1.2)
    return np.concatenate([np.stack([np.arange(-1, 129), tops], 1), [(129, 130), (-1, 130)]])


def hills(canvas, rng, horizon, palette):
    for layer in range(rng.integers(1, 4), 0, -1):
        haze = 0.25 + 0.22 * layer
        colour = mix(jitter(rng, pick(rng, GREENS)), palette.bottom, min(haze, 0.85))
        canvas.fill("hill", ridge(rng, horizon + 2, 6 + 7 * layer, rng.integers(3, 7)), colour, vertical(1.05, 0.95))


def grass(canvas, rng, horizon, colour=None):
    colour = jitter(rng, pick(rng, GREENS), 8) if colour is None else colour
    canvas.fill("grass", ridge(rng, horizon, 2.5, 4), colour, vertical(1.16, 0.74), grain=0.22)
    for _ in range(rng.integers(12, 30)):
        y = rng.uniform(horizon + 3, 128)
        x, size = rng.uniform(0, 128), (y - horizon) / 40 + 0.6
        tuft = [stroke((x, y), (x + lean * size, y - size * 2.4), 0.5 * size) for lean in (-1.0, 0.1, 1.1)]
        canvas.fill(None, tuft, colour * rng.uniform(0.72, 1.25), alpha=0.8)


def sea(canvas, rng, horizon, palette):
    colour = mix(jitter(rng, pick(rng, [(38, 96, 132), (44, 118, 134), (58, 92, 120), (34, 84, 110)]), 8), palette.bottom, 0.14)
    canvas.fill("sea", box(-1, horizon, 129, 130), colour, vertical(1.35, 0.78), grain=0.08)
    y = horizon + 1.5
    while y < 129:
        size = 1.2 + (y - horizon) * 0.14
        for _ in range(4):
            x = rng.uniform(-5, 133)
            crest = np.concatenate([ellipse(x, y, size * 2.6, size * 0.55, 180, 360), ellipse(x, y + size * 0.12, size * 2.6, size * 0.28, 0, -180)])
            canvas.fill(None, crest, mix(colour, (255, 255, 255), rng.uniform(0.3, 0.65)), alpha=0.75)
        y += size * 1.25


def road(canvas, rng, top, bottom):
    colour = jitter(rng, pick(rng, [(92, 92, 98), (112, 106, 102), (76, 80, 88)]), 5)
    canvas.fill("road", box(-1, top, 129, bottom), colour, vertical(1.12, 0.9), grain=0.14)
    middle, start = (top + bottom) / 2 + 2, rng.uniform(-12, 0)
    dashes = [box(x, middle, x + 8, middle + 1.2) for x in np.arange(start, 130, 17)]
    canvas.fill("road", dashes, (226, 216, 186), alpha=0.9)


def rocks(canvas, rng, cx, base, width, height):
    colour = jitter(rng, pick(rng, [(104, 98, 96), (128, 116, 104), (88, 90, 98)]), 6)
    for step in np.linspace(-0.5, 0.5, 7)[rng.permutation(7)]:
        size = height * (1.15 - 1.2 * abs(step)) * rng.uniform(0.8, 1.15)
        x, half = cx + step * width, width * rng.uniform(0.13, 0.2)
        angles = np.sort(rng.uniform(np.pi, 2 * np.pi, 6))
        crown = np.stack([x + half * np.cos(angles), base + size * np.sin(angles)], 1)
        outline = np.concatenate([[(x - half, base + 3)], crown, [(x + half, base + 3)]])
        canvas.fill("rocks", outline, colour * rng.uniform(0.84, 1.12), vertical(1.22, 0.66), grain=0.25)
        peak = crown[np.argmin(crown[:, 1])]
        facet = np.array([peak, (x + canvas.light * half * 0.75, base), (x - canvas.light * half * 0.1, base)])
        canvas.fill("rocks", facet, colour * 1.28, vertical(1.05, 0.8), alpha=0.5)


def fence(canvas, rng, y, colour):
    posts = [box(x, y - 5, x + 1.3, y + 2) for x in np.arange(rng.uniform(-6, 0), 130, 8)]
    canvas.fill("fence", posts + [box(-1, y - 3.8, 129, y - 2.8), box(-1, y - 1.2, 129, y - 0.2)], colour)


def bird(canvas, x, y, size):
    wings = [stroke((x, y), (x - size, y - size * 0.6), 0.5), stroke((x, y), (x + size, y - size * 0.6), 0.5)]
    canvas.fill(None, wings, DARK, alpha=0.8)


# --- buildings ------------------------------------------------------------------------------------------------------


def window(canvas, left, top, right, bottom, lit=False, frame=WHITE, panes=True):
    canvas.fill("window", box(left - 0.8, top - 0.8, right + 0.8, bottom + 0.8), frame)
    glass = (252, 214, 122) if lit else (86, 118, 144)
    canvas.fill("window", box(left, top, right, bottom), glass, vertical(1.25, 0.8), grain=0.03)
    if panes:
        x, y = (left + right) / 2, (top + bottom) / 2
        canvas.fill("window", [box(x - 0.3, top, x + 0.3, bottom), box(left, y - 0.3, right, y + 0.3)], frame)


def tower(canvas, rng, height, bottom_width, top_width, style):
    """A tapering round tower standing on (0, 0): plain, banded, spiralled or of brick."""
    lower, upper = bottom_width / 2, top_width / 2
    base = pick(rng, [WHITE, (228, 218, 196), (214, 206, 192)])
    accent = pick(rng, [(190, 54, 46), (40, 74, 122), (44, 46, 54), (34, 112, 104)])
    outline = np.array([(-lower, 1), (lower, 1), (upper, -height), (-upper, -height)], float)
    brick = style == "brick"
    colour = jitter(rng, pick(rng, [(172, 96, 72), (186, 142, 108), (150, 120, 104)])) if brick else base
    canvas.fill("tower", outline, colour, cylinder(canvas.light), bricks(4.2, 2.4) if brick else None)

    def half(share):
        return lower + (upper - lower) * share

    count = rng.integers(3, 6)
    for band in range(count if style in ("bands", "spiral") else 0):
        low, high = (band + 0.1) / count, (band + 0.6) / count
        rise = 0.5 / count if style == "spiral" else 0.0
        left_low, left_high = low, high
        right_low, right_high = min(low + rise, 1), min(high + rise, 1)
        stripe = np.array(
            [
                (-half(left_low), -height * left_low),
                (half(right_low), -height * right_low),
                (half(right_high), -height * right_high),
                (-half(left_high), -height * left_high),
            ]
        )
        canvas.fill("tower", stripe, accent, cylinder(canvas.light))
    return accent


def lantern(canvas, rng, width, lit, colour):
    """Gallery, lit glass and dome on top of a tower; stands on (0, 0)."""
    half = width / 2
    if lit:
        canvas.fill(None, ellipse(0, -5, 26, 20), (255, 236, 160), grain=0, alpha=0.55, soft=True)
    canvas.fill("lantern", box(-half - 2.6, -1.6, half + 2.6, 0.4), DARK)
    glass = (255, 226, 120) if lit else (202, 220, 220)
    canvas.fill("lantern", box(-half + 0.6, -8.6, half - 0.6, -1.4), glass, cylinder(canvas.light), grain=0.02)
    bars = [box(x - 0.35, -8.6, x + 0.35, -1.4) for x in np.linspace(-half + 0.8, half - 0.8, 4)]
    rail = [box(x - 0.25, -4.4, x + 0.25, -1.4) for x in np.linspace(-half - 2.3, half + 2.3, 7)]
    canvas.fill("lantern", bars + rail + [box(-half - 2.6, -4.7, half + 2.6, -4.1)], DARK)
    dome = np.concatenate([ellipse(0, -8.4, half + 1.0, 5.4, 180, 360)])
    canvas.fill("lantern", dome, colour, ball(canvas.light))
    canvas.fill("lantern", [stroke((0, -13), (0, -17), 0.8), ellipse(0, -14, 0.9, 0.9)], DARK)


def blades(canvas, rng, radius, angle, colour):
    """Four lattice sails of a windmill around (0, 0)."""
    for quarter in range(4):
        turn = np.radians(angle + 90 * quarter)
        out, side = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])

        def at(along, across):
            return out * radius * along + side * radius * across

        cloth = np.array([at(0.22, 0.03), at(1.0, 0.03), at(1.0, 0.24), at(0.22, 0.2)])
        canvas.fill("blades", cloth, colour, grain=0.06, alpha=0.96)
        slats = [stroke(at(k, 0.03), at(k, 0.23), radius * 0.018 + 0.25) for k in np.linspace(0.3, 0.98, 6)]
        slats.append(stroke(at(0.22, 0.2), at(1, 0.24), radius * 0.02 + 0.3))
        canvas.fill("blades", slats, (92, 70, 54))
        canvas.fill("blades", stroke(at(-0.06, 0), at(1.02, 0), radius * 0.035 + 0.6), (82, 60, 46))
    canvas.fill("blades", ellipse(0, 0, radius * 0.07 + 0.8, radius * 0.07 + 0.8), DARK, ball(canvas.light))


def walls(canvas, left, top, right, bottom, colour, material):
    texture = {"plaster": None, "planks": planks(3.6), "brick": bricks(4.4, 2.4)}[material]
    canvas.fill("walls", box(left, top, right, bottom), colour, vertical(1.05, 0.9), texture)


def gable_roof(canvas, half, eaves, height, colour, gambrel, wall_colour, wall_texture):
    """Front gable over x in -half..half: the triangle of wall below it and two slopes with an overhang."""
    profile = [(-half, eaves), (-half * 0.68, eaves - height * 0.62), (0, eaves - height)] if gambrel else [(-half, eaves), (0, eaves - height)]
    profile = np.array(profile, float)
    mirrored = profile[::-1][1:] * (-1, 1)
    line = np.concatenate([profile, mirrored])
    canvas.fill("walls", line, wall_colour, vertical(1.0, 1.0), wall_texture)
    thick = np.concatenate([line * (1.13, 1) + (0, -2.2), (line * (1.10, 1) + (0, 2.4))[::-1]])
    canvas.fill("roof", thick, colour, vertical(1.12, 0.84), shingles(1.6))


def side_roof(canvas, half, eaves, height, colour, inset):
    """Roof seen from its long side: a trapezoid with rows of shingles."""
    outline = np.array([(-half - 3, eaves + 1), (half + 3, eaves + 1), (half - inset, eaves - height), (-half + inset, eaves - height)])
    canvas.fill("roof", outline, colour, vertical(1.16, 0.84), shingles(2.6))
    canvas.fill(None, box(-half, eaves + 1, half, eaves + 2.6), (30, 26, 30), alpha=0.35)


def door(canvas, left, top, right, bottom, colour, kind):
    """A house door ('single') or a barn door with a cross ('barn')."""
    canvas.fill("door", box(left - 0.9, top - 0.9, right + 0.9, bottom), WHITE if kind == "barn" else np.asarray(colour) * 0.7)
    canvas.fill("door", box(left, top, right, bottom), colour, vertical(1.1, 0.9), planks(2.4, 0.12))
    if kind == "barn":
        middle = (left + right) / 2
        bars = [stroke(a, b, 1.1) for x0, x1 in ((left, middle), (middle, right)) for a, b in (((x0, top), (x1, bottom)), ((x0, bottom), (x1, top)))]
        canvas.fill("door", bars + [box(middle - 0.5, top, middle + 0.5, bottom)], WHITE)
    else:
        knob = left + (right - left) * 0.8
        canvas.fill("door", ellipse(knob, (top + bottom) / 2 + 0.6, 0.6, 0.6), (230, 196, 96))


def chimney(canvas, left, top, right, bottom, colour):
    canvas.fill("chimney", box(left, top, right, bottom), colour, cylinder(canvas.light), bricks(2.6, 1.6))
    canvas.fill("chimney", box(left - 0.7, top - 1.4, right + 0.7, top + 0.4), np.asarray(colour) * 0.75)


def smoke(canvas, rng, x, y, size, drift, colour):
    for step in range(7):
        radius = size * (0.5 + 0.3 * step) * rng.uniform(0.85, 1.15)
        cx, cy = x + drift * step * size * 0.8 + rng.normal(0, 0.4), y - step * size * 0.75
        canvas.fill("smoke", ellipse(cx, cy, radius, radius * 0.85), colour, ball(canvas.light), grain=0.04, alpha=0.8 - 0.085 * step)


# --- vehicles -------------------------------------------------------------------------------------------------------


def hull(canvas, rng, length, depth, colour):
    """A boat's hull with its deck line at y = 0, floating with its keel at y = depth."""
    half = length / 2
    deck = np.stack([np.linspace(-half, half, 14), 1.6 - 3.0 * np.linspace(-1, 1, 14) ** 2 - 1.4 * np.linspace(0, 1, 14)], 1)
    keel = np.stack([np.linspace(half * 0.72, -half * 0.82, 12), np.full(12, depth)], 1)
    keel[:, 1] -= 1.8 * np.linspace(-1, 1, 12) ** 2
    canvas.fill("hull", np.concatenate([deck, keel]), colour, vertical(1.15, 0.68), planks(2.2, 0.14, upright=False))
    band = np.concatenate([deck + (0, 0.2), (deck * (0.985, 1) + (0, 1.9))[::-1]])
    canvas.fill("hull", band, WHITE)


def sails(canvas, rng, mast, spread, colour, second):
    """Mast, mainsail and jib of a sailing boat above the deck at y = 0."""
    canvas.fill("sail", stroke((0, 1), (0, -mast), 1.1), (96, 70, 52))

    def curve(start, end, bulge):
        t = np.linspace(0, 1, 10)[:, None]
        line = np.asarray(start, float) * (1 - t) + np.asarray(end, float) * t
        return line + np.array([bulge, 0]) * np.sin(np.pi * t)

    main = np.concatenate([curve((1.0, -mast * 0.97), (spread, -4), spread * 0.12), curve((spread, -4), (1.0, -3.4), 0)])
    canvas.fill("sail", main, colour, lambda u, v: 1.06 - 0.26 * u, grain=0.05)
    seams = [stroke((1, -mast * k), (spread * (1 - k) * 1.06, -mast * k + 1), 0.35) for k in (0.25, 0.45, 0.65)]
    canvas.fill("sail", seams, np.asarray(colour) * 0.8)
    jib = np.concatenate([curve((-1.0, -mast * 0.86), (-spread * 0.72, -3), -spread * 0.02), curve((-spread * 0.72, -3), (-1.2, -4), 0)])
    canvas.fill("sail", jib, second, lambda u, v: 0.86 + 0.24 * u, grain=0.05)


def wheel(canvas, x, y, radius, spokes=0, rim=(206, 208, 212)):
    canvas.fill("wheels", ellipse(x, y, radius, radius), (34, 34, 38), ball(canvas.light))
    canvas.fill("wheels", ellipse(x, y, radius * 0.62, radius * 0.62), rim, ball(canvas.light))
    if spokes:
        canvas.fill("wheels", ellipse(x, y, radius * 0.52, radius * 0.52), (56, 54, 58))
        angles = np.pi * np.arange(spokes) / spokes
        lines = [stroke((x - radius * 0.6 * np.cos(a), y - radius * 0.6 * np.sin(a)), (x + radius * 0.6 * np.cos(a), y + radius * 0.6 * np.sin(a)), radius * 0.13) for a in angles]
        canvas.fill("wheels", lines, rim)
    canvas.fill("wheels", ellipse(x, y, radius * 0.2, radius * 0.2), DARK)


def rails(canvas, rng, y):
    canvas.fill("rails", box(-1, y, 129, y + 9), jitter(rng, (136, 122, 108), 6), vertical(1.1, 0.8), grain=0.5)
    sleepers = [box(x, y + 2.2, x + 4, y + 5) for x in np.arange(rng.uniform(-7, 0), 130, 8)]
    canvas.fill("rails", sleepers, (92, 70, 54))
    canvas.fill("rails", box(-1, y + 0.6, 129, y + 2.2), (170, 170, 178), vertical(1.25, 0.7))


# --- plants ---------------------------------------------------------------------------------------------------------


def trunk(canvas, rng, height, width, colour):
    flare = width * 0.5
    outline = np.array([(-width / 2 - flare, 1), (-width / 2, -height * 0.2), (-width * 0.32, -height), (width * 0.32, -height), (width / 2, -height * 0.2), (width / 2 + flare, 1)])
    branches = [stroke((0, -height * 0.6), (side * width * 1.9, -height * 1.05), width * 0.32) for side in (-1, 1)]
    canvas.fill("trunk", [outline], colour, cylinder(canvas.light), planks(1.1, 0.16))
    canvas.fill("trunk", branches, np.asarray(colour) * 0.9)


def round_foliage(canvas, rng, cy, radius_x, radius_y, colour):
    """A crown of many leafy clumps, darker below and lighter towards the light."""
    clumps = []
    for _ in range(26):
        angle, reach = rng.uniform(0, 2 * np.pi), np.sqrt(rng.random()) * 0.82
        clumps.append((reach * np.cos(angle), reach * np.sin(angle)))
    clumps.sort(key=lambda clump: -clump[1])
    body = [ellipse(x * radius_x, cy + y * radius_y, radius_x * 0.32, radius_y * 0.3) for x, y in clumps]
    canvas.fill("foliage", body + [ellipse(0, cy, radius_x * 0.8, radius_y * 0.8)], colour * 0.72, grain=0.3)
    for x, y in clumps:
        tone = 0.92 - 0.22 * y + 0.14 * x * canvas.light + rng.uniform(-0.06, 0.06)
        size = rng.uniform(0.16, 0.26)
        spot = ellipse(x * radius_x, cy + y * radius_y - 0.6, radius_x * size, radius_y * size * 0.9)
        canvas.fill("foliage", spot, colour * tone, vertical(1.14, 0.84), grain=0.4)


def conifer_foliage(canvas, rng, base, height, width, colour):
    tiers = rng.integers(4, 7)
    for tier in range(tiers):
        share = tier / tiers
        bottom, half = base - height * share * 0.86, width / 2 * (1 - 0.78 * share)
        top = bottom - height / tiers * 1.75
        fringe = np.linspace(-half, half, 11)
        edge = np.stack([fringe, bottom + np.where(np.arange(11) % 2, -1.4, 0.8) * half * 0.09], 1)
        outline = np.concatenate([edge, [(0, top)]])
        canvas.fill("foliage", outline, colour * (0.9 + 0.12 * share), lambda u, v: 1.2 - 0.42 * v + 0.12 * (u - 0.5) * canvas.light, grain=0.3)
