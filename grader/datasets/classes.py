"""The 43 classes of GTSRB, and how often each comes."""

from __future__ import annotations

from grader.model import Text

TEST = 12_630  # images of the test set
COUNTS = (  # of the 39 209 training images: the imbalance of the synthetic signs is the real one
    210, 2220, 2250, 1410, 1980, 1860, 420, 1440, 1410, 1470, 2010, 1320, 2100, 2160, 780, 630, 420, 1110, 1200, 210,
    360, 330, 390, 510, 270, 1500, 600, 240, 540, 270, 450, 780, 240, 689, 420, 1200, 390, 210, 2070, 300, 360, 240,
    240,
)  # fmt: skip
NAMES = (
    *(Text(f"limitation à {n} km/h", f"speed limit {n} km/h") for n in (20, 30, 50, 60, 70, 80)),
    Text("fin de limitation à 80 km/h", "end of speed limit 80 km/h"),
    *(Text(f"limitation à {n} km/h", f"speed limit {n} km/h") for n in (100, 120)),
    Text("dépassement interdit", "no overtaking"),
    Text("dépassement interdit aux poids lourds", "no overtaking by lorries"),
    Text("priorité à l'intersection suivante", "priority at the next junction"),
    Text("route prioritaire", "priority road"),
    Text("cédez le passage", "give way"),
    Text("stop", "stop"),
    Text("circulation interdite", "no vehicles"),
    Text("interdit aux poids lourds", "no lorries"),
    Text("sens interdit", "no entry"),
    Text("danger", "danger"),
    Text("virage à gauche", "bend to the left"),
    Text("virage à droite", "bend to the right"),
    Text("succession de virages", "double bend"),
    Text("chaussée déformée", "uneven road"),
    Text("chaussée glissante", "slippery road"),
    Text("chaussée rétrécie par la droite", "road narrows on the right"),
    Text("travaux", "road works"),
    Text("feux tricolores", "traffic lights"),
    Text("piétons", "pedestrians"),
    Text("enfants", "children"),
    Text("cyclistes", "cyclists"),
    Text("neige ou verglas", "snow or ice"),
    Text("animaux sauvages", "wild animals"),
    Text("fin de toutes les interdictions", "end of all restrictions"),
    Text("tourner à droite", "turn right"),
    Text("tourner à gauche", "turn left"),
    Text("tout droit", "straight ahead"),
    Text("tout droit ou à droite", "straight ahead or right"),
    Text("tout droit ou à gauche", "straight ahead or left"),
    Text("contournement par la droite", "pass on the right"),
    Text("contournement par la gauche", "pass on the left"),
    Text("carrefour giratoire", "roundabout"),
    Text("fin d'interdiction de dépasser", "end of no overtaking"),
    Text("fin d'interdiction de dépasser aux poids lourds", "end of no overtaking by lorries"),
)
