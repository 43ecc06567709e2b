"""The cascade: bytes already known, whole picture, local features, regions; each proposal compared, then judged."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from detector import compare, proposals, reasons, regions, register
from detector.index import Index
from detector.proposals import Proposal
from detector.register import Scene
from detector.score import Model, model
from detector.values import RGB, Frame, Gray, Match, OperatingPoint, Picture, Stage, Verdict

WORKING_SIDE = 2_048
"""Scenes larger than this, in pixels, are looked at this large."""

_FIRST_PLACES, _LATER_PLACES = 8, 10
_FIRST_PLACES_SIDE = 640
_CLOSER_FROM = 1_000
_CLOSER_SIDE = 1_600
_LAID, _LAID_A_PLACE = 9, 3
_COMPARED, _COMPARED_A_PLACE = 6, 2
_LEAST_LIKENESS, _LEAST_LIKENESS_LAID = 0.15, 0.38
_FIRST_ROUNDS, _LATER_ROUNDS = 2, 3
_SAME_PLACE = 0.3


@dataclass(slots=True)
class Stopwatch:
    """Milliseconds spent by step of the cascade."""

    milliseconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Add the time of the block to the step's."""
        start = time.perf_counter()
        try:
            yield
        finally:
            spent = 1000 * (time.perf_counter() - start)
            self.milliseconds[name] = self.milliseconds.get(name, 0.0) + spent


@dataclass(frozen=True, slots=True)
class Judged:
    """A proposal after comparison. corners: (4, 2), of the photo itself (mirrored back), in the scene, pixels."""

    proposal: Proposal
    score: float
    corners: NDArray[np.float64]
    measures: dict[str, float]
    is_photo_like: bool


def find(picture: Picture, index: Index, *, stopwatch: Stopwatch | None = None) -> tuple[Match, ...]:
    """Return the photos of the index that a picture seems to reuse, surest first; empty when it reuses none.

    Every frame is looked at. A match carries its verdict at both operating points; what scores below `unsure` is left
    out. The result depends on the picture and on which photos are enrolled, never on the order they came in.
    """
    watch = stopwatch or Stopwatch()
    if not len(index):
        return ()
    exact = _exact(picture, index)
    if exact:
        return exact
    found = [match for frame in picture.frames for match in _in_frame(frame, index, watch)]
    best: dict[str, Match] = {}
    for match in sorted(found, key=lambda it: (-it.score, it.frame, it.photo)):
        best.setdefault(match.photo, match)
    return tuple(best.values())


def comparisons(picture: Picture, index: Index) -> list[Judged]:
    """Return every comparison that find() might make of a picture, settled or not: to fit the score."""
    looks = (_look(frame, index, Stopwatch(), thorough=True) for frame in picture.frames)
    return [it for look in looks for it in look.everything() if it.is_photo_like]


def _exact(picture: Picture, index: Index) -> tuple[Match, ...]:
    """Return matches for photos whose file has the very bytes of this picture."""
    digest = np.frombuffer(bytes.fromhex(picture.sha256), np.uint8)
    width, height = picture.frames[0].width, picture.frames[0].height
    edges = ((0.0, 0.0), (width - 1.0, 0.0), (width - 1.0, height - 1.0), (0.0, height - 1.0))
    photos = sorted(
        segment.photos[row]
        for segment in index.segments
        for row in np.flatnonzero((segment.arrays["digests"] == digest).all(axis=1))
    )
    verdicts = dict.fromkeys(OperatingPoint, Verdict.REUSED)
    return tuple(
        Match(photo, 1.0, verdicts, edges, mirrored=False, frame=0, stage=Stage.EXACT, reasons=reasons.exact())
        for photo in photos
    )


def _in_frame(frame: Frame, index: Index, watch: Stopwatch) -> list[Match]:
    """Return the matches of one frame."""
    look = _look(frame, index, watch, thorough=False)
    judged = _distinct(look.everything())
    scale = frame.width / look.pixels.shape[1]
    fitted = model()
    return [_match(it, index, frame.number, scale, fitted) for it in judged if it.score >= fitted.unsure]


