"""Copy some of the models that make.py made, with the first pictures of every class of their families.

    python keep.py FROM TO NAME… [--pictures N]
"""

import argparse
import json
import shutil
from pathlib import Path

from make import write_json


def copy(source, target, name):
    (target / name).parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source / name, target / name)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("names", nargs="+")
    parser.add_argument("--pictures", type=int, default=22)
    options = parser.parse_args()
    source, target = options.source, options.target
    for name in options.names:
        for ending in ("onnx", "json", "truth.json"):
            copy(source, target, f"{name}.{ending}")
    for family in {json.loads((source / f"{name}.truth.json").read_text())["family"] for name in options.names}:
        regions = json.loads((source / f"{family}.regions.json").read_text())
        kept = {name: facts for name, facts in regions.items() if int(Path(name).stem) < options.pictures}
        for name, facts in kept.items():
            copy(source, target, f"images/{family}/{name}")
            if facts["cue"] is not None:
                copy(source, target, f"without-cue/{family}/{name}")
            if facts.get("region", {}).get("form") == "mask":
                copy(source, target, facts["region"]["file"])
        write_json(target / f"{family}.regions.json", kept)


if __name__ == "__main__":
    main()
