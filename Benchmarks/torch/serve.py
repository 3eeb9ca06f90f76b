"""The usual way to serve the same model: FastAPI and uvicorn over timm on torch.

    python3 serve.py FOLDER PORT
"""

import io
import json
import sys
from pathlib import Path

import torch
import uvicorn
from fastapi import FastAPI, Request
from PIL import Image
from safetensors.torch import load_file

sys.path.append(str(Path(__file__).parents[2] / "scripts" / "fixtures"))
from libraries import timm  # noqa: E402

folder, port = Path(sys.argv[1]), int(sys.argv[2])
configuration = json.loads((folder / "config.json").read_text())
model = timm.create_model(
    configuration["architecture"], num_classes=configuration["num_classes"], **configuration.get("model_args", {}))
model.load_state_dict(load_file(folder / "model.safetensors"))
model.eval()
settings = timm.data.resolve_data_config(configuration.get("pretrained_cfg", {}), model=model)
transform = timm.data.create_transform(**settings, is_training=False)
application = FastAPI()


@application.get("/healthz")
def healthz():
    return {"status": "ok"}


@application.post("/predict")
async def predict(request: Request):
    picture = Image.open(io.BytesIO(await request.body())).convert("RGB")
    with torch.inference_mode():
        probabilities = model(transform(picture)[None]).softmax(-1)[0]
    best = probabilities.topk(5)
    return {"top": [{"index": int(i), "probability": float(p)} for p, i in zip(best.values, best.indices)]}


if __name__ == "__main__":
    uvicorn.run(application, host="127.0.0.1", port=port, log_level="warning", access_log=False)
