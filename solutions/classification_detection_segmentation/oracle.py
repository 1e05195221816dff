import re

# no oracle for situations: which word names which situation is a definition; nothing computes it


def task(returned, image):
    """From the shapes alone: pixels or not, several objects or one answer."""
    shapes = {
        name: [part.strip() for part in inside.split(",") if part.strip()]
        for name, inside in re.findall(r"(\w+) \(([^)]*)\)", returned)
    }
    per_object = any(shape[0] == "n" for shape in shapes.values())
    per_pixel = any([str(side) for side in image] == shape[i : i + 2] for shape in shapes.values() for i in (0, 1))
    return {
        (False, False): "classify",
        (True, False): "detect",
        (False, True): "segment",
        (True, True): "segment_instances",
    }[per_object, per_pixel]
