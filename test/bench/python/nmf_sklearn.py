"""scikit-learn's NMF at its defaults, on a matrix that a bench wrote: seconds (wall and processor) and relative error, as JSON.

    python3 nmf_sklearn.py MATRIX.f32 ROWS COLS N_COMPONENTS [SEED]

MATRIX.f32 is raw little-endian float32, row-major.
"""

import json
import sys
import time
import warnings

import numpy as np
import sklearn
from sklearn.decomposition import NMF

warnings.filterwarnings("ignore")  # 200 iterations often end before tol: that is the default being measured

path, rows, cols, n_components, seed = (sys.argv[1:] + ["0"])[:5]
activations = np.fromfile(path, dtype="<f4").reshape(int(rows), int(cols))
model = NMF(n_components=int(n_components), random_state=int(seed))
start, start_processor = time.perf_counter(), time.process_time()
coefficients = model.fit_transform(activations)
seconds, processor = time.perf_counter() - start, time.process_time() - start_processor
residual = np.linalg.norm(activations - coefficients @ model.components_) / np.linalg.norm(activations)
print(
    json.dumps(
        {
            "seconds": seconds,
            "processor": processor,
            "relativeError": float(residual),
            "iterations": int(model.n_iter_),
            "version": sklearn.__version__,
        }
    )
)
