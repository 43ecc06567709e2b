"""Reasons: what a comparison found, in sentences that a person can check against the pictures."""

from detector.proposals import Proposal
from detector.values import Reasons, Stage

_HOW = {
    Stage.HASH: "The whole picture looks like the published photo.",
    Stage.REGION: "A small part of the picture looks like the published photo.",
}


def exact() -> Reasons:
    """Return the reason of a match byte for byte."""
    return Reasons(("The file is the published photo, byte for byte.",), {})


def explained(measures: dict[str, float], proposal: Proposal, score: float) -> Reasons:
    """Return the reasons of a compared match: how it was found, how well it fits, what speaks against it."""
    sentences = [_found(proposal), _fit(measures)]
    if proposal.mirrored:
        sentences.append("The photo is mirrored left to right.")
    sentences += _doubts(measures)
    numbers = {name: round(value, 4) for name, value in measures.items()}
    return Reasons(tuple(sentences), {**numbers, "support": float(proposal.support), "score": round(score, 6)})


def _found(proposal: Proposal) -> str:
    if proposal.stage is Stage.FEATURES:
        return f"{proposal.support} details lie where they lie in the published photo."
    return _HOW[proposal.stage]


def _fit(measures: dict[str, float]) -> str:
    share, still = measures["share_soft"], measures["still"]
    return (
        f"Laid over one another, {share:.0%} of the photo's parts agree, "
        f"and {still:.0%} of its points lie in the same spot."
    )


def _doubts(measures: dict[str, float]) -> list[str]:
    doubts = []
    if measures["covered"] < 0.9:
        doubts.append(f"Only {measures['covered']:.0%} of the photo is inside the picture.")
    if measures["scale"] < -1:
        doubts.append("It is small in the picture, so there is less to compare.")
    if measures["moved"] > 0.1:
        doubts.append("Parts of it have moved against one another: it may be another photograph of the same person.")
    return doubts
