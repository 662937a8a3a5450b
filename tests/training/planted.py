"""Features whose products differ in a few directions only, under much that is chance."""

import numpy as np

from goodsight.training.examples import Examples

SIZE, SIGNAL = 48, 6


def planted(products=40, photos=6, *, chance=4.0, apart=1.0, seed=0):
    """Examples and the planted directions, in which products are so far `apart`.

    All other directions are spread by chance, up to `chance`.
    """
    generator = np.random.default_rng(seed)
    directions = np.linalg.qr(generator.normal(size=(SIZE, SIZE)))[0]
    groups = np.repeat(np.arange(products), photos)
    values = generator.normal(size=(len(groups), SIZE))
    values[:, :SIGNAL] *= 0.3
    values[:, :SIGNAL] += apart * generator.normal(size=(products, SIGNAL))[groups]
    values[:, SIGNAL:] *= np.linspace(0.2, chance, SIZE - SIGNAL)
    features = (values @ directions.T).astype(np.float32)
    return Examples.of_photos(features, groups), directions[:, :SIGNAL]


def with_bursts(examples, shots=3, seed=0):
    """Each photo as a burst of so many shots that hardly differ."""
    generator = np.random.default_rng(seed)
    features = np.repeat(examples.features, shots, axis=0)
    features += 0.02 * generator.normal(size=features.shape).astype(np.float32)
    return Examples.of_photos(features, np.repeat(examples.groups, shots))


def with_views(examples, planted_directions, count=3, seed=0):
    """Views of each photo: what tells products apart stays, all else is drawn anew."""
    generator = np.random.default_rng(seed)
    features = np.repeat(examples.features, count, axis=0)
    inside = planted_directions @ planted_directions.T
    other = generator.permutation(features) + 0.1 * generator.normal(size=features.shape)
    moved = features @ inside + other @ (np.eye(SIZE) - inside)
    return examples.with_views(moved.astype(np.float32), np.repeat(examples.photos, count))
