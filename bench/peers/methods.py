"""The methods compared: vectors and a seed in, labels int64[n] out, -1 = left out. None is told the number of themes."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence

import numpy as np

from nlp.discovery import discover
from nlp.encoders import Vectors
from nlp.granularity import Labels
from nlp.wording import with_words

Method = Callable[[Vectors, int], Labels]


def bertopic_recipe(vectors: Vectors, seed: int) -> Labels:
    """UMAP to 5 dimensions (15 neighbours, min_dist 0, cosine), then HDBSCAN (at least 10): BERTopic's defaults."""
    from hdbscan import HDBSCAN
    from umap import UMAP

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        low = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=seed).fit_transform(
            vectors
        )
        return np.asarray(HDBSCAN(min_cluster_size=10, prediction_data=False).fit_predict(low), dtype=np.int64)


def evoc(vectors: Vectors, seed: int) -> Labels:
    """EVoC with its defaults."""
    from evoc import EVoC

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.asarray(EVoC(random_state=seed).fit_predict(vectors), dtype=np.int64)


def kmeans_silhouette(vectors: Vectors, seed: int) -> Labels:
    """k-means, k of 5 to 320 in steps of a half octave, by the cosine silhouette of at most 2,000 rows."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    best, labels = -2.0, np.zeros(len(vectors), dtype=np.int64)
    for step in range(13):
        k = round(5 * 2 ** (step / 2))
        if k >= len(vectors) / 2:
            break
        found = KMeans(k, n_init=1, random_state=seed).fit_predict(vectors)
        score = silhouette_score(
            vectors, found, metric="cosine", sample_size=min(2_000, len(vectors)), random_state=seed
        )
        if score > best:
            best, labels = score, np.asarray(found, dtype=np.int64)
    return labels


def vectors_alone(vectors: Vectors, seed: int) -> Labels:
    """The product's search, given what its peers are given."""
    return discover(vectors, seed=seed).labels


def earshot(texts: Sequence[str]) -> Method:
    """What the product runs: it looks at the words beside the vectors."""
    return lambda vectors, seed: discover(with_words(vectors, texts[: len(vectors)]), seed=seed).labels


METHODS: dict[str, Method] = {
    "UMAP + HDBSCAN (BERTopic's recipe)": bertopic_recipe,
    "EVoC": evoc,
    "k-means, k by silhouette": kmeans_silhouette,
    "Earshot, vectors alone": vectors_alone,
}
