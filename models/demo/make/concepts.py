"""A Python prototype of the explanation, to see whether the stamp and the parts come out as concepts.

Activations at the last map on the pictures predicted as a class -> scikit-learn's NMF -> Jansen's total index of a mask
on the concepts, through the head. Rows are the map's positions ('grid') or mean activations of crops ('crops').
"""

import numpy as np
import torch
from scipy.stats import qmc
from sklearn.decomposition import NMF

from train import to_input

CONCEPTS = 10
CROP, STRIDE = 32, 26


def batched(function, pictures, size=64):
    with torch.no_grad():
        return np.concatenate([function(to_input(pictures[i : i + size])).numpy() for i in range(0, len(pictures), size)])


def latent_maps(model, pictures):
    """[n, 16, 16, channels]"""
    return batched(model.latent, pictures).transpose(0, 2, 3, 1)


def crops_of(pictures):
    """Square crops on a regular grid, enlarged to the input size by bilinear interpolation: inputs [n * k, 3, 128, 128]."""
    offsets = range(0, 128 - CROP + 1, STRIDE)
    windows = [pictures[:, y : y + CROP, x : x + CROP] for y in offsets for x in offsets]
    small = to_input(np.concatenate(windows))
    return torch.nn.functional.interpolate(small, size=(128, 128), mode="bilinear", align_corners=False)


def rows_for(model, pictures, kind):
    if kind == "grid":
        return latent_maps(model, pictures).reshape(-1, model.classify.in_features)
    crops = crops_of(pictures)
    with torch.no_grad():
        return np.concatenate([model.latent(part).mean(dim=(2, 3)).numpy() for part in crops.split(64)])


def total_indices(model, pictures, bank, class_index, samples=128, seed=0):
    """Mean over the pictures of Jansen's total index of each concept's mask on the class logit."""
    maps = latent_maps(model, pictures)
    n, height, width, channels = maps.shape
    coefficients = NMF.transform(bank_as_model(bank), maps.reshape(-1, channels)).reshape(n, height * width, -1)
    head = model.classify.weight.detach().numpy()[class_index]
    effect = coefficients.mean(axis=1) * (bank @ head)
    design = qmc.Sobol(2 * len(bank), seed=seed).random(samples)
    a, b = design[:, : len(bank)], design[:, len(bank) :]
    indices = np.zeros(len(bank))
    base = effect @ a.T
    for concept in range(len(bank)):
        swapped = a.copy()
        swapped[:, concept] = b[:, concept]
        indices[concept] = np.mean(((base - effect @ swapped.T) ** 2).mean(axis=1) / (2 * base.var(axis=1) + 1e-12))
    return indices


def bank_as_model(bank):
    model = NMF(n_components=len(bank), max_iter=400)
    model.components_ = bank
    model.n_components_, model.n_features_in_ = bank.shape
    model._beta_loss = 2
    return model


def find_concepts(model, pictures, class_index, kind, seed=0):
    """Concept bank, importance, and coefficient maps [n, 16, 16, concepts] of the pictures."""
    rows = rows_for(model, pictures, kind)
    nmf = NMF(n_components=CONCEPTS, init="nndsvda", random_state=seed, max_iter=400)
    nmf.fit(rows)
    bank = nmf.components_ / (np.linalg.norm(nmf.components_, axis=1, keepdims=True) + 1e-12)
    maps = latent_maps(model, pictures)
    coefficients = NMF.transform(bank_as_model(bank), maps.reshape(-1, maps.shape[-1])).reshape(*maps.shape[:3], -1)
    return bank, total_indices(model, pictures, bank, class_index, seed=seed), coefficients


def best_overlap(coefficients, mask):
    """For each concept the IoU of its thresholded map with the mask, over all pictures, at the best of nine thresholds.

    Compared at 64 x 64, which is finer than the maps are.
    """
    mask = mask[:, ::2, ::2]
    maps = torch.from_numpy(coefficients.transpose(0, 3, 1, 2).copy()).float()
    large = torch.nn.functional.interpolate(maps, size=mask.shape[1:], mode="bilinear", align_corners=False).numpy()
    scores = []
    for concept in range(large.shape[1]):
        values = large[:, concept]
        levels = values.max() * np.linspace(0.08, 0.7, 9)
        overlaps = [((values > t) & mask).sum() / max(((values > t) | mask).sum(), 1) for t in levels]
        scores.append(max(overlaps))
    return np.array(scores)
