"""Exports image classifiers of many architectures, with random weights, for `sweep.ts`.

    pip install torch timm onnx onnxscript safetensors
    python test/architectures/export.py OUT [--only NAME[,NAME]] [--exporter ts|dynamo] [--list]

For each architecture and exporter OUT gets NAME_tsOPSET.onnx or NAME_dynOPSET.onnx, a card beside it (labels, size,
normalisation), and a safetensors file: x, the scores y of x, and gx = d y[0, score] / d x by torch in float64, with
the slopes of the score in some directions u by central differences. Nothing is downloaded. A file that is already there is not made again; what cannot be exported is told
and left out.
"""

import argparse
import contextlib
import io
import json
import logging
import pathlib
import time
import warnings

import torch
from torch import nn

CLASSES = 10
SCORE = 3
DIRECTIONS = 4


def without_torchvision_operators():
    """Lets timm import also where torchvision was built for another torch: its operators are not used here."""
    try:
        import torchvision  # noqa: F401
    except RuntimeError:
        library = torch.library.Library("torchvision", "DEF")
        for name in ("nms", "qnms"):
            try:
                library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
            except RuntimeError:
                pass
        return library
    return None


LIBRARY = without_torchvision_operators()
import timm  # noqa: E402

# Name, timm's name, side in pixels, operator set of the TorchScript exporter (None: it cannot), of the other one,
# and what the architecture is built with. `dynamic`: height and width are left open as well.
TIMM = [
    ("dinov2_reg", "vit_small_patch14_reg4_dinov2", 70, 17, 20, dict(depth=3, img_size=70, dynamic=True)),
    ("dinov2", "vit_small_patch14_dinov2", 98, 14, 18, dict(depth=3, img_size=98)),
    ("dinov3", "vit_small_patch16_dinov3", 64, 18, 20, dict(depth=3, img_size=64)),
    ("levit", "levit_128s", 224, 13, 18, {}),
    ("levit_conv", "levit_conv_128s", 224, 11, 20, {}),
    ("deit_distilled", "deit_tiny_distilled_patch16_224", 64, 12, 19, dict(depth=3, img_size=64)),
    ("siglip", "vit_base_patch16_siglip_224", 64, 16, 18, dict(depth=3, embed_dim=96, num_heads=4, img_size=64)),
    ("swin", "swin_tiny_patch4_window7_224", 112, 15, 18, dict(img_size=112, depths=(2, 2, 2, 1), embed_dim=48)),
    ("swinv2", "swinv2_tiny_window8_256", 128, 16, 20, dict(img_size=128, window_size=4, depths=(2, 2, 2, 1), embed_dim=48)),
    ("beit", "beit_base_patch16_224", 64, 13, 18, dict(img_size=64, depth=3, embed_dim=96, num_heads=4)),
    ("cait", "cait_xxs24_224", 64, 12, 18, dict(img_size=64, depth=4)),
    ("xcit", "xcit_nano_12_p16_224", 64, 14, 20, dict(img_size=64, depth=4)),
    ("mixer", "mixer_s32_224", 128, 11, 18, dict(img_size=128)),
    ("resmlp", "resmlp_12_224", 64, 13, 19, dict(img_size=64)),
    ("gmlp", "gmlp_ti16_224", 64, 17, 20, dict(img_size=64)),
    ("poolformer", "poolformer_s12", 64, 12, 18, dict(dynamic=True)),
    ("poolformerv2", "poolformerv2_s12", 64, 17, 20, {}),
    ("caformer", "caformer_s18", 64, 17, 18, {}),
    ("coatnet", "coatnet_nano_rw_224", 64, 13, 18, dict(img_size=64)),
    ("maxvit", "maxvit_pico_rw_256", 128, 17, 18, dict(img_size=128)),
    ("efficientnet", "efficientnet_b0", 64, 11, 20, dict(dynamic=True)),
    ("efficientnet_tf", "tf_efficientnet_lite0", 96, 14, 18, {}),
    ("efficientnetv2", "efficientnetv2_rw_t", 64, 19, 18, {}),
    ("efficientformer", "efficientformer_l1", 224, 13, 18, {}),
    ("efficientformerv2", "efficientformerv2_s0", 224, 17, 20, {}),
    ("mobilevit", "mobilevit_xxs", 128, 12, 18, {}),
    ("mobilevitv2", "mobilevitv2_050", 64, 18, 20, {}),
    ("mobileone", "mobileone_s0", 64, 11, 18, {}),
    ("repvgg", "repvgg_a0", 64, 12, 20, dict(dynamic=True)),
    ("fastvit", "fastvit_t8", 64, 16, 18, {}),
    ("ghostnet", "ghostnet_100", 64, 11, 18, {}),
    ("ghostnetv2", "ghostnetv2_100", 64, 13, 20, {}),
    ("nfnet", "nfnet_l0", 64, 15, 18, {}),
    ("inception_v3", "inception_v3", 107, 11, 18, {}),
    ("inception_v4", "inception_v4", 107, 12, 20, {}),
    ("inception_next", "inception_next_atto", 64, 17, 18, {}),
    ("xception", "xception41", 64, 12, 18, {}),
    ("senet", "legacy_seresnet18", 64, 11, 18, {}),
    ("ecaresnet", "ecaresnet26t", 64, 13, 20, {}),
    ("res2net", "res2net50_14w_8s", 64, 11, 18, {}),
    ("dpn", "dpn48b", 64, 14, 18, {}),
    ("cspnet", "cs3darknet_s", 64, 16, 20, {}),
    ("vovnet", "ese_vovnet19b_slim", 64, 12, 18, {}),
    ("hiera", "hiera_tiny_224", 224, 17, 18, dict(stages=(1, 1, 2, 1), embed_dim=48)),
    ("twins_pcpvt", "twins_pcpvt_small", 64, 13, 18, dict(img_size=64, depths=(1, 1, 2, 1))),
    ("twins_svt", "twins_svt_small", 64, 17, 20, dict(img_size=64, depths=(1, 1, 2, 1))),
    ("pvt_v2", "pvt_v2_b0", 64, 13, 18, dict(dynamic=True)),
    ("edgenext", "edgenext_xx_small", 64, 14, 18, {}),
    ("tinyvit", "tiny_vit_5m_224", 224, 17, 18, {}),
    ("eva02", "eva02_tiny_patch14_224", 70, 16, 18, dict(img_size=70, depth=3)),
    ("convmixer", "convmixer_768_32", 64, 11, 18, {}),
    ("volo", "volo_d1_224", 64, 17, 18, dict(img_size=64)),
    ("crossvit", "crossvit_tiny_240", 240, 13, 18, {}),
    ("gcvit", "gcvit_xxtiny", 224, 17, 18, {}),
    ("davit", "davit_tiny", 112, 17, 18, dict(depths=(1, 1, 1, 1), embed_dims=(48, 96, 192, 384))),
    ("focalnet", "focalnet_tiny_srf", 64, 13, 18, {}),
    ("nest", "nest_tiny", 64, 14, 18, dict(img_size=64)),
    ("visformer", "visformer_tiny", 64, 12, 18, dict(img_size=64)),
    ("tnt", "tnt_s_patch16_224", 64, 13, 18, dict(img_size=64, depth=3)),
    ("pit", "pit_ti_distilled_224", 96, 13, 18, dict(img_size=96)),
    ("convit", "convit_tiny", 64, 17, 18, dict(img_size=64)),
    ("coat", "coat_lite_tiny", 64, 17, 18, dict(img_size=64)),
    ("halonet", "halonet26t", 128, 17, 18, {}),
    ("botnet", "botnet26t_256", 128, 17, 18, dict(img_size=128)),
    ("lambdanet", "lambda_resnet26t", 64, 17, 18, {}),
    ("resnest", "resnest14d", 64, 12, 18, {}),
    ("sknet", "skresnet18", 64, 13, 18, {}),
    ("resnetv2_bit", "resnetv2_50x1_bit", 64, 17, 18, {}),
    ("selecsls", "selecsls42b", 64, 11, 18, {}),
    ("sequencer", "sequencer2d_s", 64, 17, 18, dict(img_size=64, layers=(1, 1, 1, 1))),
    ("starnet", "starnet_s050", 64, 13, 18, {}),
    ("mambaout", "mambaout_femto", 64, 17, 20, {}),
    ("repvit", "repvit_m0_9", 64, 14, 18, {}),
    ("nextvit", "nextvit_small", 64, 17, 18, dict(depths=(1, 1, 2, 1))),
    ("swiftformer", "swiftformer_xs", 64, 17, 18, {}),
    ("shvit", "shvit_s1", 128, 13, 18, {}),
    ("mobilenetv4", "mobilenetv4_hybrid_medium", 64, 17, 18, {}),
    ("tresnet", "tresnet_m", 64, 13, 18, {}),
    ("dla", "dla46_c", 64, 11, 18, {}),
    ("rdnet", "rdnet_tiny", 64, 17, 18, dict(dynamic=True)),
]


