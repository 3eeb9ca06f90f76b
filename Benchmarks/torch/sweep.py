"""Patched forward passes in ViT-Prisma, one a patch, as its users write them.

    python3 sweep.py --hook resid_pre|z --patches 60 [--threads 2]

Prints the seconds of one patched forward pass, the median over patches spread over the network. The work of a patch does
not depend on where it is: every one is a whole forward pass.
"""

import argparse
import statistics
import time

import torch
from forward import hooked_vit

LAYERS, POSITIONS, HEADS = 12, 50, 12


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hook", choices=["resid_pre", "z"], required=True)
    parser.add_argument("--patches", type=int, default=60)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(0)
    model = hooked_vit().eval()
    clean, corrupt = torch.randn(2, 1, 3, 224, 224).unbind(0)
    places = POSITIONS if arguments.hook == "resid_pre" else HEADS
    with torch.no_grad():
        _, cache = model.run_with_cache(clean)

        def patched(layer, place):
            name = f"blocks.{layer}.hook_resid_pre" if arguments.hook == "resid_pre" else f"blocks.{layer}.attn.hook_z"

            def change(activation, hook):
                if arguments.hook == "resid_pre":
                    activation[:, place] = cache[name][:, place]
                else:
                    activation[:, :, place] = 0
                return activation

            return model.run_with_hooks(corrupt, fwd_hooks=[(name, change)])

        patched(0, 0)
        times = []
        for patch in range(arguments.patches):
            cell = patch * LAYERS * places // arguments.patches
            begin = time.perf_counter()
            patched(cell // places, cell % places)
            times.append(time.perf_counter() - begin)
    print(f"{statistics.median(times):.6f}")


if __name__ == "__main__":
    main()
