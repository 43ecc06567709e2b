import subprocess
import sys

import detector

HEAVY = ("cv2", "faiss", "scipy", "onnxruntime", "PIL", "pypdfium2")


def test_every_name_at_the_front_door_can_be_had() -> None:
    assert all(getattr(detector, name) is not None for name in detector.__all__)


def test_the_front_door_lists_each_name_once_and_knows_where_it_lives() -> None:
    assert sorted(detector.__all__) == sorted(detector._HOME)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    assert not hasattr(detector, "recognise_face")


def test_opening_the_front_door_loads_nothing_heavy() -> None:
    code = f"import sys, detector; from detector import Decoder; print([m for m in {HEAVY} if m in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=_root())
    assert answer.stdout.strip() == "[]"


def _root() -> str:
    """The folder that holds the package."""
    return detector.__path__[0].rpartition("/")[0]
