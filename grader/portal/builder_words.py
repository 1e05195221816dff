"""The fixed words of the pages where an assignment is put together."""

from __future__ import annotations

from collections.abc import Mapping

from grader.model import Text

WORDS: Mapping[str, Text] = {
    "build_problem": Text("Ce n’est pas possible ainsi.", "That is not possible this way."),
    "build_title": Text("Composer un devoir", "Build an assignment"),
    "build_search": Text("Chercher", "Search"),
    "build_hint": Text("mot, étiquette, identifiant", "word, tag, id"),
    "build_shelf": Text("Rayon", "Shelf"),
    "build_kind": Text("Type de question", "Kind of question"),
    "build_level": Text("Difficulté", "Difficulty"),
    "build_all": Text("peu importe", "any"),
    "build_filter": Text("Filtrer", "Filter"),
    "build_found": Text("exercices sur", "exercises of"),
    "build_found_one": Text("exercice sur", "exercise of"),
    "build_none": Text("Aucun exercice ne correspond à cette recherche.", "No exercise matches this search."),
    "build_add": Text("Ajouter", "Add"),
    "build_added": Text("déjà ajouté", "added"),
    "build_draft": Text("Votre devoir", "Your assignment"),
    "build_empty": Text("Ajoutez des exercices du catalogue.", "Add exercises from the catalogue."),
    "build_up": Text("Monter", "Move up"),
    "build_down": Text("Descendre", "Move down"),
    "build_remove": Text("Retirer", "Remove"),
    "build_points": Text("Points", "Points"),
    "build_total": Text("En tout", "In all"),
    "build_minutes": Text("min", "min"),
    "build_questions": Text("questions", "questions"),
    "build_questions_one": Text("question", "question"),
    "build_fewest": Text("Variantes par exercice", "Variants per exercise"),
    "build_covers": Text("Rayons couverts", "Shelves covered"),
    "build_levels": Text("Difficultés", "Difficulties"),
    "build_needs": Text("Il faut", "Needs"),
    "build_id": Text("Nom du dossier (td1)", "Folder name (td1)"),
    "build_name": Text("Titre", "Title"),
    "build_solution": Text(
        "Montrer la solution rédigée dans la correction", "Show the worked solution in the feedback"
    ),
    "build_keep": Text("Enregistrer", "Save"),
    "build_open": Text("Reprendre un devoir", "Resume an assignment"),
    "build_open_it": Text("Ouvrir", "Open"),
    "build_start": Text("Repartir de zéro", "Start afresh"),
    "build_see": Text("Aperçu du notebook", "Preview the notebook"),
    "build_see_quiz": Text("Aperçu du quiz", "Preview the quiz"),
    "build_next": Text("Écrire dans course.toml…", "Write to course.toml…"),
    "build_gone": Text("n'existe plus", "no longer exists"),
    "build_roll": Text("Une autre variante", "Another variant"),
    "build_key": Text("Avec les réponses", "With the answers"),
    "build_no_key": Text("Sans les réponses", "Without the answers"),
    "build_back": Text("Retour au catalogue", "Back to the catalogue"),
    "build_variants": Text("variantes", "variants"),
    "build_variants_one": Text("variante", "variant"),
    "build_fragment": Text("À copier, si vous modifiez le fichier vous-même", "To copy, if you edit the file yourself"),
    "build_diff": Text("Ce qui changera dans course.toml", "What will change in course.toml"),
    "build_same": Text(
        "course.toml contient déjà ce devoir tel quel.", "course.toml already has this assignment as it is."
    ),
    "build_write": Text("Écrire dans course.toml", "Write to course.toml"),
    "build_generate": Text("Écrire et distribuer", "Write and hand out"),
    "build_released": Text(
        "Ce devoir est déjà distribué : ses copies ne changent pas. Pour d'autres exercices, donnez un autre nom.",
        "This assignment is already handed out: its copies do not change. For other exercises, give it another name.",
    ),
    "build_written": Text("C'est écrit.", "It is written."),
    "build_generated": Text(
        "C'est distribué : chaque étudiant trouve sa copie ici.",
        "It is handed out: each student finds their copy here.",
    ),
    "build_students": Text("étudiants", "students"),
    "build_students_one": Text("étudiant", "student"),
    "build_changed": Text(
        "course.toml a changé depuis que vous avez vu cette page : rien n'a été écrit.",
        "course.toml has changed since you saw this page: nothing was written.",
    ),
    "build_again": Text("Regardez de nouveau la différence.", "Look at the difference again."),
    "build_preview": Text("Aperçu", "Preview"),
    "build_preview_notebook": Text("Aperçu du notebook", "Preview of the notebook"),
    "build_preview_quiz": Text("Aperçu du quiz", "Preview of the quiz"),
    "build_export": Text(
        "Pour Moodle, Canvas, le papier… : partiel export, une fois le devoir écrit.",
        "For Moodle, Canvas, paper…: partiel export, once the assignment is written.",
    ),
}