class Flips(nn.Module):
    """Test-time augmentation: the mean of the scores of a picture and of its mirror image."""

    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, x):
        return (self.net(x) + self.net(x.flip(-1))) / 2


class Crops(nn.Module):
    """Test-time augmentation: five crops of a picture, stacked in the batch; the mean of their scores."""

    def __init__(self, net, size):
        super().__init__()
        self.net, self.size = net, size

    def forward(self, x):
        s = self.size
        corners = [(0, 0), (0, x.shape[3] - s), (x.shape[2] - s, 0), (x.shape[2] - s, x.shape[3] - s)]
        corners.append(((x.shape[2] - s) // 2, (x.shape[3] - s) // 2))
        crops = torch.stack([x[:, :, top : top + s, left : left + s] for top, left in corners], dim=1)
        scores = self.net(crops.flatten(0, 1))
        return scores.reshape(-1, len(corners), scores.shape[1]).mean(1)


def small_net():
    return timm.create_model("resnet10t", num_classes=CLASSES)


OWN = [
    ("tta_flips", lambda: Flips(small_net()), 64, 13, 18, False),
    ("tta_crops", lambda: Crops(small_net(), 48), 64, 17, 18, False),
]


def cases():
    for name, model, size, ts, dynamo, given in TIMM:
        given = dict(given)
        dynamic = given.pop("dynamic", False)
        if dynamic and "img_size" in given:
            given["dynamic_img_size"] = True
        yield name, lambda m=model, g=given: timm.create_model(m, num_classes=CLASSES, **g), size, ts, dynamo, dynamic
    yield from OWN


def randomise(net, seed=5):
    """Weights as large as those of a trained network, none of them zero or near a special value."""
    generator = torch.Generator().manual_seed(seed)

    def normal(tensor, deviation, mean=0.0):
        tensor.copy_(torch.randn(tensor.shape, generator=generator) * deviation + mean)

    def uniform(tensor, low, high):
        tensor.copy_(torch.rand(tensor.shape, generator=generator) * (high - low) + low)

    with torch.no_grad():
        for name, value in net.named_parameters():
            if "token" in name or "pos_embed" in name or "latent" in name:
                normal(value, 0.2)
            elif value.ndim >= 2 and value[0].numel() > 1 and value.shape[0] > 1:
                normal(value, (1.3 / value[0].numel()) ** 0.5)
            elif name.endswith("bias"):
                normal(value, 0.04)
            else:
                uniform(value, 0.5, 1.2)
        for name, value in net.named_buffers():
            if name.endswith("running_mean"):
                normal(value, 0.05)
            elif name.endswith("running_var"):
                uniform(value, 0.6, 1.4)
    return net.eval()


def reference(net, size):
    """x, its scores, the gradient of one of them and, to settle a difference, its slopes in some directions u."""
    generator = torch.Generator().manual_seed(7)
    x, u = (torch.randn(count, 3, size, size, generator=generator) for count in (1, DIRECTIONS))
    exact = net.double()
    x64, step = x.double().requires_grad_(), 1e-5
    y = exact(x64)
    (gx,) = torch.autograd.grad(y[0, SCORE], x64)
    with torch.no_grad():
        ends = [[exact(x64 + sign * step * way)[0, SCORE] for sign in (1, -1)] for way in u.double()]
    slopes = torch.stack([(above - below) / (2 * step) for above, below in ends])
    net.float()
    return {"x": x, "y": y.detach().float(), "gx": gx.float().contiguous(), "u": u, "slopes": slopes.float()}


def write_card(path, size, facts):
    preprocessing = {
        "size": size, "resizeShort": size, "fit": "cover", "kernel": "cubic", "channelOrder": "RGB",
        "scale": 255, "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225], "layout": "NCHW",
    }
    labels = [f"class {chr(97 + index)}" for index in range(CLASSES)]
    path.write_text(json.dumps({"labels": labels, "preprocessing": preprocessing, **facts}, indent=1))


def export(net, path, exporter, opset, size, dynamic):
    x = torch.randn(2, 3, size, size)
    names = dict(input_names=["input"], output_names=["output"])
    if exporter == "ts":
        axes = {0: "batch", **({2: "height", 3: "width"} if dynamic else {})}
        torch.onnx.export(
            net, (x,), str(path), dynamo=False, opset_version=opset,
            dynamic_axes={"input": axes, "output": {0: "batch"}}, **names,
        )
        return
    dim = torch.export.Dim
    axes = {0: dim("batch", min=1, max=512)}
    if dynamic:
        axes |= {2: dim.AUTO, 3: dim.AUTO}
    torch.onnx.export(
        net, (x,), str(path), dynamo=True, opset_version=opset, dynamic_shapes=(axes,), external_data=False,
        verbose=False, **names,
    )


def make(stem, build, exporter, opset, size, dynamic, facts):
    """The files of one case; attention is exported as one operation where that can be, else step by step."""
    from safetensors.torch import save_file

    start, failures = time.time(), []
    for fused in [True, False] if exporter == "dynamo" or opset >= 14 else [False]:
        try:
            torch.manual_seed(0)
            timm.layers.set_fused_attn(fused)
            net = randomise(build())
            tensors = reference(net, size)
            with contextlib.redirect_stdout(io.StringIO()):
                export(net, stem.with_suffix(".onnx"), exporter, opset, size, dynamic)
        except Exception as error:  # noqa: BLE001
            failures.append(f"{type(error).__name__}: {(str(error).splitlines() or [''])[0][:200]}")
            continue
        write_card(stem.with_suffix(".json"), size, {**facts, "opset": opset, "score": SCORE})
        save_file(tensors, str(stem.with_suffix(".safetensors")))
        size_of = {name: f"{tensors[name].std().item():.3g}" for name in ("y", "gx")}
        print(f"{stem.name}: {time.time() - start:.0f} s, standard deviations {size_of}", flush=True)
        return
    stem.with_suffix(".onnx").unlink(missing_ok=True)
    print(f"{stem.name}: not exported: {failures[-1]}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--exporter", choices=["ts", "dynamo"])
    parser.add_argument("--list", action="store_true")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)
    only = {name for name in args.only.split(",") if name}
    for name, build, size, ts, dynamo, dynamic in cases():
        if only and name not in only:
            continue
        if args.list:
            print(name, size, ts, dynamo, "dynamic size" if dynamic else "")
            continue
        for exporter, opset in (("ts", ts), ("dynamo", dynamo)):
            if args.exporter not in (None, exporter):
                continue
            stem = args.out / f"{name}_{'ts' if exporter == 'ts' else 'dyn'}{opset}"
            if stem.with_suffix(".safetensors").exists():
                continue
            make(stem, build, exporter, opset, size, dynamic, {"architecture": name, "exporter": exporter})


if __name__ == "__main__":
    main()
