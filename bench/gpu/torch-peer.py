"""Latency of torchvision's networks at batch 1 with PyTorch eager and cuDNN, 32-bit floats with and without TF32, as rows of Markdown.

Usage: torch-peer.py SECONDS    time of each network and setting
"""

import statistics
import sys
import time

import torch
import torchvision

NETWORKS = ["alexnet", "mobilenet_v2", "resnet18", "squeezenet1_1", "vgg16"]


def milliseconds(network, image, seconds):
    """Medians of single inferences, each waited for."""
    for _ in range(20):
        network(image)
    torch.cuda.synchronize()
    times = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 10:
        begin = time.perf_counter()
        network(image)
        torch.cuda.synchronize()
        times.append((time.perf_counter() - begin) * 1e3)
    return statistics.median(times), len(times)


def main():
    seconds = float(sys.argv[1]) / (2 * len(NETWORKS))
    torch.backends.cudnn.benchmark = True
    print(f"PyTorch {torch.__version__}, cuDNN {torch.backends.cudnn.version()}, {torch.cuda.get_device_name(0)}")
    print("| network | TF32 | median, ms | runs |")
    print("|---|---|--:|--:|")
    image = torch.randn(1, 3, 224, 224, device="cuda")
    with torch.inference_mode():
        for name in NETWORKS:
            network = getattr(torchvision.models, name)(weights=None).eval().cuda()
            for tf32 in (False, True):
                torch.backends.cuda.matmul.allow_tf32 = tf32
                torch.backends.cudnn.allow_tf32 = tf32
                median, runs = milliseconds(network, image, seconds)
                print(f"| {name} | {'yes' if tf32 else 'no'} | {median:.3f} | {runs} |", flush=True)


if __name__ == "__main__":
    main()
