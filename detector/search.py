"""Search: which photos do the local features of a scene agree on, and where."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from detector import codes
from detector.features import Features, mirror_descriptors
from detector.fingerprints import POINT_SCALE
from detector.index import Index
from detector.segment import Segment

MOST_BITS = 20
"""Two features may agree when at most this many of 128 bits differ; 18 to 22 found most in the development pictures."""

_FIRST_WORD_BITS = 15
"""Pairs that differ more than this in the first 64 bits are dropped before the second 64 are read; few are lost."""

PAIR_BUDGET = 600
"""Indexed features that one query feature is compared with at the most, so that time hardly grows with the index."""

_CLOSENESS_BITS = 14.0
_PHOTOS = 150
_HYPOTHESES = 32
_LEAST_SUPPORT = 3
_TURN_BINS = 12
_SCALE_BINS = 16
_SCALE_OCTAVES = 0.75
_LARGEST_OCTAVE = 5.0
_LOOSE, _TIGHT = 0.08, 0.05
"""How far, as a share of the frame's longest side, a feature may lie from where the others say it should."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Features of the scene paired with features of photos that look alike, one row a pair.

    query: (N,) row of the scene's feature. photo: (N,) row over all segments. mirrored: (N,) whether the mirrored look
    was alike. scene, frame: (N, 4), x, y, diameter, angle in the scene and in the photo's frame, the frame mirrored
    where `mirrored`. weight: (N,) how much the pair counts.
    """

    query: NDArray[np.int64]
    photo: NDArray[np.int64]
    mirrored: NDArray[np.bool_]
    scene: NDArray[np.float32]
    frame: NDArray[np.float32]
    weight: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.query)

    def taken(self, rows: NDArray[Any]) -> Self:
        """Return the pairs of these rows, indices or a mask."""
        return type(self)(*(getattr(self, field.name)[rows] for field in fields(self)))


@dataclass(frozen=True, slots=True)
class Agreement:
    """A photo that several features agree on.

    photo: row over all segments. transform: (2, 3), from the photo's frame, mirrored where `mirrored`, to the scene,
    pixels. support: how many features agree. strength: their weight together.
    """

    photo: int
    mirrored: bool
    transform: NDArray[np.float64]
    support: int
    strength: float


def agreements(features: Features, index: Index, *, most: int) -> list[Agreement]:
    """Return at most `most` photos that features of a scene agree on, strongest first."""
    shapes = index.frames
    pairs = paired(features, index.segments, shapes)
    found = [agreement for group in _groups(pairs, index.ranks) if (agreement := _agreement(group, shapes)) is not None]
    found.sort(key=lambda it: (-it.strength, index.photo(it.photo), it.mirrored))
    return found[:most]


def paired(features: Features, segments: Sequence[Segment], shapes: NDArray[Any]) -> Pairs:
    """Return all pairs of look-alikes between a scene and the photos of the segments, the mirrored look included.

    shapes: (P, 2), height and width of the frame of each photo.
    """
    descriptors = np.concatenate([features.descriptors, mirror_descriptors(features.descriptors)])
    probes = np.concatenate(codes.probes(features.descriptors))
    query, photo, points, bits = _look_alikes(codes.signatures(descriptors), probes, segments)
    mirrored = query >= len(features)
    query = query % max(len(features), 1)
    frame = _mirrored_frame(np.asarray(points / POINT_SCALE, np.float32), mirrored, shapes[photo, 1])
    return Pairs(query, photo, mirrored, features.points[query], frame, _weights(query, photo, bits))


def _look_alikes(
    signatures: codes.Signatures, probes: codes.Cells, segments: Sequence[Segment]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int16], NDArray[np.uint8]]:
    """Return query row, photo row, photo's point and differing bits of each pair that is close enough."""
    starts = [np.asarray(segment.arrays["starts"]) for segment in segments]
    counts = [start[probes + 1] - start[probes] for start in starts]
    allowed = np.cumsum(np.sum(counts, axis=0), axis=1) <= PAIR_BUDGET
    allowed[:, 0] = True
    found, base = [], 0
    for segment, start, count in zip(segments, starts, counts, strict=True):
        query, posting = _postings(start, probes, np.where(allowed, count, 0))
        near, bits = _near(signatures, query, segment.arrays["signatures"], posting)
        posting = posting[near]
        owners = segment.arrays["owners"][posting].astype(np.int64) + base
        found.append((query[near].astype(np.int64), owners, segment.arrays["points"][posting], bits))
        base += len(segment.photos)
    columns: list[NDArray[Any]] = [np.concatenate(part) for part in zip(*found, strict=True)]
    return columns[0], columns[1], columns[2], columns[3]


