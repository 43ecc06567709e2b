"""The only module that talks to rapidocr, which carries no types: numpy in, small values out.

The models come with rapidocr's wheel and are named by path here, because rapidocr tries to download a model that it
looks up itself and does not find. So this module never opens a connection.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.errors import DetectorError
from detector.values import RGB

Quad = NDArray[np.float32]
"""Four corners, shape (4, 2), x and y in pixels, clockwise."""

MODEL_FILES = {
    "Det.model_path": "PP-OCRv6_det_small.onnx",
    "Cls.model_path": "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
    "Rec.model_path": "PP-OCRv6_rec_small.onnx",
}
"""What rapidocr 3.10 brings along, by the setting that takes the path."""

TURNED_CERTAINTY = 0.9  # rapidocr's own default for believing its upside-down model


class OcrUnavailableError(DetectorError):
    """The text reader cannot be loaded: rapidocr or one of its models is not installed."""

    def __init__(self, missing: str) -> None:
        super().__init__(missing)
        self.missing = missing

    def __str__(self) -> str:
        return f"text cannot be read: {self.missing} is missing; install the locked requirements again"


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader made of one strip of text; confidence 0..1, text may be empty."""

    text: str
    confidence: float


class Ocr:
    """Three small networks: where text is, which way up it is, what it says. One onnxruntime thread.

    Loading takes some 0.9 s, and 100 MB that reading makes 350 MB. Raises OcrUnavailableError.
    """

    def __init__(self) -> None:
        self._engine = _engine()

    def regions(self, pixels: RGB) -> NDArray[np.float32]:
        """Find the lines of text, at the size given.

        pixels: (height, width, 3). Returns (N, 4, 2), x and y in pixels, clockwise from the corner nearest to the
        picture's top left, whichever way up the text is. N may be 0.
        """
        found = self._engine(_bgr(pixels), use_det=True, use_cls=False, use_rec=False)
        if found.boxes is None:
            return np.empty((0, 4, 2), np.float32)
        return np.asarray(found.boxes, np.float32).reshape(-1, 4, 2)

    def is_upside_down(self, strip: RGB) -> bool:
        """Say whether a strip (height, width, 3) of one line of text stands on its head."""
        [(label, certainty)] = self._engine(_bgr(strip), use_det=False, use_cls=True, use_rec=False).cls_res
        return "180" in str(label) and float(certainty) > TURNED_CERTAINTY

    def text(self, strip: RGB) -> Reading:
        """Read a strip (height, width, 3) that holds one upright line of text."""
        result = self._engine(_bgr(strip), use_det=False, use_cls=False, use_rec=True)
        if not result.txts:
            return Reading("", 0.0)
        return Reading(str(result.txts[0]), float(result.scores[0]))


def _engine() -> Callable[..., Any]:
    models = _model_paths()
    # read when onnxruntime is first imported; without it, its makers get a report and an id is kept on disk
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    from rapidocr import RapidOCR  # noqa: PLC0415  # 0.7 s of imports, needed only when words are asked for

    engine: Callable[..., Any] = RapidOCR(
        params={
            **models,
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            "Global.log_level": "error",  # it warns of every picture that holds no text
            "Global.use_preprocess_img": False,  # our reader chooses the sizes
            "Global.text_score": 0.0,  # and drops what is too unsure
            "Det.limit_type": "max",
            "Det.limit_side_len": 4096,
        },
    )
    return engine


def _model_paths() -> dict[str, str]:
    folder = _models_folder()
    for name in MODEL_FILES.values():
        if not (folder / name).is_file():
            raise OcrUnavailableError(f"the model {name}")
    return {setting: str(folder / name) for setting, name in MODEL_FILES.items()}


def _models_folder() -> Path:
    spec = find_spec("rapidocr")
    if spec is None or spec.origin is None:
        raise OcrUnavailableError("the package rapidocr")
    return Path(spec.origin).parent / "models"


def _bgr(pixels: RGB) -> RGB:
    return np.ascontiguousarray(pixels[..., ::-1])
