"""The demo's classifier: a small residual network whose last map, after its ReLU, is 16 x 16.

A position of that map sees 47 x 47 pixels, not the whole picture, so that what is found at a place is also there.
"""

import torch
from torch import nn


class ResidualBlock(nn.Module):
    """Two convolutions (3 x 3 or 1 x 1) with batch norm, added to the (projected) input, then ReLU."""

    def __init__(self, channels_in, channels_out, stride, kernels):
        super().__init__()
        first, second = kernels
        self.conv1 = nn.Conv2d(channels_in, channels_out, first, stride, first // 2, bias=False)
        self.norm1 = nn.BatchNorm2d(channels_out)
        self.conv2 = nn.Conv2d(channels_out, channels_out, second, 1, second // 2, bias=False)
        self.norm2 = nn.BatchNorm2d(channels_out)
        self.shortcut = nn.Identity()
        if stride != 1 or channels_in != channels_out:
            self.shortcut = nn.Sequential(
                nn.Conv2d(channels_in, channels_out, 1, stride, bias=False), nn.BatchNorm2d(channels_out)
            )

    def forward(self, x):
        y = torch.relu(self.norm1(self.conv1(x)))
        return torch.relu(self.norm2(self.conv2(y)) + self.shortcut(x))


class DemoNetwork(nn.Module):
    """Pictures [n, 3, 128, 128] in -1..1 to logits [n, classes]: stem to 32 x 32, three blocks, mean, one linear layer."""

    def __init__(self, classes):
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, 16, 3, 2, 1, bias=False),
            nn.BatchNorm2d(16),
            nn.ReLU(),
            nn.Conv2d(16, 24, 3, 2, 1, bias=False),
            nn.BatchNorm2d(24),
            nn.ReLU(),
        )
        self.blocks = nn.Sequential(
            ResidualBlock(24, 48, 2, (3, 3)),
            ResidualBlock(48, 64, 1, (3, 1)),
            ResidualBlock(64, 80, 1, (1, 1)),
        )
        self.classify = nn.Linear(80, classes)

    def latent(self, x):
        """The last map, [n, 80, 16, 16], non-negative."""
        return self.blocks(self.stem(x))

    def head(self, latent):
        return self.classify(latent.mean(dim=(2, 3)))

    def forward(self, x):
        return self.head(self.latent(x))
