import imagehash
import numpy as np
import pytest
from PIL import Image

from detector import RGB
from detector.hashes import Dihedral, hamming_rows, orientations, oriented, pdq, phashes
from tests.detector.drawn_people import a_portrait, gray_of

Size = tuple[int, int, int]

# Made with the reference library, pdqhash 0.2.8 (compute_dihedral), its bits from the last to the first, its eight
# orientations in the order of ours.
REFERENCE: dict[Size, tuple[str, ...]] = {
    (225, 275, 0): (
        "71c4051687398e3b8717843661d871fc21f405bf81778f278c27af777c38ae38",
        "c3c283027c788102efe07c5dc7eb8bf47c3f8320ca007ee7ccfc89bca3c3387c",
        "2491aebed36c2491d242aebe348ddb5674e1af1fd42225add972259d2d6d0692",
        "929729a829292ba8bab5d6f592be215e296a298a9bc5d54d9ba92756b29692d6",
        "db6eaeb82c9324912dbd2e98cb72db468b1eaf1b2bdd258d268d059dd2920692",
        "3c3d830283878102101f7c5f3815ebf483c083a435ff7fe73343cdfc5c7c387c",
        "8e3b041079c68e3b78e804149e2f71fcde6b05b57e888f0773d88f3783c7ac38",
        "6d6829a8d6d62ba8454ad6f76d41215ed695298a64bad54d665667564d6992d6",
    ),
    (300, 200, 1): (
        "70c650268e788e388e7f8a7f60e671e87140407fa0c7f06771c720c78efa8ef7",
        "c3ccc3d87c638198c7fc3803c7fc01887cd0afff80af3c43c2bdce7d31800c7d",
        "2593ea8cdb2d2492db2a2ad535b3db422415ead5d5925acd24928a6ddb8f247d",
        "9699697229362b3292a992a996a9ab2229850555d5fb96e997e864d764d5a6d7",
        "da6cea8c24d2249224d52ad5ca4cdb42dbeaead52a6d5acddb6d8a6d2470247d",
        "3c33c3d883bcc1983c0338033c030188832fafff7f533c433d42ce7dce7f0c7d",
        "8f39402671878e387180827f9f1971e88ebf407f7f38f0678e3820c771258ef7",
        "69666972d6c92b326d5692a96d56ab22d67a05552a0596e9681764d79b2aa6d7",
    ),
    (131, 517, 2): (
        "73cc123a8ddb8ddb85dbb38776257345722d8e2381b285b28dda29807625772d",
        "c38783837878c783cfb33a5b383cbd3d43c3b908bd0c78380676878783873fc3",
        "2699b890d88e2771d08e592d2370d9ef27782499dce72f18d88f932f2370dd87",
        "96d229292d2d6d2d9ae690f16d691797179613a2e959d2d253232d2dd6d29569",
        "d966b890277127712f71192ddc8fd9e7d88724892b182f182770832edc8fdd87",
        "3c7883838787c783304c3a5bc7c3bd3dbc3cb90842f37838f88987837c783fc3",
        "8c33123a72248ddb7a24b38789da73ed8dd28e337e4d85b27225398489da772d",
        "692d2d29d2d26d2d653990f192961797e96913a217a6d2d2addc2d2d292d956d",
    ),
    (40, 40, 3): (
        "2bb222ce7cad57d8d5a7975b25c46a5acae30aad5b8696e824a8c4470d39f94c",
        "f36a39a59cf61c317e1c3e1e3a0f1e233507579557a795028aa66a65335b24c6",
        "5ee788642178ff7280733df17091c0f29f96a0070ed33c4271fd6eed584453e6",
        "a63f930f89a3969b0b4994b46f5a34894012fd3f02723fa8dbf3c0cf660e8e6c",
        "a0188864ce87fff27f0c3df18f6ec0f26069a007f12c3c428e026eeda7bb53e6",
        "0c9539a5e3093c31a1e33e1ed5f09e23faf85795a8da9502755b6a65cda42cc6",
        "f44d02ce835255582a599753da3b6a58351c0a2da47996e8db57c447f2eef94c",
        "59c0930f365c969bd4b694b490a5348987adfd3ffd0d3fa8200cc0cf99f18e6c",
    ),
}


def a_pattern(width: int, height: int, kind: int) -> RGB:
    """Stripes, rings and tiles, whole numbers only, so that the picture is the same on every machine."""
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    red = x * (3 + kind) + y * y * (1 + kind) // 7
    green = ((x - width // 3) ** 2 + (y - height // 4) ** 2) // (5 + kind)
    blue = x // (9 + kind) * 37 + y // (11 + kind) * 59
    return (np.stack([red, green, blue], axis=2) % 256).astype(np.uint8)


def turned(pixels: RGB, orientation: Dihedral) -> Image.Image:
    """The picture laid as an orientation says, by Pillow instead of NumPy."""
    turns, mirrored = orientation
    picture = Image.fromarray(pixels)
    if mirrored:
        picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    return picture.rotate(90 * turns, expand=True)


@pytest.mark.parametrize("size", REFERENCE)
def test_pdq_gives_the_bits_of_the_reference_in_all_eight_orientations(size: Size) -> None:
    assert tuple(row.tobytes().hex() for row in pdq(a_pattern(*size))) == REFERENCE[size]


def test_the_phash_of_a_pattern_is_pinned() -> None:
    assert phashes(gray_of(a_pattern(225, 275, 0)))[0].tobytes().hex() == "b838f2c3c7c3d238"


@pytest.mark.parametrize("orientation", orientations())
def test_phash_is_that_of_imagehash_in_every_orientation(orientation: Dihedral) -> None:
    gray = gray_of(a_portrait(0))
    ours = phashes(gray)[orientations().index(orientation)]
    assert ours.tobytes().hex() == str(imagehash.phash(turned(gray, orientation)))


@pytest.mark.parametrize("orientation", orientations())
def test_a_turned_picture_has_the_pdq_listed_for_its_orientation(orientation: Dihedral) -> None:
    upright = pdq(a_portrait(0))
    own = pdq(np.asarray(turned(a_portrait(0), orientation)))[0]
    distances = hamming_rows(upright, own)
    assert int(distances.argmin()) == orientations().index(orientation)
    assert distances.min() < 64


def test_the_eight_orientations_all_differ_and_the_first_is_upright() -> None:
    assert orientations()[0] == (0, False)
    assert len(set(orientations())) == 8


@pytest.mark.parametrize("orientation", orientations())
def test_pictures_are_turned_as_their_orientation_says(orientation: Dihedral) -> None:
    pattern = a_pattern(40, 30, 0)
    assert np.array_equal(oriented(pattern, orientation), np.asarray(turned(pattern, orientation)))


def test_another_persons_portrait_is_far_in_every_orientation() -> None:
    assert hamming_rows(pdq(a_portrait(0)), pdq(a_portrait(1))[0]).min() > 60


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 300, 3), (60, 2, 3), (64, 64, 3)])
def test_tiny_and_plain_pictures_have_hashes_too(shape: tuple[int, int, int]) -> None:
    plain = np.full(shape, 90, np.uint8)
    assert pdq(plain).shape == (8, 4)
    assert phashes(plain[:, :, 0]).shape == (8,)


def test_hamming_rows_compares_along_the_last_axis() -> None:
    rows = np.array([[0, 0], [1, 0], [3, 7]], np.uint64)
    assert hamming_rows(rows, np.zeros(2, np.uint64)).tolist() == [0, 1, 5]
    assert hamming_rows(rows[:, None], rows[None, :]).shape == (3, 3)
