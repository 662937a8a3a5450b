"""Small networks of the three kinds of blocks, and some that cannot be exported."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from goodsight.core.types import Preprocessing

SIDE = 48
CHANNELS = 12
PREPROCESSING = Preprocessing(
    input_size=SIDE,
    resize_size=54,
    interpolation="bilinear",
    mean=(123.675, 116.28, 103.53),
    std=(58.395, 57.12, 57.375),
)


def block(inputs, outputs, *, stride=1, kernel=3):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    )


class Residual(nn.Module):
    """Shortcuts around convolutions, as ResNet; gives its last map."""

    def __init__(self):
        super().__init__()
        self.stem = block(3, CHANNELS, stride=2)
        self.inner = nn.Sequential(
            block(CHANNELS, CHANNELS, stride=2), nn.Conv2d(CHANNELS, CHANNELS, 3, 1, 1)
        )
        self.shortcut = nn.Conv2d(CHANNELS, CHANNELS, 1, 2)

    def forward(self, photos):
        found = self.stem(photos)
        return torch.relu(self.inner(found) + self.shortcut(found))


class Plain(nn.Module):
    """Convolutions and pooling in a row, as VGG; gives features of another size than its map."""

    def __init__(self, outputs=20):
        super().__init__()
        self.convolutions = nn.Sequential(
            block(3, CHANNELS), nn.MaxPool2d(2), block(CHANNELS, CHANNELS), nn.MaxPool2d(2)
        )
        self.head = nn.Sequential(
            nn.AdaptiveAvgPool2d(3),
            nn.Flatten(),
            nn.Dropout(0.5),
            nn.Linear(CHANNELS * 9, outputs),
        )

    def forward(self, photos):
        found = self.convolutions(photos)
        return self.head(found), found


class Branching(nn.Module):
    """Branches side by side, as Inception; gives features and the map whose mean they are."""

    def __init__(self):
        super().__init__()
        self.stem = block(3, CHANNELS, stride=2)
        self.small = block(CHANNELS, 4, kernel=1)
        self.wide = nn.Sequential(block(CHANNELS, 6, kernel=1), block(6, 6, kernel=5))
        self.pooled = nn.Sequential(nn.AvgPool2d(3, 1, 1), block(CHANNELS, 5, kernel=1))

    def forward(self, photos):
        found = self.stem(photos)
        found = torch.cat([self.small(found), self.wide(found), self.pooled(found)], 1)
        return functional.adaptive_avg_pool2d(found, 1).flatten(1), found


class Attending(nn.Module):
    """Parts of a photo that look at one another, by PyTorch's own attention; gives features."""

    def __init__(self):
        super().__init__()
        self.parts = nn.Conv2d(3, CHANNELS, 12, 12)
        self.blocks = nn.TransformerEncoder(
            nn.TransformerEncoderLayer(CHANNELS, 4, 24, batch_first=True),
            2,
            enable_nested_tensor=False,
        )

    def forward(self, photos):
        return self.blocks(self.parts(photos).flatten(2).transpose(1, 2)).mean(1)


class Chance(Residual):
    """Drops numbers in evaluation mode too."""

    def forward(self, photos):
        return functional.dropout(super().forward(photos), 0.5, training=True)


class Hesitating(Residual):
    """Goes one way for dark photos and another for bright ones."""

    def forward(self, photos):
        found = super().forward(photos)
        return found if float(photos.mean()) > 0.3 else found.flip(1) * 2


class Tokens(Residual):
    """Gives tokens (n, tokens, d), which nothing says how to pool."""

    def forward(self, photos):
        return super().forward(photos).flatten(2).transpose(1, 2)


class Nothing(nn.Module):
    """Gives numbers that are none."""

    def forward(self, photos):
        return photos.mean((2, 3)) * float("nan")


def made(kind, seed=0, **options):
    """A network with random weights and the statistics of a few random batches."""
    torch.manual_seed(seed)
    network = kind(**options)
    network.train()
    with torch.no_grad():
        for _ in range(3):
            network(torch.randn(4, 3, SIDE, SIDE))
    return network
