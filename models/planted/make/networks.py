"""Four small architectures. Each ends in a map that a linear layer reads by its mean; pictures are [n, 3, s, s]."""

import torch
from torch import nn


def conv(channels_in, channels_out, stride=1, kernel=3, groups=1, act=nn.ReLU):
    return nn.Sequential(
        nn.Conv2d(channels_in, channels_out, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(channels_out),
        act(),
    )


class Residual(nn.Module):
    def __init__(self, channels_in, channels_out, stride):
        super().__init__()
        self.first = conv(channels_in, channels_out, stride)
        self.second = nn.Sequential(nn.Conv2d(channels_out, channels_out, 3, 1, 1, bias=False), nn.BatchNorm2d(channels_out))
        self.skip = nn.Conv2d(channels_in, channels_out, 1, stride, bias=False)

    def forward(self, x):
        return torch.relu(self.second(self.first(x)) + self.skip(x))


class Attention(nn.Module):
    """One transformer block over the cells of a map of `side` x `side`, and a map again after a convolution."""

    def __init__(self, channels, side, heads=2):
        super().__init__()
        self.place = nn.Parameter(0.02 * torch.randn(1, side * side, channels))
        self.norm1, self.norm2 = nn.LayerNorm(channels), nn.LayerNorm(channels)
        self.qkv, self.out = nn.Linear(channels, 3 * channels), nn.Linear(channels, channels)
        self.mlp = nn.Sequential(nn.Linear(channels, 2 * channels), nn.GELU(), nn.Linear(2 * channels, channels))
        self.heads, self.side, self.channels = heads, side, channels
        self.last = conv(channels, channels, kernel=1)

    def forward(self, x):
        n, tokens = -1, self.side * self.side
        t = x.flatten(2).transpose(1, 2) + self.place
        parts = self.qkv(self.norm1(t)).reshape(n, tokens, 3, self.heads, self.channels // self.heads).permute(2, 0, 3, 1, 4)
        q, k, v = parts[0], parts[1], parts[2]
        weights = torch.softmax(q @ k.transpose(-2, -1) * (self.channels // self.heads) ** -0.5, dim=-1)
        t = t + self.out((weights @ v).transpose(1, 2).reshape(n, tokens, self.channels))
        t = t + self.mlp(self.norm2(t))
        return self.last(t.transpose(1, 2).reshape(n, self.channels, self.side, self.side))


def plain(size):
    return nn.Sequential(conv(3, 12, 2), conv(12, 24, 2), conv(24, 32), conv(32, 40)), 40


def separable(size):
    def block(channels_in, channels_out, stride=1):
        deep = conv(channels_in, channels_in, stride, groups=channels_in, act=nn.GELU)
        return nn.Sequential(deep, conv(channels_in, channels_out, kernel=1, act=nn.GELU))

    return nn.Sequential(conv(3, 12, 2, act=nn.GELU), block(12, 32, 2), block(32, 48), block(48, 48)), 48


def residual(size):
    return nn.Sequential(conv(3, 12, 2), Residual(12, 24, 2), Residual(24, 40, 1)), 40


def attention(size):
    return nn.Sequential(conv(3, 12, 2), conv(12, 24, 2), conv(24, 40), Attention(40, size // 4)), 40


ARCHITECTURES = {
    "plain convolutions, ReLU": plain,
    "depthwise separable, GELU": separable,
    "residual, ReLU": residual,
    "convolutions and one attention block": attention,
}


class Network(nn.Module):
    def __init__(self, architecture, size, classes):
        super().__init__()
        self.features, channels = ARCHITECTURES[architecture](size)
        self.classify = nn.Linear(channels, classes)

    def forward(self, x):
        return self.classify(self.features(x).mean(dim=(2, 3)))
