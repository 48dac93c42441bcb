"""The Python peers of the bench: one process that measures one case per line, so that its rounds interleave with ours.

stdin:  one line per case: {"case": ..., "photo": path, "answer": path}
stdout: first the installed versions, then one line per case: {"ms": ...} or {"error": ...}

Measures with time.perf_counter, without reading files. SUPERVISION is a folder with the sources of supervision, if the
package is not installed.
"""
import base64
import contextlib
import io
import json
import os
import platform
import sys
import tempfile
import time

import numpy
import PIL
from PIL import Image, ImageDraw, ImageOps

COLOURS = [
    (238, 102, 119), (68, 119, 170), (34, 136, 51), (204, 187, 68), (170, 51, 119),
    (102, 204, 238), (238, 119, 51), (0, 153, 136), (51, 187, 238), (187, 187, 187),
]
DATA_URI = "data:image/png;base64,"


def without_fence(answer):
    """Like parse_json of the guide, but also removes the closing fence, which the printed version leaves in the JSON."""
    return answer.partition("```json\n")[2].rpartition("```")[0]


def pillow_layer(photo, answer):
    """Draws our layer, an indexed PNG of object numbers, with Pillow's C code only: resize, point, paste.

    A mask of mode "1" pastes 40 % faster than one of mode "L", which blends.
    """
    image = Image.open(io.BytesIO(photo))  # Reads the size. Pillow decodes no pixels here.
    layer = Image.new("L", image.size)
    threshold = [0] * 128 + [255] * 128
    width, height = image.size
    items = json.loads(without_fence(answer))
    for index, item in enumerate(items):
        y0, x0, y1, x1 = item["box_2d"]
        box = (int(x0 / 1000 * width), int(y0 / 1000 * height), int(x1 / 1000 * width), int(y1 / 1000 * height))
        mask = Image.open(io.BytesIO(base64.b64decode(item["mask"].removeprefix(DATA_URI))))
        mask = mask.resize((box[2] - box[0], box[3] - box[1]), Image.Resampling.BILINEAR).point(threshold, "1")
        layer.paste(index + 1, box, mask)
    palette = [0, 0, 0]
    for index in range(len(items)):
        palette.extend(COLOURS[index % len(COLOURS)])
    layer.putpalette(palette)
    layer.save(io.BytesIO(), "PNG", transparency=bytes([0] + [128] * len(items)), compress_level=1)


def numpy_layer(photo, answer):
    """Like pillow_layer, with boolean indexing of numpy instead of Pillow's paste."""
    width, height = Image.open(io.BytesIO(photo)).size
    numbers = numpy.zeros((height, width), numpy.uint8)
    items = json.loads(without_fence(answer))
    for index, item in enumerate(items):
        y0, x0, y1, x1 = item["box_2d"]
        x0, y0, x1, y1 = int(x0 / 1000 * width), int(y0 / 1000 * height), int(x1 / 1000 * width), int(y1 / 1000 * height)
        mask = Image.open(io.BytesIO(base64.b64decode(item["mask"].removeprefix(DATA_URI))))
        mask = numpy.asarray(mask.resize((x1 - x0, y1 - y0), Image.Resampling.BILINEAR)) > 127
        numbers[y0:y1, x0:x1][mask] = index + 1
    layer = Image.fromarray(numbers, "L")
    palette = [0, 0, 0]
    for index in range(len(items)):
        palette.extend(COLOURS[index % len(COLOURS)])
    layer.putpalette(palette)
    layer.save(io.BytesIO(), "PNG", transparency=bytes([0] + [128] * len(items)), compress_level=1)


def pillow_downscale(photo, _answer):
    """A model copy: downscaled in the decoder if possible, upright, 1536 pixels, JPEG. Does not convert colours."""
    image = Image.open(io.BytesIO(photo))
    image.draft("RGB", (1536, 1536))
    image = ImageOps.exif_transpose(image)
    image.thumbnail((1536, 1536), Image.Resampling.BICUBIC)
    image.save(io.BytesIO(), "JPEG", quality=85)