def _postings(
    starts: NDArray[np.int32], probes: codes.Cells, counts: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return query row and posting row of everything in the probed cells, (N, P) each with its count."""
    lengths = counts.ravel()
    filled = np.flatnonzero(lengths)
    lengths = lengths[filled]
    ends = np.cumsum(lengths)
    first = starts[probes.ravel()[filled]] - (ends - lengths)
    posting = np.repeat(first.astype(np.int32), lengths) + np.arange(ends[-1] if len(ends) else 0, dtype=np.int32)
    query = np.repeat((filled // max(probes.shape[1], 1)).astype(np.int32), lengths)
    return query, posting


def _near(
    signatures: codes.Signatures, query: NDArray[np.int32], stored: NDArray[Any], posting: NDArray[np.int32]
) -> tuple[NDArray[np.intp], NDArray[np.uint8]]:
    """Return which pairs differ in at most MOST_BITS bits, and in how many: (K,) each."""
    words = np.asarray(stored, np.uint64)
    first = np.bitwise_count(signatures[query, 0] ^ words[posting, 0])
    near = np.flatnonzero(first <= _FIRST_WORD_BITS)
    bits = first[near] + np.bitwise_count(signatures[query[near], 1] ^ words[posting[near], 1])
    close = bits <= MOST_BITS
    return near[close], bits[close]


def _mirrored_frame(
    points: NDArray[np.float32], mirrored: NDArray[np.bool_], widths: NDArray[Any]
) -> NDArray[np.float32]:
    """Return points, (N, 4), in the frame mirrored left to right where `mirrored`, (N,); widths: (N,)."""
    points[:, 0] = np.where(mirrored, widths - 1 - points[:, 0], points[:, 0])
    points[:, 3] = np.where(mirrored, (180 - points[:, 3]) % 360, points[:, 3])
    return points


def _weights(query: NDArray[np.int64], photo: NDArray[np.int64], bits: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return what each pair counts, (N,): more the closer, less the more look-alikes a feature has.

    Source: burstiness and Hamming weights of Jegou, Douze and Schmid 2009, "On the burstiness of visual elements".
    """
    if not len(query):
        return np.zeros(0, np.float32)
    closeness = np.exp(-((bits / _CLOSENESS_BITS) ** 2) / 2)
    crowd = np.bincount(query)[query]
    _, same, within = np.unique(query * (photo.max() + 1) + photo, return_inverse=True, return_counts=True)
    return (closeness / np.sqrt(within[same]) / crowd**0.25).astype(np.float32)


def _groups(pairs: Pairs, ranks: NDArray[np.int64]) -> list[Pairs]:
    """Return the pairs of the likeliest hypotheses: one photo, mirrored or not, with a common turn and scale.

    ranks: (P,), of photos, to break ties.
    """
    if not len(pairs):
        return []
    owner = pairs.photo * 2 + pairs.mirrored
    totals = np.bincount(owner, weights=pairs.weight)
    likely = np.lexsort((ranks[np.arange(len(totals)) // 2], -totals))[:_PHOTOS]
    slot_of = np.full(len(totals), -1)
    slot_of[likely] = np.arange(len(likely))
    pairs = pairs.taken(slot_of[owner] >= 0)
    slot = slot_of[pairs.photo * 2 + pairs.mirrored]
    turn, scale = _turn_bins(pairs), _scale_bins(pairs)
    best = _peaks(slot, turn, scale, pairs.weight, len(likely))
    order = np.argsort(slot, kind="stable")
    bounds = np.searchsorted(slot[order], np.arange(len(likely) + 1))
    groups = []
    for one, middle_turn, middle_scale in best:
        rows = order[bounds[one] : bounds[one + 1]]
        near_turn = np.abs((turn[rows] - middle_turn + _TURN_BINS // 2) % _TURN_BINS - _TURN_BINS // 2) <= 1
        groups.append(pairs.taken(rows[near_turn & (np.abs(scale[rows] - middle_scale) <= 1)]))
    return groups


def _turn_bins(pairs: Pairs) -> NDArray[np.int64]:
    turn = (pairs.scene[:, 3] - pairs.frame[:, 3]) % 360
    return (turn / (360 / _TURN_BINS)).astype(np.int64) % _TURN_BINS


def _scale_bins(pairs: Pairs) -> NDArray[np.int64]:
    octave = np.log2(pairs.scene[:, 2] / np.maximum(pairs.frame[:, 2], 1e-3))
    bins = (octave - _LARGEST_OCTAVE) / _SCALE_OCTAVES + _SCALE_BINS
    return np.clip(bins, 0, _SCALE_BINS - 1).astype(np.int64)


def _peaks(
    slot: NDArray[np.int64], turn: NDArray[np.int64], scale: NDArray[np.int64], weight: NDArray[np.float32], slots: int
) -> list[tuple[int, int, int]]:
    """Return slot, turn bin and scale bin of the heaviest hypotheses, at most one a slot; neighbours count by half."""
    cells = (slot * _TURN_BINS + turn) * _SCALE_BINS + scale
    shape = (slots, _TURN_BINS, _SCALE_BINS)
    grid = np.bincount(cells, weights=weight, minlength=int(np.prod(shape))).reshape(shape)
    soft = grid + (np.roll(grid, 1, axis=1) + np.roll(grid, -1, axis=1)) / 2
    soft[:, :, 1:] += soft[:, :, :-1] / 2
    flat = soft.reshape(slots, -1)
    best = flat.argmax(axis=1)
    order = np.argsort(-flat[np.arange(slots), best], kind="stable")[:_HYPOTHESES]
    return [(int(one), *divmod(int(best[one]), _SCALE_BINS)) for one in order]


def _agreement(pairs: Pairs, shapes: NDArray[Any]) -> Agreement | None:
    """Return what most of the pairs of one hypothesis agree on, or None when too few do."""
    if len(pairs) < _LEAST_SUPPORT:
        return None
    side = float(shapes[pairs.photo[0]].max())
    transform, mask = _consensus(pairs, side)
    for tolerance in (_LOOSE, _TIGHT):
        fitted = _fitted(pairs.taken(mask))
        agree = _distance(pairs, fitted, side) < tolerance
        if not _is_sane(fitted) or agree.sum() < _LEAST_SUPPORT:
            break
        transform, mask = fitted, agree
    support = _distinct(pairs.taken(mask))
    if len(support) < _LEAST_SUPPORT:
        return None
    weight = float(support.weight.sum())
    return Agreement(int(pairs.photo[0]), bool(pairs.mirrored[0]), transform, len(support), weight)


def _consensus(pairs: Pairs, side: float) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Let each pair propose a similarity; return the heaviest one, (2, 3), and which pairs, (N,), agree with it."""
    scale = pairs.scene[:, 2] / np.maximum(pairs.frame[:, 2], 1e-3)
    angle = np.radians(pairs.scene[:, 3] - pairs.frame[:, 3])
    turn = scale * np.exp(1j * angle)
    frame, scene = _complex(pairs.frame), _complex(pairs.scene)
    shift = scene - turn * frame
    errors = np.abs(turn[:, None] * frame[None, :] + shift[:, None] - scene[None, :]) / (scale[:, None] * side)
    agree = errors < _LOOSE
    best = int((agree @ pairs.weight).argmax())
    a, b = turn[best].real, turn[best].imag
    return np.array([[a, -b, shift[best].real], [b, a, shift[best].imag]]), agree[best]


def _complex(points: NDArray[np.float32]) -> NDArray[np.complex128]:
    return points[:, 0].astype(np.float64) + 1j * points[:, 1]


def _fitted(pairs: Pairs) -> NDArray[np.float64]:
    """Return the least-squares transform, (2, 3), from frame to scene: affine from six pairs on, else a similarity."""
    frame, scene = pairs.frame[:, :2].astype(np.float64), pairs.scene[:, :2].astype(np.float64)
    if len(frame) >= 6:
        system = np.column_stack([frame, np.ones(len(frame))])
        return np.ascontiguousarray(np.linalg.lstsq(system, scene, rcond=None)[0].T)
    middle_frame, middle_scene = frame.mean(axis=0), scene.mean(axis=0)
    p, q = (frame - middle_frame) @ [1, 1j], (scene - middle_scene) @ [1, 1j]
    turn = (np.conj(p) @ q) / max(float((np.conj(p) @ p).real), 1e-6)
    matrix = np.array([[turn.real, -turn.imag], [turn.imag, turn.real]])
    return np.column_stack([matrix, middle_scene - matrix @ middle_frame])


def _is_sane(transform: NDArray[np.float64]) -> bool:
    """Say whether a transform, (2, 3), neither flips nor squeezes a frame more than a steep view would."""
    values = np.linalg.svd(transform[:, :2], compute_uv=False)
    return bool(np.linalg.det(transform[:, :2]) > 0 and values[1] > 0.25 * values[0])


def _distance(pairs: Pairs, transform: NDArray[np.float64], side: float) -> NDArray[np.float64]:
    """Return how far each pair lies from where the transform puts it, as a share of the frame's side: (N,)."""
    placed = pairs.frame[:, :2] @ transform[:, :2].T + transform[:, 2]
    scale = max(float(np.sqrt(abs(np.linalg.det(transform[:, :2])))), 1e-6)
    return np.asarray(np.linalg.norm(placed - pairs.scene[:, :2], axis=1) / (scale * side), np.float64)


def _distinct(pairs: Pairs) -> Pairs:
    """Return the pairs with one pair, the heaviest, for each spot of the scene and of the frame."""
    pairs = pairs.taken(np.argsort(-pairs.weight, kind="stable"))
    for points in ("scene", "frame"):
        spots = np.round(getattr(pairs, points)[:, :2]).astype(np.int64)
        _, first = np.unique(spots, axis=0, return_index=True)
        pairs = pairs.taken(np.sort(first))
    return pairs
