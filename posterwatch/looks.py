"""What came of looking at one picture, and its line of JSON (docs/scan-output.schema.json)."""

import math
from dataclasses import dataclass
from typing import Any

from detector import Match, OperatingPoint, Outcome, Verdict, Word

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Look:
    """One look at one picture.

    picture: the path as it was found. sha256: hex; None when the file could not be opened. width, height: of the
    upright first frame, pixels; None when undecodable, and then error says why. matches: best first.
    milliseconds: from decoding to the verdict. drawings: how many annotated pictures were written.
    """

    picture: str
    sha256: str | None
    outcome: Outcome
    width: int | None = None
    height: int | None = None
    error: str | None = None
    matches: tuple[Match, ...] = ()
    words: tuple[Word, ...] = ()
    milliseconds: float = 0.0
    drawings: int = 0


def outcome_of(matches: tuple[Match, ...], at: OperatingPoint) -> Outcome:
    """Sum up the matches of a picture that could be seen."""
    if any(match.verdicts[at] is Verdict.REUSED for match in matches):
        return Outcome.MATCHED
    return Outcome.UNSURE if matches else Outcome.NO_MATCH


def to_json(look: Look, at: OperatingPoint) -> dict[str, Any]:
    """Return a look as plain values, with the keys of the published format."""
    return {
        "format": FORMAT,
        "picture": look.picture,
        "sha256": look.sha256,
        "width": look.width,
        "height": look.height,
        "outcome": look.outcome.value,
        "error": look.error,
        "matches": [_match(match, at) for match in look.matches],
        "words": [_word(word) for word in look.words],
        "milliseconds": round(look.milliseconds, 1),
    }


def _match(match: Match, at: OperatingPoint) -> dict[str, Any]:
    measures = {name: float(number) for name, number in match.reasons.measures.items() if math.isfinite(number)}
    return {
        "photo": match.photo,
        "score": round(float(match.score), 6),
        "verdict": match.verdicts[at].value,
        "corners": [[round(float(x), 2), round(float(y), 2)] for x, y in match.corners],
        "mirrored": bool(match.mirrored),
        "frame": int(match.frame),
        "stage": match.stage.value,
        "reasons": {"sentences": list(match.reasons.sentences), "measures": measures},
    }


def _word(word: Word) -> dict[str, Any]:
    return {
        "text": word.text,
        "term": word.term,
        "kind": word.kind,
        "score": round(float(word.score), 4),
        "box": [[round(float(x), 1), round(float(y), 1)] for x, y in word.box],
    }