def google_sample(photo, answer):
    """The guide's sample after the model has answered: 1024 pixels, point by point, one overlay and one mask file per object.

    Rewritten from https://ai.google.dev/gemini-api/docs/image-understanding, "Segmentation", 2026-11.
    """
    image = Image.open(io.BytesIO(photo))
    image.thumbnail([1024, 1024], Image.Resampling.LANCZOS)
    width, height = image.size
    with tempfile.TemporaryDirectory() as folder:
        for index, item in enumerate(json.loads(without_fence(answer))):
            y0, x0, y1, x1 = item["box_2d"]
            x0, y0, x1, y1 = int(x0 / 1000 * width), int(y0 / 1000 * height), int(x1 / 1000 * width), int(y1 / 1000 * height)
            if y0 >= y1 or x0 >= x1 or not item["mask"].startswith(DATA_URI):
                continue
            mask = Image.open(io.BytesIO(base64.b64decode(item["mask"].removeprefix(DATA_URI))))
            mask = mask.resize((x1 - x0, y1 - y0), Image.Resampling.BILINEAR)
            values = numpy.array(mask)
            overlay = Image.new("RGBA", image.size, (0, 0, 0, 0))
            draw = ImageDraw.Draw(overlay)
            for y in range(y0, y1):
                for x in range(x0, x1):
                    if values[y - y0, x - x0] > 128:
                        draw.point((x, y), fill=(255, 255, 255, 200))
            mask.save(os.path.join(folder, f"{item['label']}_{index}_mask.png"))
            composite = Image.alpha_composite(image.convert("RGBA"), overlay)
            composite.save(os.path.join(folder, f"{item['label']}_{index}_overlay.png"))


def supervision_read(photo, answer):
    """Only the parsing of supervision: from the answer to boxes and one boolean per pixel for each object."""
    size = Image.open(io.BytesIO(photo)).size
    return supervision.Detections.from_vlm(supervision.VLM.GOOGLE_GEMINI_2_5, answer, resolution_wh=size)


def supervision_annotate(photo, answer):
    """As in supervision's documentation: draws masks, boxes and labels into the photo at full size, and saves a JPEG."""
    scene = cv2.imdecode(numpy.frombuffer(photo, numpy.uint8), cv2.IMREAD_COLOR)
    size = (scene.shape[1], scene.shape[0])
    detections = supervision_read(photo, answer)
    thickness = max(1, supervision.calculate_optimal_line_thickness(resolution_wh=size))
    text_scale = supervision.calculate_optimal_text_scale(resolution_wh=size)
    scene = supervision.MaskAnnotator().annotate(scene=scene, detections=detections)
    scene = supervision.BoxAnnotator(thickness=thickness).annotate(scene=scene, detections=detections)
    scene = supervision.LabelAnnotator(text_scale=text_scale).annotate(scene=scene, detections=detections)
    cv2.imencode(".jpg", scene, [cv2.IMWRITE_JPEG_QUALITY, 85])


CASES = {
    case.__name__: case
    for case in (
        pillow_layer, numpy_layer, pillow_downscale, google_sample, supervision_read, supervision_annotate,
    )
}

versions = {"Python": platform.python_version(), "Pillow": PIL.__version__, "numpy": numpy.__version__}
try:
    if os.environ.get("SUPERVISION"):
        sys.path.insert(0, os.environ["SUPERVISION"])
    import cv2
    import supervision

    versions |= {"OpenCV": cv2.__version__, "supervision": supervision.__version__}
    if versions["supervision"] == "development":  # Sources have their version in pyproject.toml.
        import tomllib  # Python 3.11

        with open(os.path.join(os.environ["SUPERVISION"], "pyproject.toml"), "rb") as file:
            versions["supervision"] = tomllib.load(file)["project"]["version"] + " (sources)"
    missing = {}
except (ImportError, OSError) as error:
    missing = {"supervision": str(error)}
print(json.dumps({"versions": versions, "missing": missing}), flush=True)

files = {}


def read(path):
    if path not in files:
        with open(path, "rb") as file:
            files[path] = file.read()
    return files[path]


for line in sys.stdin:
    request = json.loads(line)
    photo, answer = read(request["photo"]), read(request["answer"]).decode()
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            start = time.perf_counter()
            CASES[request["case"]](photo, answer)
            reply = {"ms": (time.perf_counter() - start) * 1000}
    except Exception as error:  # The bench reports the error.
        reply = {"error": repr(error)}
    print(json.dumps(reply), flush=True)