def _look(frame: Frame, index: Index, watch: Stopwatch, *, thorough: bool) -> "_Look":
    pixels = _working(frame.pixels)
    gray = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    return _Look(pixels, gray, Scene.of(gray), index, watch, thorough)


def _working(pixels: RGB) -> RGB:
    """Return a picture, (H, W, 3), no larger than the search works at."""
    height, width = pixels.shape[:2]
    scale = WORKING_SIDE / max(height, width)
    if scale >= 1:
        return pixels
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


@dataclass(frozen=True, slots=True)
class _Look:
    """One frame under the cascade: pixels (H, W, 3), grey (H, W) and its levels, the index, the stopwatch."""

    pixels: RGB
    gray: Gray
    scene: Scene
    index: Index
    watch: Stopwatch
    thorough: bool

    def everything(self) -> list[Judged]:
        """Return what each step finds, until a step settles the matter."""
        with self.watch.step("hash"):
            whole = proposals.by_hash(self.pixels, self.gray, self.index)
        found = self._judged(whole)
        if self._is_settled(found):
            return found
        with self.watch.step("places"):
            places = regions.propose(self.pixels, side=_FIRST_PLACES_SIDE, most=_FIRST_PLACES)
        found += self._looked(places, whole=True)
        if max(self.gray.shape) < _CLOSER_FROM:
            return found
        with self.watch.step("closer places"):
            more = regions.propose(self.pixels, side=_CLOSER_SIDE, most=_LATER_PLACES)
        return found + self._looked(regions.not_among(more, places), whole=False)

    def _looked(self, places: Sequence[regions.Region], *, whole: bool) -> list[Judged]:
        with self.watch.step("features"):
            proposed = proposals.by_features(self.gray, places, self.index, whole=whole)
        with self.watch.step("regions"):
            proposed += proposals.by_regions(self.scene, places, self.index)
        return self._judged(proposed)

    def _is_settled(self, found: Sequence[Judged]) -> bool:
        """Say whether a proposal is so sure that looking further would only cost time."""
        settled = model().thresholds[OperatingPoint.SOURCE]
        return not self.thorough and any(it.score >= settled for it in found)

    def _judged(self, proposed: Sequence[Proposal]) -> list[Judged]:
        with self.watch.step("choosing"):
            chosen = self._chosen(proposed)
        with self.watch.step("comparing"):
            return self._all_compared(chosen)

    def _all_compared(self, chosen: Sequence[Proposal]) -> list[Judged]:
        """Lay each proposal better, then compare the likest of each place in full."""
        laid = [self._refined(proposal) for proposal in chosen]
        laid = [pair for pair in laid if pair[0] >= _LEAST_LIKENESS_LAID]
        finalists = self._likest(laid, _COMPARED, _COMPARED_A_PLACE)
        return [self._compared(proposal) for proposal in finalists]

    def _refined(self, proposal: Proposal) -> tuple[float, Proposal]:
        patch = self._patch(proposal)
        transform = register.refined(self.scene, patch, proposal.transform, rounds=_FIRST_ROUNDS)
        return compare.likeness(self.scene, patch, transform), replace(proposal, transform=transform)

    def _chosen(self, proposed: Sequence[Proposal]) -> list[Proposal]:
        """Return the proposals worth laying exactly: the likest after a coarse look, some for each place."""
        rough = [self._rough(proposal) for proposal in proposed]
        rough = [pair for pair in rough if pair[0] >= _LEAST_LIKENESS]
        return self._likest(rough, _LAID, _LAID_A_PLACE)

    def _rough(self, proposal: Proposal) -> tuple[float, Proposal]:
        patch = self._patch(proposal)
        transform = register.coarsely_refined(self.scene, patch, proposal.transform)
        return compare.coarse_likeness(self.scene, patch, transform), replace(proposal, transform=transform)

    def _likest(self, pairs: Sequence[tuple[float, Proposal]], most: int, a_place: int) -> list[Proposal]:
        """Return at most `most` proposals, the likest first, at most `a_place` where they overlap, none twice."""
        chosen: list[tuple[Proposal, NDArray[np.float64]]] = []
        for _, proposal in sorted(pairs, key=self._order):
            quad = self._quad(proposal)
            rivals = [other for other, theirs in chosen if overlap(quad, theirs) > _SAME_PLACE]
            again = any((it.photo, it.mirrored) == (proposal.photo, proposal.mirrored) for it in rivals)
            if len(chosen) < most and len(rivals) < a_place and not again:
                chosen.append((proposal, quad))
        return [proposal for proposal, _ in chosen]

    def _order(self, pair: tuple[float, Proposal]) -> tuple[float, str, bool]:
        likeness, proposal = pair
        return (-likeness, self.index.photo(proposal.photo), proposal.mirrored)

    def _quad(self, proposal: Proposal) -> NDArray[np.float64]:
        return register.corners(proposal.transform, self._patch(proposal).shape)

    def _patch(self, proposal: Proposal) -> Gray:
        """Return the photo's patch, (h, w), mirrored where the proposal is."""
        segment, row = self.index.located(proposal.photo)
        patch = segment.patch(row)
        return np.ascontiguousarray(patch[:, ::-1]) if proposal.mirrored else patch

    def _compared(self, proposal: Proposal) -> Judged:
        """Lay the photo to a fraction of a pixel, measure and score."""
        patch = self._patch(proposal)
        transform = register.polished(self.scene, patch, proposal.transform, rounds=_LATER_ROUNDS)
        measures = compare.measures(self.scene, patch, transform)
        quad = register.corners(transform, patch.shape)
        placed = quad[[1, 0, 3, 2]] if proposal.mirrored else quad
        sane = is_photo_like(quad)
        return Judged(proposal, model().score(measures) if sane else 0.0, placed, measures, sane)


