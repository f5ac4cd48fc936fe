"""scikit-learn's NMF at its defaults, and its exact non-negative coefficients, on a matrix that a bench wrote.

    python3 nmf_sklearn.py MATRIX.f32 BANK.f32 ROWS COLS N_COMPONENTS [SEED]

Files are raw little-endian float32, row-major: the matrix [ROWS, COLS], and a concept bank [N_COMPONENTS, COLS] in which the
coefficients are sought by LinearRegression(positive=True). Prints seconds (wall and processor), iterations and relative
errors as JSON.
"""

import json
import sys
import time
import warnings

import numpy as np
import sklearn
from sklearn.decomposition import NMF
from sklearn.linear_model import LinearRegression

warnings.filterwarnings("ignore")  # 200 iterations often end before tol: that is the default being measured


def timed(run):
    start, start_processor = time.perf_counter(), time.process_time()
    result = run()
    return result, time.perf_counter() - start, time.process_time() - start_processor


def error(activations, coefficients, bank):
    residual = np.linalg.norm(activations - coefficients @ bank) / np.linalg.norm(activations)
    return float(residual)


path, bank_path, rows, cols, n_components, seed = (sys.argv[1:] + ["0"])[:6]
activations = np.fromfile(path, dtype="<f4").reshape(int(rows), int(cols))
bank = np.fromfile(bank_path, dtype="<f4").reshape(int(n_components), int(cols))
model = NMF(n_components=int(n_components), random_state=int(seed))
coefficients, seconds, processor = timed(lambda: model.fit_transform(activations))
regression = LinearRegression(positive=True, fit_intercept=False)
targets = np.asarray(activations.T, np.float64)
_, exact_seconds, exact_processor = timed(lambda: regression.fit(np.asarray(bank.T, np.float64), targets))
print(
    json.dumps(
        {
            "seconds": seconds,
            "processor": processor,
            "relativeError": error(activations, coefficients, model.components_),
            "iterations": int(model.n_iter_),
            "exact": {
                "seconds": exact_seconds,
                "processor": exact_processor,
                "relativeError": error(activations, regression.coef_, bank),
            },
            "version": sklearn.__version__,
        }
    )
)
