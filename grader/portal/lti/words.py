"""The fixed words of the pages about LTI."""

from __future__ import annotations

from collections.abc import Mapping

from grader.model import Text

WORDS: Mapping[str, Text] = {
    "lti_choose": Text("Quel devoir placer sur la plateforme ?", "Which assignment should the platform link to?"),
    "lti_choose_how": Text(
        "Chaque étudiant qui suivra ce lien arrivera à sa propre copie. La note ira sur la plateforme quand la"
        " correction sera publiée.",
        "Each student who follows this link comes to a copy of their own. The mark goes back to the platform once"
        " feedback is released.",
    ),
    "lti_not_released": Text("pas encore distribué", "not handed out yet"),
    "lti_place": Text("Placer ce lien", "Place this link"),
    "lti_back": Text("Retour à la plateforme", "Back to the platform"),
    "lti_back_how": Text("Le lien est prêt :", "The link is ready:"),
    "lti_title": Text("Plateformes (LTI 1.3)", "Platforms (LTI 1.3)"),
    "lti_tell": Text("Ce que la plateforme demande", "What the platform asks for"),
    "lti_login": Text("Adresse de connexion", "Login initiation URL"),
    "lti_launch": Text("Adresse de lancement et de redirection", "Tool, launch and redirect URL"),
    "lti_keys": Text("Clés publiques", "Public keyset URL"),
    "lti_window": Text(
        "À ouvrir dans une nouvelle fenêtre : les navigateurs refusent les cookies dans un cadre.",
        "To be opened in a new window: browsers refuse cookies inside a frame.",
    ),
    "lti_met": Text("Personnes reconnues", "People recognised"),
    "lti_links": Text("Liens déjà suivis", "Links that were followed"),
    "lti_course": Text("le cours entier", "the whole course"),
    "lti_fetch": Text("Comparer sa liste à la nôtre", "Compare its list with ours"),
    "lti_no_list": Text("ne communique pas sa liste", "does not share its list"),
    "lti_waiting": Text("Notes qui ne sont pas encore arrivées", "Marks that have not arrived yet"),
    "lti_tries": Text("tentatives", "tries"),
    "lti_all_arrived": Text("Toutes les notes envoyées sont arrivées.", "Every mark that was sent has arrived."),
    "lti_none": Text(
        'course.toml ne nomme aucune plateforme : ajoutez une table [server.lti."https://…"].',
        'course.toml names no platform: add a table [server.lti."https://…"].',
    ),
    "lti_people": Text("Les personnes de la plateforme", "The platform's people"),
    "lti_known": Text("Déjà dans students.csv ou dans [staff]", "Already in students.csv or in [staff]"),
    "lti_unknown": Text(
        "Personnes qui n'y sont pas, à ajouter si elles suivent le cours :",
        "People who are not, to be added if they take the course:",
    ),
    "silent": Text("La plateforme ne répond pas comme prévu.", "The platform does not answer as expected."),
    "later": Text(
        "Réessayez dans quelques minutes ; si cela persiste, vérifiez les adresses de course.toml.",
        "Try again in a few minutes; if it persists, check the addresses in course.toml.",
    ),
}