def is_photo_like(quad: NDArray[np.float64]) -> bool:
    """Say whether a quadrilateral, (4, 2), could be a photo seen by a camera: convex, not turned over, not a sliver."""
    if not np.isfinite(quad).all() or np.abs(quad).max() > 1e5:
        return False
    sides = np.roll(quad, -1, axis=0) - quad
    following = np.roll(sides, -1, axis=0)
    turns = sides[:, 0] * following[:, 1] - sides[:, 1] * following[:, 0]
    lengths = np.linalg.norm(sides, axis=1)
    return bool((turns > 0).all() and lengths.min() > 0.15 * lengths.max() and lengths.min() > 8)


def overlap(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Return the intersection over union of two convex quadrilaterals, (4, 2) each."""
    first, second = (cv2.convexHull(quad.astype(np.float32)) for quad in (one, other))
    shared = float(cv2.intersectConvexConvex(first, second)[0])
    union = float(cv2.contourArea(first)) + float(cv2.contourArea(second)) - shared
    return shared / union if union > 0 else 0.0


def _distinct(found: Sequence[Judged]) -> list[Judged]:
    """Return the best of each place: two photos cannot be reused in one spot."""
    kept: list[Judged] = []
    for one in sorted(found, key=lambda it: -it.score):
        if not any(overlap(one.corners, other.corners) > _SAME_PLACE for other in kept):
            kept.append(one)
    return kept


def _match(judged: Judged, index: Index, frame: int, scale: float, fitted: Model) -> Match:
    points = (judged.corners + 0.5) * scale - 0.5
    first, second, third, fourth = ((float(x), float(y)) for x, y in points)
    proposal = judged.proposal
    return Match(
        photo=index.photo(proposal.photo),
        score=judged.score,
        verdicts=fitted.verdicts(judged.score),
        corners=(first, second, third, fourth),
        mirrored=proposal.mirrored,
        frame=frame,
        stage=proposal.stage,
        reasons=reasons.explained(judged.measures, proposal, judged.score),
    )
