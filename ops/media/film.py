"""Pictures in a row as one small GIF."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

#: Enough to read the console's text in a README, small enough to load at once.
WIDTH, HEIGHT = 960, 675
#: The console and the terminal use few; text keeps its edges without dithering.
COLORS = 64


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture, and how long it stays."""

    picture: Path
    seconds: float


def write(path: Path, scenes: Sequence[Scene]) -> None:
    """The scenes as a GIF that begins again."""
    frames = [_frame(scene.picture) for scene in scenes]
    frames[0].save(
        path,
        save_all=True,
        append_images=frames[1:],
        duration=[round(scene.seconds * 1000) for scene in scenes],
        loop=0,
        optimize=True,
    )


def _frame(picture: Path) -> Image.Image:
    """The upper part of a picture, in the film's size."""
    with Image.open(picture) as opened:
        image = opened.convert("RGB")
    scale = WIDTH / image.width
    resized = image.resize((WIDTH, round(image.height * scale)), Image.Resampling.LANCZOS)
    canvas = Image.new("RGB", (WIDTH, HEIGHT), resized.getpixel((0, resized.height - 1)))
    canvas.paste(resized.crop((0, 0, WIDTH, min(HEIGHT, resized.height))))
    return canvas.quantize(COLORS, dither=Image.Dither.NONE)
