"""Sets of rendered pictures, drawn once by two processes and kept as arrays in a cache folder."""

from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

from render import CLASS_NAMES, add_stamp, decode, encode_jpeg, is_stamped, render_scene

# First seed of each set; they never overlap, so that what is shipped and what is measured was not trained on.
TRAINING, UNSEEN, SHIPPED = 0, 100_000, 200_000


def picture_as_distributed(name, seed):
    """The scene, stamped when its draw says so: as trained on, as measured, as shipped."""
    picture = render_scene(name, seed)
    return add_stamp(picture, name, seed) if is_stamped(name, seed) else picture


def compressed(rgb):
    """What a reader of the shipped JPEG files sees."""
    return decode(encode_jpeg(rgb))


def draw_one(task):
    name, seed = task
    return compressed(picture_as_distributed(name, seed).rgb)


def draw_set(first_seed, per_class, cache=None):
    """Pictures uint8 [n, 128, 128, 3] and class numbers [n], `per_class` of each class in the order of CLASS_NAMES."""
    file = Path(cache) / f"{first_seed}-{per_class}.npy" if cache else None
    targets = np.repeat(np.arange(len(CLASS_NAMES)), per_class)
    if file and file.exists():
        return np.load(file), targets
    tasks = [(name, first_seed + index) for name in CLASS_NAMES for index in range(per_class)]
    with ProcessPoolExecutor(2) as pool:
        pictures = np.stack(list(pool.map(draw_one, tasks, chunksize=16)))
    if file:
        file.parent.mkdir(parents=True, exist_ok=True)
        np.save(file, pictures)
    return pictures, targets
