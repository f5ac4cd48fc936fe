"""Hyper-gradients of the two timing problems with jaxopt, in float64 on one thread.

Usage: implicit_jaxopt.py TIMING.JSON [REPEATS]   prints one JSON document: for each problem the hyper-gradient, its relative
error and the solution's, iterations, and the median processor seconds of one hyper-gradient, with an outer jit after its
first call (warm) and without one.
"""

import json
import os
import statistics
import sys
import time

os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ.setdefault("OMP_NUM_THREADS", "1")

import jax  # noqa: E402

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_platforms", "cpu")

import jax.numpy as jnp  # noqa: E402
import jaxopt  # noqa: E402
import numpy as np  # noqa: E402

TOL = 1e-9
# Each median is of rounds of at least so many processor seconds.
ROUND = 0.2


def array(value):
    return jnp.asarray(np.array(value["data"], dtype=np.float64).reshape(value["shape"]))


def seconds_of(call, repeats):
    """Median over rounds of the processor seconds of one call, and how many calls a round had."""
    start = time.process_time()
    call()
    calls = max(1, int(ROUND / max(time.process_time() - start, 1e-6)))
    rounds = []
    for _ in range(repeats):
        start = time.process_time()
        for _ in range(calls):
            call()
        rounds.append((time.process_time() - start) / calls)
    return statistics.median(rounds)


def solver_of(problem, X, y):
    def ridge(w, theta):
        return 0.5 * jnp.sum((X @ w - y) ** 2) + 0.5 * theta * jnp.sum(w**2)

    def least_squares(w):
        return jnp.sum((X @ w - y) ** 2) / (2 * len(y))

    if problem["id"] == "ridge_lbfgs":
        return jaxopt.LBFGS(fun=ridge, tol=TOL, maxiter=500)
    prox = jaxopt.prox.prox_lasso
    return jaxopt.ProximalGradient(fun=least_squares, prox=prox, stepsize=1 / problem["lipschitz"], tol=TOL, maxiter=20000)


def measure(problem, data, repeats):
    solver = solver_of(problem, data["X"], data["y"])
    Xv, yv = data["Xv"], data["yv"]
    start = jnp.zeros(data["X"].shape[1])

    def outer(theta):
        w = solver.run(start, theta).params
        return jnp.sum((Xv @ w - yv) ** 2) / (2 * len(yv)), w

    gradient = jax.grad(outer, has_aux=True)
    compiled = jax.jit(gradient)
    theta = jnp.asarray(float(problem.get("theta", problem.get("lam"))))
    value, w = compiled(theta)
    wanted = problem["hyper_gradient"]
    solution = array(problem["solution"])
    return {
        "hyperGradient": float(value),
        "gradientError": abs(float(value) - wanted) / abs(wanted),
        "solutionError": float(jnp.max(jnp.abs(w - solution)) / jnp.max(jnp.abs(solution))),
        "iterations": int(solver.run(start, theta).state.iter_num),
        "warmSeconds": seconds_of(lambda: compiled(theta)[0].block_until_ready(), repeats),
        "plainSeconds": seconds_of(lambda: gradient(theta)[0].block_until_ready(), repeats),
    }


def main():
    with open(sys.argv[1], encoding="utf8") as file:
        timing = json.load(file)
    repeats = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    data = {name: array(timing[name]) for name in ("X", "y", "Xv", "yv")}
    problems = {item["id"]: measure(item, data, repeats) for item in timing["problems"]}
    print(json.dumps({"jax": jax.__version__, "problems": problems}))


main()
