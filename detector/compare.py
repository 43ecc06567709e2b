"""Comparison: how alike are the photo and the scene once they lie on one another?"""

import cv2
import numpy as np

from detector import register


def correlation_map(a, b, mask, block):
    """ZNCC per block on a half-overlapping grid: returns (rows, cols) corr and coverage"""
    m = mask.astype(np.float32)
    k = (block, block)
    f = lambda x: cv2.boxFilter(x, cv2.CV_32F, k, normalize=True, borderType=cv2.BORDER_CONSTANT)
    n = f(m); n_ = np.maximum(n, 1e-3)
    a = a * m; b = b * m
    ma, mb = f(a) / n_, f(b) / n_
    va = f(a * a) / n_ - ma * ma; vb = f(b * b) / n_ - mb * mb
    cov = f(a * b) / n_ - ma * mb
    corr = cov / np.sqrt(np.maximum(va, .05) * np.maximum(vb, .05))
    h, w = a.shape; o = block // 2
    ys = np.arange(o, h - o + 1, o); xs = np.arange(o, w - o + 1, o)
    return corr[np.ix_(ys, xs)], n[np.ix_(ys, xs)], np.sqrt(np.maximum(va[np.ix_(ys, xs)], 0))


def zncc(a, b, m):
    if m.sum() < 50: return 0.0
    a, b = a[m], b[m]; a = a - a.mean(); b = b - b.mean()
    return float((a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum() + 1e-6))


def measures(scene, patch, transform):
    warped, inside = scene.seen(transform, patch.shape)
    s = register.scale_of(transform, patch.shape)
    extra = 0.0 if s >= 1 else 0.55 * np.sqrt(1 / s**2 - 1)
    p = cv2.GaussianBlur(patch, (0, 0), extra) if extra > 0.3 else patch
    h, w = patch.shape
    mid = np.zeros((h, w), bool); mid[int(.12 * h):int(.72 * h), int(.2 * w):int(.8 * w)] = True
    out = {"scale": float(np.log2(s)), "covered": float(inside.mean())}
    for name, blur in (("fine", 1.0), ("soft", 2.5)):
        a, b = register.evened(p, blur), register.evened(warped, blur)
        out[f"corr_{name}"] = zncc(a, b, inside); out[f"mid_{name}"] = zncc(a, b, inside & mid)
        c, n, dev = correlation_map(a, b, inside, 32)
        ok = n > .6
        v = c[ok] if ok.any() else np.zeros(1)
        out[f"med_{name}"] = float(np.median(v)); out[f"q25_{name}"] = float(np.quantile(v, .25)); out[f"share_{name}"] = float((v > .5).mean())
        ys = np.linspace(0, 1, c.shape[0])[:, None]; xs = np.linspace(0, 1, c.shape[1])[None]
        mm = ok & (ys > .1) & (ys < .72) & (xs > .15) & (xs < .85)
        v = c[mm] if mm.any() else np.zeros(1)
        out[f"mmed_{name}"] = float(np.median(v)); out[f"mshare_{name}"] = float((v > .5).mean())
    pts, mv = register.tracked(p, warped, inside, blur=1.5)
    total = max(1, len(register.grid(patch.shape)) * inside.mean())
    d = np.linalg.norm(mv - pts, axis=1) if len(pts) else np.full(1, 9.)
    out["tracked"] = float(len(pts) / total); out["still"] = float((d < 1.2).sum() / total); out["motion"] = float(np.median(d))
    # gradient orientation agreement
    return out
