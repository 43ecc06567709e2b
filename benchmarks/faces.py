"""The head of a drawn portrait, painted on a transparent ground of its own."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.layers import Colour, Field, bytes_of, cloud
from benchmarks.people import Person, Stance
from detector.values import RGB

WIDE, HIGH = 450, 550
MIDDLE = (225.0, 248.0)


@dataclass(frozen=True, slots=True)
class Head:
    """A head in the making: colours (550, 450, 3) and cover (550, 450), drawn on in place, and its measures."""

    paint: RGB
    cover: NDArray[np.uint8]
    person: Person
    stance: Stance
    rng: np.random.Generator

    def at(self, u: float, v: float, depth: float = 0.7) -> tuple[int, int]:
        """Return the pixel of a place of the face, -1..1 each way; what stands out moves more when the head turns."""
        u = u * (1 - 0.12 * abs(self.stance.turn)) + self.stance.turn * depth * (1 - 0.6 * u * u) * 0.6
        return round(MIDDLE[0] + u * self.person.half_width), round(MIDDLE[1] + v * self.person.half_height)

    def shade(self, factor: float, jitter: float = 0) -> Colour:
        """Return the skin's colour, lighter or darker."""
        red, green, blue = (
            int(np.clip(c * factor + (self.rng.normal(0, jitter) if jitter else 0), 0, 255)) for c in self.person.skin
        )
        return red, green, blue

    def strand(
        self, points: list[tuple[float, float]], colour: Colour, thick: int = 1, *, covers: bool = False
    ) -> None:
        """Draw a line through places of the face; covers makes it solid where the head was not."""
        line = [np.array([self.at(u, v, 0.25) for u, v in points], np.int32)]
        cv2.polylines(self.paint, line, False, colour, thick, cv2.LINE_AA)
        if covers:
            cv2.polylines(self.cover, line, False, (255,), thick + 1, cv2.LINE_AA)


def draw_head(person: Person, stance: Stance) -> tuple[RGB, Field]:
    """Return a head's colours, (550, 450, 3), and its cover, (550, 450) 0..1, before it is moved and tilted."""
    head = Head(
        np.full((HIGH, WIDE, 3), person.skin, np.uint8), np.zeros((HIGH, WIDE), np.uint8),
        person, stance, np.random.default_rng(person.number),
    )  # fmt: skip
    if person.style in {"long", "bob"}:
        _hair_behind(head)
    _ears(head)
    _skin(head)
    _wrinkles(head)
    for side in (-1, 1):
        _eye(head, side)
        _brow(head, side)
    _nose(head)
    _mouth(head)
    if person.beard:
        _beard(head)
    _hair(head)
    if person.glasses:
        _glasses(head)
    return head.paint, head.cover.astype(np.float32) / np.float32(255)


def _skin(head: Head) -> None:
    """Lay a lit, mottled, freckled egg with a jaw."""
    person, rng = head.person, head.rng
    u = (np.arange(WIDE, dtype=np.float32)[None] - MIDDLE[0]) / np.float32(person.half_width)
    v = (np.arange(HIGH, dtype=np.float32)[:, None] - MIDDLE[1]) / np.float32(person.half_height)
    narrow = 1 - np.float32(person.jaw) * np.clip(v, 0, 1) ** 2
    radius = (np.abs(u) / narrow) ** 2.3 + np.abs(v) ** 2.2
    mask = np.clip((1 - radius) * 30, 0, 1)
    bulge = np.sqrt(np.clip(1 - 0.8 * radius, 0.05, 1))
    light = 0.55 + 0.5 * bulge - 0.14 * u * rng.choice([-1, 1]) - 0.08 * v
    mottle = (
        cloud(rng, HIGH, WIDE, 14) * 0.035 + cloud(rng, HIGH, WIDE, 80) * 0.075 + cloud(rng, HIGH, WIDE, 180) * 0.04
    )
    red = np.exp(-((np.abs(u) - 0.5) ** 2) / 0.06 - (v - 0.28) ** 2 / 0.06) * rng.uniform(4, 22)
    skin = np.array(person.skin, np.float32) * (light + mottle)[:, :, None] + red[:, :, None] * np.array(
        [1, -0.3, -0.2], np.float32
    )
    head.paint[:] = bytes_of(head.paint + (skin - head.paint) * mask[:, :, None].astype(np.float32))
    head.cover[:] = np.maximum(head.cover, (mask * 255).astype(np.uint8))
    for _ in range(person.freckles):
        place = head.at(*np.clip(rng.normal(0, 0.42, 2), -0.8, 0.8).tolist())
        cv2.circle(head.paint, place, int(rng.integers(0, 3)), head.shade(rng.uniform(0.62, 0.9)), -1, cv2.LINE_AA)


