"""A small network learns from a large one: what the large one finds alike, and where it puts it.

Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network", NeurIPS workshop 2014
(arXiv 1503.02531, 2015), had a small network imitate what a large one answers. Features have no
answers, so two things of them are imitated. How far the photos of a batch are from each other, as
a share of their mean distance: Park, Kim, Lu and Cho, "Relational Knowledge Distillation", CVPR
2019, here with 1 - cosine for the distance, since searches compare by cosine. And where each
photo is, after a linear map that is learnt beside: Romero et al., "FitNets: Hints for Thin Deep
Nets", ICLR 2015. Neither needs features of the same length, nor a label.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["DistillationLoss"]

# Photos that nothing tells apart have no mean distance to take a share of.
LEAST_DISTANCE = 1e-6


class DistillationLoss(nn.Module):  # type: ignore[misc]  # the base install has no torch to check with
    """How far a student's features are from its teacher's vectors; has weights to train.

    `relations` and `places` weigh the two parts. Begins the same each time.
    """

    def __init__(
        self, student: int, teacher: int, *, relations: float = 1.0, places: float = 1.0
    ) -> None:
        """For features of so many numbers, and a teacher's of so many."""
        super().__init__()
        self.relations = relations
        self.places = places
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            self.map = nn.Linear(student, teacher, bias=False)
            nn.init.orthogonal_(self.map.weight)

    def forward(self, features: Tensor, targets: Tensor) -> Tensor:
        """Of features (n, s) and targets (n, t), of any norm; a number ≥ 0. n is at least 2."""
        apart = functional.smooth_l1_loss(_distances(features), _distances(targets))
        cosines = functional.cosine_similarity(self.map(features), targets, dim=1)
        return self.relations * apart + self.places * (1 - cosines).mean()


def _distances(features: Tensor) -> Tensor:
    """1 - cosine of each pair of rows, as a share of the mean: (n (n - 1) / 2,)."""
    units = functional.normalize(features, dim=1)
    one, other = torch.triu_indices(len(units), len(units), offset=1, device=units.device)
    distances = 1 - (units @ units.T)[one, other]
    return distances / distances.mean().clamp(min=LEAST_DISTANCE)
