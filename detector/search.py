"""Search: which photos do the local features of a scene agree on, and where."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector import codes
from detector.features import Features, mirror_descriptors
from detector.fingerprint import POINT_SCALE
from detector.segment import Segment

MOST_BITS = 32
"""Two features may agree when at most this many of 128 bits differ: 1 in 5,000 unrelated pairs do."""

PAIR_BUDGET = 1_000
"""Indexed features that one query feature is compared with at the most, so that time hardly grows with the index."""

HYPOTHESES = 24
_TURN_BINS, _SCALE_BINS = 12, 16
_SCALE_OCTAVES = 0.75
_LARGEST_SCALE = 5.0
"""Scales between 2 ** (5 - 16 * 0.75) and 2 ** 5 scene pixels a frame pixel are told apart."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Features of the scene paired with features of photos that look alike, one row a pair.

    query: row of the scene's feature. photo: row over all segments. mirrored: whether the mirrored look was alike.
    scene, frame: (N, 4), x, y, diameter, angle in the scene and in the photo's frame (already mirrored where
    `mirrored`). weight: how much the pair counts.
    """

    query: NDArray[np.int64]
    photo: NDArray[np.int64]
    mirrored: NDArray[np.bool_]
    scene: NDArray[np.float32]
    frame: NDArray[np.float32]
    weight: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.query)

    def taken(self, rows: NDArray[np.generic]) -> "Pairs":
        """Return the pairs of these rows (indices or a mask)."""
        return Pairs(
            self.query[rows], self.photo[rows], self.mirrored[rows], self.scene[rows], self.frame[rows], self.weight[rows]
        )


@dataclass(frozen=True, slots=True)
class Candidate:
    """A photo that several features agree on.

    photo: row over all segments. transform: (2, 3), from the photo's frame to the scene, pixels. support: the agreeing
    pairs. strength: their weight together.
    """

    photo: int
    mirrored: bool
    transform: NDArray[np.float64]
    support: Pairs
    strength: float


def paired(features: Features, segments: Sequence[Segment]) -> Pairs:
    """Return all pairs of look-alikes between a scene and the photos of the segments, the mirrored look included."""
    plain, mirrored = codes.probes(features.descriptors)
    found = []
    for probes, flipped in ((plain, False), (mirrored, True)):
        descriptors = mirror_descriptors(features.descriptors) if flipped else features.descriptors
        found += _lookups(features, codes.signatures(descriptors), probes, segments, mirrored=flipped)
    return _weighted(found, features)


def _lookups(features, signatures, probes, segments, *, mirrored):
    counts = [segment.arrays["starts"][probes + 1] - segment.arrays["starts"][probes] for segment in segments]
    total = np.sum(counts, axis=0)
    within = np.cumsum(total, axis=1) <= PAIR_BUDGET
    within[:, 0] = True
    found, base = [], 0
    for segment, count in zip(segments, counts, strict=True):
        lengths = np.where(within, count, 0).ravel()
        starts = segment.arrays["starts"][probes].ravel()
        which = np.repeat(np.arange(len(lengths)), lengths)
        offsets = np.arange(len(which)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        postings = starts[which] + offsets
        queries = which // probes.shape[1]
        bits = codes.hamming(signatures[queries], segment.arrays["signatures"][postings])
        near = bits <= MOST_BITS
        q, p = queries[near], postings[near]
        found.append((q, segment.arrays["owners"][p] + base, segment.arrays["points"][p], bits[near], mirrored, segment.arrays["patch_shapes"]))
        base += len(segment.photos)
    return found


def _weighted(found, features):
    query = np.concatenate([f[0] for f in found]); photo = np.concatenate([f[1] for f in found]).astype(np.int64)
    mir = np.concatenate([np.full(len(f[0]), f[4]) for f in found])
    frame = np.concatenate([f[2] for f in found]).astype(np.float32) / POINT_SCALE
    bits = np.concatenate([f[3] for f in found]).astype(np.float32)
    shapes = np.concatenate([f[5] for f in found[: len(found) // 2]])
    width = shapes[photo, 1]
    frame[:, 0] = np.where(mir, width - 1 - frame[:, 0], frame[:, 0])
    frame[:, 3] = np.where(mir, (180 - frame[:, 3]) % 360, frame[:, 3])
    closeness = np.exp(-((bits / 20) ** 2) / 2)
    crowd = np.bincount(query, minlength=len(features))[query]
    # burst within a photo
    key = query * (int(photo.max()) + 1 if len(photo) else 1) + photo
    _, inv, cnt = np.unique(key, return_inverse=True, return_counts=True)
    weight = closeness / np.sqrt(cnt[inv]) / np.sqrt(np.sqrt(crowd))
    return Pairs(query, photo, mir, features.points[query], frame, weight.astype(np.float32)), shapes


def candidates(pairs: Pairs, shapes, *, most: int) -> list[Candidate]:
    if not len(pairs): return []
    scale = np.log2(pairs.scene[:, 2] / np.maximum(pairs.frame[:, 2], 1e-3))
    turn = (pairs.scene[:, 3] - pairs.frame[:, 3]) % 360
    owner = pairs.photo * 2 + pairs.mirrored
    n = (int(owner.max()) + 1)
    tb = (turn / (360 / _TURN_BINS)).astype(int) % _TURN_BINS
    sb = np.clip(((scale - _LARGEST_SCALE) / _SCALE_OCTAVES + _SCALE_BINS).astype(int), 0, _SCALE_BINS - 1)
    grid = np.bincount((owner * _TURN_BINS + tb) * _SCALE_BINS + sb, weights=pairs.weight, minlength=n * _TURN_BINS * _SCALE_BINS).reshape(n, _TURN_BINS, _SCALE_BINS)
    soft = grid + np.roll(grid, 1, 1)
    soft[:, :, 1:] += soft[:, :, :-1].copy()
    best = soft.reshape(n, -1).max(1)
    top = np.argsort(-best, kind="stable")[: HYPOTHESES * 2]
    out = []
    for o in top:
        if best[o] <= 0: continue
        c = _consensus(pairs.taken(np.flatnonzero(owner == o)), shapes[o // 2])
        if c is not None: out.append(c)
    out.sort(key=lambda c: -c.strength)
    return out[:most]


def _similarities(pairs):
    s = pairs.scene[:, 2] / np.maximum(pairs.frame[:, 2], 1e-3)
    a = np.radians(pairs.scene[:, 3] - pairs.frame[:, 3])
    c, d = s * np.cos(a), s * np.sin(a)
    return s, a, c, d


def _consensus(pairs, shape, tol=0.08):
    if len(pairs) < 3: return None
    if len(pairs) > 400:
        pairs = pairs.taken(np.argsort(-pairs.weight, kind="stable")[:400])
    s, a, c, d = _similarities(pairs)
    f, q = pairs.frame[:, :2], pairs.scene[:, :2]
    tx = q[:, 0] - (c * f[:, 0] - d * f[:, 1]); ty = q[:, 1] - (d * f[:, 0] + c * f[:, 1])
    px = c[:, None] * f[None, :, 0] - d[:, None] * f[None, :, 1] + tx[:, None] - q[None, :, 0]
    py = d[:, None] * f[None, :, 0] + c[:, None] * f[None, :, 1] + ty[:, None] - q[None, :, 1]
    err = np.hypot(px, py) / (s[:, None] * max(shape))
    ls = np.log2(s); da = np.abs((a[:, None] - a[None, :] + np.pi) % (2 * np.pi) - np.pi)
    ok = (err < tol) & (np.abs(ls[:, None] - ls[None, :]) < 0.8) & (da < 0.6)
    votes = ok @ pairs.weight
    best = int(votes.argmax())
    mask = ok[best]
    T = np.array([[c[best], -d[best], tx[best]], [d[best], c[best], ty[best]]])
    for rtol in (0.08, 0.05):
        if mask.sum() < 3: break
        T2 = _fit(pairs.taken(mask), T)
        pred = f @ T2[:, :2].T + T2[:, 2]
        sc = np.sqrt(abs(np.linalg.det(T2[:, :2])))
        e = np.linalg.norm(pred - q, axis=1) / (sc * max(shape))
        lsd = np.abs(ls - np.log2(sc)); ang = np.arctan2(T2[1, 0] - T2[0, 1], T2[0, 0] + T2[1, 1])
        dd = np.abs((a - ang + np.pi) % (2 * np.pi) - np.pi)
        m2 = (e < rtol) & (lsd < 1) & (dd < 0.7)
        if m2.sum() < 3: break
        mask, T = m2, T2
    sup = _distinct(pairs.taken(mask))
    if len(sup) < 3: return None
    return Candidate(int(pairs.photo[0]), bool(pairs.mirrored[0]), T, sup, float(sup.weight.sum()))


def _distinct(pairs):
    order = np.argsort(-pairs.weight, kind="stable"); pairs = pairs.taken(order)
    seen_q, seen_f, keep = set(), set(), []
    for i in range(len(pairs)):
        fq = tuple(np.round(pairs.scene[i, :2] ).astype(int)); ff = tuple(np.round(pairs.frame[i, :2]).astype(int))
        if fq in seen_q or ff in seen_f: continue
        seen_q.add(fq); seen_f.add(ff); keep.append(i)
    return pairs.taken(np.array(keep, int))


def _fit(pairs, fallback):
    f, q = pairs.frame[:, :2].astype(float), pairs.scene[:, :2].astype(float)
    if len(f) < 6:  # similarity
        A = np.zeros((2 * len(f), 4)); A[0::2] = np.c_[f[:, 0], -f[:, 1], np.ones(len(f)), np.zeros(len(f))]
        A[1::2] = np.c_[f[:, 1], f[:, 0], np.zeros(len(f)), np.ones(len(f))]
        x, *_ = np.linalg.lstsq(A, q.ravel(), rcond=None)
        return np.array([[x[0], -x[1], x[2]], [x[1], x[0], x[3]]])
    A = np.c_[f, np.ones(len(f))]
    x, *_ = np.linalg.lstsq(A, q, rcond=None)
    return x.T