def _ears(head: Head) -> None:
    for side in (-1, 1):
        x = round(MIDDLE[0] + side * head.person.half_width * (1.0 - 0.08 * side * head.stance.turn))
        y = round(MIDDLE[1] + 0.02 * head.person.half_height)
        size = (round(head.person.half_width * 0.16), round(head.person.half_height * 0.24))
        for shape, colour in ((size, head.shade(0.82)), ((size[0] // 2, size[1] // 2), head.shade(0.62))):
            cv2.ellipse(head.paint, (x, y), shape, side * 8, 0, 360, colour, -1, cv2.LINE_AA)
        cv2.ellipse(head.cover, (x, y), size, side * 8, 0, 360, (255,), -1, cv2.LINE_AA)


def _soft(head: Head, place: tuple[int, int], size: tuple[int, int], factor: float) -> None:
    """Darken or lighten a soft oval of the skin."""
    x, y = place
    reach_x, reach_y = round(size[0] * 2.2), round(size[1] * 2.2)
    part = head.paint[max(y - reach_y, 0) : y + reach_y + 1, max(x - reach_x, 0) : x + reach_x + 1]
    grid_x = np.linspace(-2.2, 2.2, part.shape[1], dtype=np.float32)[None]
    grid_y = np.linspace(-2.2, 2.2, part.shape[0], dtype=np.float32)[:, None]
    weight = np.exp(-(grid_x * grid_x + grid_y * grid_y))
    part[:] = bytes_of(part * (1 + np.float32(factor - 1) * weight)[:, :, None])


def _wrinkles(head: Head) -> None:
    person, rng = head.person, head.rng
    for side in (-1, 1):
        fold = [(side * 0.22, 0.3), (side * (0.36 + 0.05 * head.stance.smile), 0.42), (side * 0.4, 0.56)]
        head.strand(fold, head.shade(0.72 + 0.12 * (1 - person.age)), 2)
        head.strand([(side * 0.24, 0.02), (side * 0.42, 0.06), (side * 0.56, 0.0)], head.shade(0.8), 1)
    for row in range(int(person.age * 5)):
        level = -0.48 - row * 0.06 - head.stance.brows_up * 0.002
        points = [(u, level + rng.normal(0, 0.012)) for u in np.linspace(-0.45, 0.45, 6).tolist()]
        head.strand(points, head.shade(0.83), 1)


def _eye(head: Head, side: int) -> None:
    """Draw the socket, white, iris with its rays, pupil, gleam, lids and lashes."""
    person, rng = head.person, head.rng
    x, y = head.at(side * person.eye_gap, -0.08)
    wide, high = round(person.eye_size), max(3, round(person.eye_size * 0.48 * head.stance.open_eyes))
    _soft(head, (x, y - 4), (wide * 2, wide + 6), 0.78)
    cv2.ellipse(head.paint, (x, y), (wide, high), side * 4, 0, 360, (232, 228, 222), -1, cv2.LINE_AA)
    look = round(head.stance.gaze * wide * 0.5 + head.stance.turn * wide * 0.3)
    radius = max(3, round(min(person.eye_size * 0.44, high)))
    cv2.circle(head.paint, (x + look, y), radius, person.eye, -1, cv2.LINE_AA)
    for angle in rng.uniform(0, 2 * np.pi, 12):
        tip = (round(x + look + radius * np.cos(angle)), round(y + radius * np.sin(angle)))
        cv2.line(
            head.paint,
            (x + look, y),
            tip,
            tuple(int(c * rng.uniform(0.5, 1.4)) % 256 for c in person.eye),
            1,
            cv2.LINE_AA,
        )
    cv2.circle(head.paint, (x + look, y), max(1, radius // 2), (10, 8, 8), -1, cv2.LINE_AA)
    cv2.circle(head.paint, (x + look - 2, y - 2), max(1, radius // 4), (255, 255, 255), -1, cv2.LINE_AA)
    cv2.ellipse(head.paint, (x, y), (wide + 1, high + 1), side * 4, 180, 360, head.shade(0.3), 3, cv2.LINE_AA)
    cv2.ellipse(head.paint, (x, y - 4), (wide + 3, high + 4), side * 4, 195, 345, head.shade(0.62), 1, cv2.LINE_AA)
    cv2.ellipse(head.paint, (x, y), (wide, high + 1), side * 4, 10, 170, head.shade(0.6), 1, cv2.LINE_AA)


def _brow(head: Head, side: int) -> None:
    person, rng = head.person, head.rng
    dark = tuple(int(c * 0.7) for c in person.hair)
    lift = head.stance.brows_up
    for _ in range(45):
        t = rng.random()
        x, y = head.at(side * (person.eye_gap - 0.2 + 0.42 * t), -0.27)
        y += round(-6 * np.sin(np.pi * t) + person.brow_tilt * (t - 0.5) * 2 - lift + rng.normal(0, person.brow / 2))
        red, green, blue = (int(np.clip(c + rng.normal(0, 14), 0, 255)) for c in dark)
        cv2.line(
            head.paint,
            (x, y),
            (x + side * int(rng.integers(4, 9)), y - int(rng.integers(0, 4))),
            (red, green, blue),
            1,
            cv2.LINE_AA,
        )


def _nose(head: Head) -> None:
    person = head.person
    tip_v = 0.02 + person.nose_long
    x, y = head.at(0, tip_v, 1.3)
    wide = round(person.nose_wide)
    _soft(head, (x - round(wide * 0.9), y - 4), (8, 24), 0.8)
    _soft(head, (x, y - 14), (9, 30), 1.14)
    _soft(head, (x, y + 12), (wide, 7), 0.74)
    top = head.at(0.11, -0.1, 0.9)
    cv2.line(head.paint, top, (x + wide // 2 + 3, y - 12), head.shade(0.8), 2, cv2.LINE_AA)
    for side in (-1, 1):
        cv2.ellipse(
            head.paint,
            (x + side * wide // 2, y + 4),
            (wide // 4, 4),
            side * 15,
            0,
            360,
            head.shade(0.32),
            -1,
            cv2.LINE_AA,
        )
        cv2.ellipse(
            head.paint,
            (x + side * wide * 3 // 4, y),
            (wide // 3, 10),
            0,
            90 - side * 100,
            90 + side * 30,
            head.shade(0.62),
            2,
            cv2.LINE_AA,
        )


def _mouth(head: Head) -> None:
    """Draw lips, closed or smiling with teeth."""
    person, smile = head.person, head.stance.smile
    x, y = head.at(0, 0.5, 0.9)
    wide, lift, lip = round(person.mouth_wide * (0.85 + 0.4 * smile)), round(14 * smile - 3), round(person.lips)
    gap = round(max(0.0, smile - 0.4) * 22)
    upper = [
        (x - wide, y - lift),
        (x - wide // 3, y - lip - lift // 3),
        (x, y - lip + 2),
        (x + wide // 3, y - lip - lift // 3),
        (x + wide, y - lift),
    ]
    lower = [(x + wide // 2, y + gap + lip), (x, y + gap + lip + 3), (x - wide // 2, y + gap + lip)]
    base = np.array(person.skin) * (0.86, 0.58, 0.56)
    tint = (int(base[0]), int(base[1]), int(base[2]))
    cv2.fillPoly(head.paint, [np.array(upper + lower, np.int32)], tint, cv2.LINE_AA)
    inner = [
        (x - wide + 5, y - lift),
        (x, y - 1),
        (x + wide - 5, y - lift),
        (x + wide // 2, y + gap),
        (x, y + gap + 2),
        (x - wide // 2, y + gap),
    ]
    cv2.fillPoly(head.paint, [np.array(inner, np.int32)], (238, 234, 224) if gap > 2 else head.shade(0.4), cv2.LINE_AA)
    for tooth in range(-3, 4) if gap > 2 else ():
        cv2.line(
            head.paint, (x + tooth * 7, y - lift // 3), (x + tooth * 7, y + gap - 1), (190, 184, 176), 1, cv2.LINE_AA
        )
    cv2.polylines(
        head.paint, [np.array([upper[0], (x, y), upper[-1]], np.int32)], False, head.shade(0.36), 2, cv2.LINE_AA
    )
    _soft(head, (x, y + gap + lip + 13), (wide // 2, 6), 0.8)


def _tinted(head: Head, spread: float) -> Colour:
    shift = head.rng.normal(0, spread)
    red, green, blue = (int(np.clip(c * (1 + shift / 60) + shift, 0, 255)) for c in head.person.hair)
    return red, green, blue


def _beard(head: Head) -> None:
    """Scatter hairs over chin, cheeks and upper lip."""
    rng, person = head.rng, head.person
    for _ in range(int(900 * person.beard)):
        u, v = rng.uniform(-0.82, 0.82), rng.uniform(0.3, 0.98)
        on_lip, on_cheek = v < 0.44 and abs(u) < 0.34, v > 0.42 + 0.5 * (0.8 - abs(u)) * (abs(u) > 0.36)
        if (
            not (on_lip or on_cheek)
            or (abs(u) < 0.36 and 0.43 < v < 0.62)
            or abs(u) > (1 - person.jaw * v * v) * 0.95 * np.sqrt(max(0.0, 1 - v * v)) + 0.02
        ):
            continue
        head.strand([(u, v), (u + rng.normal(0, 0.02), v + rng.uniform(0.02, 0.06))], _tinted(head, 16))


def _hair_behind(head: Head) -> None:
    """Hang long hair behind the face, to the shoulders or to the chin."""
    rng, low = head.rng, 1.45 if head.person.style == "long" else 0.85
    for _ in range(420):
        side = rng.choice([-1, 1])
        u = side * rng.uniform(0.45, 1.22 + head.person.volume)
        points = [
            (u * 0.9, -0.7),
            (u, -0.1),
            (u + rng.normal(0, 0.03), 0.5),
            (u * rng.uniform(0.88, 1.1), low + rng.normal(0, 0.06)),
        ]
        head.strand(points, _tinted(head, 13), 3, covers=True)


def _hair(head: Head) -> None:
    """Comb the hair over the skull, curl it, or leave little of it."""
    rng, person = head.rng, head.person
    if person.style == "curly":
        _curls(head)
        return
    outer = 1.03 + person.volume * (0.4 if person.style in {"short", "receding", "bald"} else 1)
    for _ in range({"bald": 170, "receding": 420, "short": 620}.get(person.style, 760)):
        start, sweep = person.parting, rng.choice([-1, 1]) * rng.uniform(0.7, 1.75)
        if person.style == "swept":
            start, sweep = -1.25, rng.uniform(1.2, 2.6)
        radius = outer - (outer - 0.77) * rng.random() ** 1.3
        angles = start + sweep * np.linspace(0, 1, 7) + rng.normal(0, 0.05)
        if person.style in {"bald", "receding"}:
            edge = 1.22 if person.style == "bald" else 0.62
            angles = rng.choice([-1, 1]) * np.linspace(edge, 1.75, 7) + rng.normal(0, 0.06)
            radius = max(radius, 0.93)
        points = [(float(radius * np.sin(a)), float(-radius * np.cos(a) * 1.0 + 0.04)) for a in angles]
        head.strand(points, _tinted(head, 14), int(rng.integers(1, 4)), covers=True)
    if person.style == "bun":
        x, y = head.at(0.1 * person.parting, -1.18, 0.1)
        for ring in range(26, 2, -3):
            cv2.circle(head.paint, (x, y), ring, _tinted(head, 14), 4, cv2.LINE_AA)
        cv2.circle(head.cover, (x, y), 28, (255,), -1, cv2.LINE_AA)


def _curls(head: Head) -> None:
    rng, volume = head.rng, 0.1 + head.person.volume
    for _ in range(420):
        angle = rng.uniform(-1.85, 1.85)
        radius = rng.uniform(0.8, 1.06 + volume)
        x, y = head.at(float(radius * np.sin(angle)), float(-radius * np.cos(angle)), 0.2)
        size, begin = int(rng.integers(5, 13)), rng.uniform(0, 360)
        cv2.circle(head.cover, (x, y), size, (255,), -1, cv2.LINE_AA)
        cv2.circle(head.paint, (x, y), size, _tinted(head, 7), -1, cv2.LINE_AA)
        cv2.ellipse(head.paint, (x, y), (size, size), 0, begin, begin + 230, _tinted(head, 24), 2, cv2.LINE_AA)


def _glasses(head: Head) -> None:
    person = head.person
    frame = ((25, 20, 20), (90, 60, 40), (150, 150, 155), (40, 40, 90))[person.number % 4]
    left, right = head.at(-person.eye_gap, -0.06, 0.9), head.at(person.eye_gap, -0.06, 0.9)
    size, thick = (
        (round(person.eye_size * 1.6), round(person.eye_size * (1 + person.number % 5 / 10))),
        2 + person.number % 3,
    )
    for place in (left, right):
        if person.number % 2:
            cv2.ellipse(head.paint, place, size, 0, 0, 360, frame, thick, cv2.LINE_AA)
        else:
            a, b = (place[0] - size[0], place[1] - size[1]), (place[0] + size[0], place[1] + size[1])
            cv2.rectangle(head.paint, a, b, frame, thick, cv2.LINE_AA)
    cv2.line(head.paint, (left[0] + size[0], left[1]), (right[0] - size[0], right[1]), frame, thick, cv2.LINE_AA)
    for place, side in ((left, -1), (right, 1)):
        cv2.line(
            head.paint, (place[0] + side * size[0], place[1]), head.at(side * 1.0, -0.1, 0.1), frame, thick, cv2.LINE_AA
        )
