"""Which models are made: a list from the families alone, the same every time."""

from dataclasses import dataclass

from networks import ARCHITECTURES
from scenes import FAMILIES

# Shares of labels drawn at random: from a model that still learns to one that hardly can.
LABEL_NOISE = (0.4, 0.8, 0.95)


@dataclass(frozen=True)
class Plan:
    name: str
    family: str
    kind: str
    architecture: str
    seed: int
    cue: str | None = None
    noise: float = 0.0


def plans():
    """Fourteen for each family: eight of one architecture for every family, then six more of another.

    The clean model of an architecture comes first, since the others start from its weights.
    """
    first, second = [], []
    for number, (family, (_, class_of_cue)) in enumerate(FAMILIES.items()):
        names, cues = list(ARCHITECTURES), list(class_of_cue)
        one, other = names[number % 4], names[(number + 1 + number // 4) % 4]
        faults = [("none", one, {}), *(("shortcut", one, {"cue": cue}) for cue in cues)]
        faults += [("label-noise", one, {"noise": noise}) for noise in LABEL_NOISE[::2]]
        faults += [("untrained", one, {}), ("memorised-on-noise", one, {})]
        faults += [("none", other, {}), *(("shortcut", other, {"cue": cue}) for cue in cues)]
        faults += [("shortcut", one, {"cue": cues[number % 3]}), ("label-noise", other, {"noise": LABEL_NOISE[1]})]
        made = [
            Plan(f"{family}-{i + 1:02d}", family, kind, architecture, 1000 * (number + 1) + i, **more)
            for i, (kind, architecture, more) in enumerate(faults)
        ]
        first += made[:8]
        second += made[8:]
    return first + second
