import pathlib
modele = pathlib.Path("/tmp/model.keras")
