"""scikit-learn's MiniBatchDictionaryLearning (positive codes, positive atoms) on a matrix that a bench wrote.

    python3 sparse_sklearn.py MATRIX.f32 ROWS COLS ATOMS ACTIVE DICTIONARY_OUT.f32 [SEED]

MATRIX.f32 is raw little-endian float32, row-major; so is the dictionary [ATOMS, COLS] that is written. Its penalty is
searched for until rows have ACTIVE atoms in the mean, and that is what it is fitted and coded with. Prints JSON: seconds
and processor seconds of the fit and of the codes, and R2 of the activations by two kinds of codes, `lasso` (its own:
ACTIVE in the mean, some rows have more) and `kept` (the ACTIVE largest of each row, amounts found again without the
penalty's shrinking).

Needs numpy, scipy and scikit-learn.
"""

import json
import sys
import time
import warnings

import numpy as np
import sklearn
from scipy.optimize import nnls
from sklearn.decomposition import MiniBatchDictionaryLearning, sparse_encode

warnings.filterwarnings("ignore")

SEARCH_ROWS = 2048

path, rows, cols, atoms, active, out, seed = (sys.argv[1:] + ["0"])[:7]
rows, cols, atoms, active, seed = (int(value) for value in (rows, cols, atoms, active, seed))
activations = np.fromfile(path, dtype="<f4").reshape(rows, cols)
total = float(((activations - activations.mean(axis=0)) ** 2).sum(dtype=np.float64))


def learner(alpha, **more):
    return MiniBatchDictionaryLearning(
        n_components=atoms, alpha=alpha, positive_code=True, positive_dict=True, fit_algorithm="cd",
        transform_algorithm="lasso_cd", transform_alpha=alpha, batch_size=256, random_state=seed, **more,
    )


def codes_of(x, dictionary, alpha):
    return sparse_encode(x, dictionary, algorithm="lasso_cd", alpha=alpha, positive=True, max_iter=500)


def penalty_for(x, dictionary, low=1e-3, high=1e3):
    """The penalty at which the rows have `active` atoms in the mean; more penalty, fewer atoms."""
    for _ in range(18):
        middle = float(np.sqrt(low * high))
        mean = np.count_nonzero(codes_of(x, dictionary, middle), axis=1).mean()
        low, high = (middle, high) if mean > active else (low, middle)
    return high


def r2_of(codes, dictionary):
    left = sum(
        float(((activations[at : at + 4096] - codes[at : at + 4096] @ dictionary) ** 2).sum(dtype=np.float64))
        for at in range(0, rows, 4096)
    )
    return 1 - left / total


def kept(codes, dictionary):
    result = np.zeros_like(codes)
    for row in range(rows):
        largest = np.argsort(-codes[row])[:active]
        largest = largest[codes[row][largest] > 0]
        if len(largest):
            result[row, largest] = nnls(dictionary[largest].T.astype(np.float64), activations[row].astype(np.float64))[0]
    return result


sample = activations[np.random.default_rng(seed).permutation(rows)[:SEARCH_ROWS]]
units = sample / np.maximum(np.linalg.norm(sample, axis=1, keepdims=True), 1e-12)
alpha = penalty_for(sample, units[:atoms])
for _ in range(2):
    alpha = penalty_for(sample, learner(alpha, max_iter=2).fit(sample).components_)

start, start_processor = time.perf_counter(), time.process_time()
model = learner(alpha).fit(activations)
fit, fit_processor = time.perf_counter() - start, time.process_time() - start_processor
dictionary = model.components_.astype(np.float32)
alpha = penalty_for(sample, dictionary)
start = time.perf_counter()
codes = codes_of(activations, dictionary, alpha).astype(np.float32)
coded = time.perf_counter() - start
dictionary.astype("<f4").tofile(out)
print(
    json.dumps(
        {
            "seconds": fit,
            "processor": fit_processor,
            "codeSeconds": coded,
            "steps": int(model.n_steps_),
            "active": float(np.count_nonzero(codes, axis=1).mean()),
            "lasso": r2_of(codes, dictionary),
            "kept": r2_of(kept(codes, dictionary), dictionary),
            "version": sklearn.__version__,
        }
    )
)
