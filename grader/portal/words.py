"""The fixed words of the portal, in both languages. What it refuses with has two sentences: what, and what to do."""

from __future__ import annotations

from collections.abc import Mapping

from grader import render
from grader.model import Lang, Text

SAID: Mapping[str, Text] = {
    # the frame
    "skip": Text("Aller au contenu", "Skip to content"),
    "menu": Text("Navigation principale", "Main"),
    "assignments": Text("Devoirs", "Assignments"),
    "sign_out": Text("Se déconnecter", "Sign out"),
    "signed_in": Text("Compte :", "Signed in as"),
    "programs": Text("Terminal", "Terminal"),
    # signing in
    "sign_in": Text("Se connecter", "Sign in"),
    "by_link": Text("Votre lien personnel", "Your personal link"),
    "by_link_how": Text(
        "Vous avez reçu un lien qui n’est qu’à vous. Ouvrez-le : il vous connecte sur cet appareil. "
        "Ne le transmettez à personne : il permet d’agir en votre nom.",
        "You were sent a link that is yours alone. Open it to sign in on this device. "
        "Do not pass it on: whoever has it can act in your name.",
    ),
    "by_link_lost": Text(
        "Lien perdu, ou qui ne fonctionne plus ? Demandez-en un nouveau à l’équipe enseignante.",
        "Lost it, or does it no longer work? Ask your instructor for a new one.",
    ),
    "by_hub": Text("Se connecter avec JupyterHub", "Sign in with JupyterHub"),
    "by_lti": Text(
        "Ou passez par la page du cours sur votre plateforme (Moodle, Canvas…).",
        "Or come through the course’s page on your platform (Moodle, Canvas…).",
    ),
    "someone_else": Text("Changer de compte ?", "Change accounts?"),
    "someone_else_now": Text("Sur cet appareil, la session ouverte est celle de", "This device is signed in as"),
    "someone_else_link": Text("Ce lien est celui de", "This link belongs to"),
    "continue_as": Text("Continuer en tant que", "Continue as"),
    "stay": Text("Rester", "Stay"),
    # assignments
    "no_assignment": Text(
        "Aucun devoir n’est distribué pour l’instant. Vos devoirs apparaîtront ici.",
        "No assignment has been handed out yet. Yours will appear here.",
    ),
    "due": Text("À rendre avant le", "Due"),
    "due_own": Text("date qui vous est propre", "your own date"),
    "deadline": Text("Date limite", "Deadline"),
    "still": Text("encore {span}", "{span} left"),
    "overdue": Text("date limite dépassée : une pénalité peut s’appliquer", "overdue: a penalty may apply"),
    "over": Text("fermé", "closed"),
    "begins": Text("Commence le", "Begins"),
    "start": Text("Début", "Start"),
    "not_begun": Text("Pas encore commencé", "Not begun yet"),
    "in_time": Text("dans {span}", "in {span}"),
    "pause": Text("prochain essai dans", "next attempt in"),
    "which": Text("Ce qui compte", "What counts"),
    "group": Text("Groupe", "Group"),
    "no_due": Text("Pas de date limite", "No deadline"),
    "closed": Text("Fermé", "Closed"),
    "not_handed_in": Text("Pas encore rendu", "Not handed in yet"),
    "late": Text("en retard", "late"),
    "penalty": Text("retard : −{n}", "late: −{n}"),
    "attempts_left": Text("Essais restants", "Attempts left"),
    "no_limit": Text("sans limite", "no limit"),
    "attempts": Text("Vos essais", "Your attempts"),
    "attempt": Text("Essai", "Attempt"),
    "received": Text("Reçu le", "Received"),
    "state": Text("État", "Status"),
    "score": Text("Points", "Points"),
    "counts": Text("compte", "counts"),
    "by": Text("par", "by"),
    "last_counts": Text("Le dernier essai compte.", "The last attempt counts."),
    "best_counts": Text("Le meilleur essai compte.", "The best attempt counts."),
    "group_of": Text(
        "Copie commune : ce que l’un rend vaut pour tous. Avec",
        "One copy for the group: whoever hands in does it for all. With",
    ),
    "get": Text("1. Récupérer votre notebook", "1. Get your notebook"),
    "get_how": Text(
        "Ses nombres sont les vôtres : la copie de quelqu’un d’autre ne vous servirait à rien.",
        "Its numbers are your own: somebody else’s copy would be of no use to you.",
    ),
    "download": Text("Télécharger le notebook", "Download the notebook"),
    "beside": Text("À placer dans le même dossier :", "Put in the same folder:"),
    "put": Text("2. Le rendre", "2. Hand it in"),
    "choose": Text("Choisissez le fichier .ipynb, ou glissez-le ici.", "Choose the .ipynb file, or drop it here."),
    "choose_weights": Text(
        "Les poids que vous avez entraînés, dans un fichier .npz ou .safetensors",
        "The weights you have trained, in an .npz or .safetensors file",
    ),
    "weights_large": Text(
        "Ce fichier est trop gros : n’y mettez que les tableaux demandés.",
        "This file is too large: put only the arrays asked for in it.",
    ),
    "weights_mark": Text("Empreinte SHA-256 des poids", "SHA-256 fingerprint of the weights"),
    "most": Text("au plus", "at most"),
    "large": Text(
        "Ce fichier est trop gros : effacez les sorties du notebook.",
        "This file is too large: clear the notebook’s outputs.",
    ),
    "submit": Text("Rendre ce fichier", "Hand in this file"),
    "from_terminal": Text("Depuis un terminal", "From a terminal"),
    "from_terminal_how": Text(
        "Créez un jeton sur la page Terminal, puis :", "Create a token on the Terminal page, then:"
    ),
    "not_now": Text("Rien ne peut être rendu pour le moment", "Nothing can be handed in right now"),
    "back": Text("Retour au devoir", "Back to the assignment"),
    # a submission
    "receipt": Text("Reçu de dépôt", "Receipt"),
    "receipt_how": Text(
        "Gardez ce reçu : il permet de vérifier qu’il vient d’ici et que rien n’y a été modifié.",
        "Keep this receipt: your instructor can check that it came from here and that nothing in it was changed.",
    ),
    "receipt_get": Text("Télécharger le reçu", "Download the receipt"),
    "file_get": Text("Télécharger le fichier rendu", "Download the file you handed in"),
    "weights_get": Text("Télécharger les poids rendus", "Download the weights you handed in"),
    "name": Text("Nom", "Name"),
    "assignment": Text("Devoir", "Assignment"),
    "number": Text("Numéro", "Number"),
    "size": Text("Taille", "Size"),
    "bytes": Text("octets", "bytes"),
    "fingerprint": Text("Empreinte SHA-256", "SHA-256 fingerprint"),
    "signature": Text("Signature", "Signature"),
    "on_time": Text("à temps", "on time"),
    "progress": Text("Avancement de la correction", "Grading"),
    "refresh": Text("Actualiser", "Refresh"),
    "feedback": Text("Correction détaillée", "Feedback"),
    "feedback_open": Text("Lire la correction", "Read the feedback"),
    "feedback_later": Text(
        "La correction apparaîtra ici dès sa publication.",
        "The feedback will appear here once it is released.",
    ),
    "coarse": Text("Ce que votre code a fait", "What your code did"),
    "coarse_how": Text(
        "Ce tableau dit si chaque réponse a pu être lue et si le code s’est exécuté, pas si la réponse est juste.",
        "This table says whether each answer could be read and whether the code ran, not whether it is right.",
    ),
    "remarks": Text("À propos du fichier rendu", "About the file you handed in"),
    "question": Text("Question", "Question"),
    "result": Text("Résultat", "Result"),
    # states
    "state_queued": Text("En attente", "Waiting"),
    "state_running": Text("Correction en cours", "Being graded"),
    "state_graded": Text("Corrigé", "Graded"),
    "state_replaced": Text("Remplacé par un essai plus récent", "Replaced by a newer attempt"),
    "state_aside": Text("L’équipe enseignante s’en occupe", "Your instructor will look at it"),
    "state_cancelled": Text("Annulé", "Cancelled"),
    "state_purged": Text("Fichier effacé", "File deleted"),
    "next": Text("Votre copie est la prochaine.", "Your copy is next."),
    "before_you": Text("copies avant la vôtre.", "copies ahead of yours."),
    "before_you_one": Text("copie avant la vôtre.", "copy ahead of yours."),
    "question_of": Text("Question {at} sur {of}", "Question {at} of {of}"),
    "running": Text("Votre code s’exécute.", "Your code is running."),
    "graded": Text("La correction est terminée.", "Grading is done."),
    "replaced": Text(
        "Vous avez rendu une version plus récente avant que celle-ci soit corrigée : seule la dernière le sera.",
        "You handed in a newer version before this one was graded: only the newer one is graded.",
    ),
    "aside": Text(
        "La correction automatique n’a pas abouti, et ce n’est pas de votre fait. Votre copie est conservée ; "
        "vous n’avez rien à faire.",
        "Automatic grading did not succeed, through no fault of yours. Your submission is kept; "
        "there is nothing for you to do.",
    ),
    "cancelled": Text("Cet essai n’est pas corrigé.", "This attempt is not graded."),
    "purged": Text(
        "Le temps de conservation est passé : votre fichier a été effacé. Vos points restent.",
        "Its retention time has passed: your file was deleted. Your points stay.",
    ),
    # programs
    "token": Text("Rendre depuis un terminal", "Hand in from a terminal"),
    "token_how": Text(
        "Un jeton permet à un programme d’agir en votre nom : rendre un notebook, suivre sa correction. "
        "Il n’est montré qu’une fois, ne vaut que pour ce cours et expire au bout de 120 jours.",
        "A token lets a program act for you: hand in a notebook, follow its grading. "
        "It is shown only once, works for this course only, and expires after 120 days.",
    ),
    "token_staff": Text("Travailler depuis un terminal", "From a terminal"),
    "token_staff_how": Text(
        "Un jeton permet à un programme d’agir en votre nom : lire la file de correction et les résultats, publier les "
        "corrections. Il n’est montré qu’une fois, ne vaut que pour ce cours et expire au bout de 120 jours.",
        "A token lets a program act for you: read the queue and the results, release the feedback. "
        "It is shown only once, works for this course only, and expires after 120 days.",
    ),
    "then_staff": Text("Puis, par exemple", "Then, for instance"),
    "token_make": Text("Créer un jeton", "Create a token"),
    "token_renew": Text("Un nouveau jeton remplace le précédent.", "A new token replaces the previous one."),
    "then": Text("Puis, dans le dossier de votre notebook", "Then, in your notebook’s folder"),
    "api_how": Text("Tout ce qu’un programme peut demander :", "Everything that a program can ask for:"),
    "token_once": Text("Copiez-le maintenant : il ne sera plus affiché.", "Copy it now: it will not be shown again."),
    # trouble
    "trouble": Text("La demande n’a pas abouti", "That did not work"),
    "course_broken": Text(
        "Les fichiers du cours contiennent une erreur ; la dernière version lisible reste en vigueur.",
        "There is a mistake in the course’s files; the last version that could be read holds.",
    ),
    "home": Text("Revenir à l’accueil", "Back to the start"),
}

QUOTED = Text("Le message, en anglais, dit pourquoi, et que faire :", "The message says why, and what to do:")

REFUSED: Mapping[str, tuple[Text, Text]] = {
    "sign_in": (
        Text("Connectez-vous pour voir cette page.", "Sign in to see this page."),
        Text("Ouvrez votre lien personnel, puis revenez ici.", "Open your personal link, then come back here."),
    ),
    "nothing_here": (
        Text("Il n’y a rien à cette adresse.", "There is nothing at this address."),
        Text("Vérifiez-la, ou repartez de l’accueil.", "Check it, or go back to the start."),
    ),
    "not_that_way": (
        Text("Cette adresse n’accepte pas ce type de demande.", "This address does not accept that kind of request."),
        Text("Repartez de l’accueil.", "Go back to the start."),
    ),
    "not_understood": (
        Text("La demande n’a pas été comprise.", "The request was not understood."),
        Text("Repartez de la page précédente.", "Start again from the page before."),
    ),
    "too_large": (
        Text("Le fichier est trop gros.", "The file is too large."),
        Text(
            "Effacez les sorties du notebook (images, longs affichages), enregistrez-le et recommencez.",
            "Clear the notebook’s outputs (images, long prints), save it and try again.",
        ),
    ),
    "silent": (
        Text("Le fichier n’est pas arrivé en entier.", "The file did not arrive completely."),
        Text("Vérifiez votre connexion et recommencez.", "Check your connection and try again."),
    ),
    "too_often": (
        Text("Trop de demandes en peu de temps.", "Too many requests in a short time."),
        Text("Attendez {span}, puis recommencez.", "Wait {span}, then try again."),
    ),
    "another_site": (
        Text(
            "Ce formulaire ne vient pas de cette page, ou il est resté ouvert trop longtemps.",
            "This form did not come from this page, or was left open too long.",
        ),
        Text("Revenez à la page, rechargez-la et recommencez.", "Go back to the page, reload it and try again."),
    ),
    "not_enrolled": (
        Text(
            "Vous n’êtes pas sur la liste des étudiants de ce cours.",
            "You are not enrolled in this course as a student.",
        ),
        Text("Si c’est une erreur, prévenez l’équipe enseignante.", "If that is a mistake, tell your instructor."),
    ),
    "not_of_this_course": (
        Text("Cette personne n’est pas inscrite à ce cours.", "This person is not enrolled in this course."),
        Text("Si c’est une erreur, prévenez l’équipe enseignante.", "If that is a mistake, tell your instructor."),
    ),
    "instructors_only": (
        Text("Ceci est réservé aux responsables du cours.", "Only the instructors of the course may do this."),
        Text("Demandez-le à l’un d’eux.", "Ask one of them."),
    ),
    "bad_link": (
        Text(
            "Ce lien n’ouvre rien : il est incomplet, ou il a été remplacé.",
            "This link opens nothing: it is incomplete, or has been replaced.",
        ),
        Text(
            "Copiez-le en entier depuis le message, ou demandez-en un nouveau à l’équipe enseignante.",
            "Copy all of it from the message, or ask your instructor for a new one.",
        ),
    ),
    "bad_token": (
        Text("Ce jeton n’est pas connu, ou il a expiré.", "This token is not known, or has expired."),
        Text(
            "Créez-en un autre sur la page Terminal, et envoyez-le dans l’en-tête « Authorization: Bearer … ».",
            "Create another on the Terminal page, and send it in the header 'Authorization: Bearer …'.",
        ),
    ),
    "no_file": (
        Text("Aucun fichier n’a été envoyé.", "No file was sent."),
        Text("Choisissez votre notebook (.ipynb), puis rendez-le.", "Choose your notebook (.ipynb), then hand it in."),
    ),
    "not_begun": (
        Text("Ce devoir n’a pas encore commencé.", "This assignment has not begun yet."),
        Text("Revenez à l’heure dite.", "Come back when it begins."),
    ),
    "not_released": (
        Text("La correction n’est pas encore publiée.", "The feedback has not been released yet."),
        Text("Elle apparaîtra sur la page de l’essai.", "It will appear on the attempt’s page."),
    ),
    "out_of_reach": (
        Text("Le serveur ne joint plus sa base de données.", "The server cannot reach its database."),
        Text(
            "Tout ce dont vous avez le reçu est conservé. Recommencez dans un moment.",
            "Everything you have a receipt for is kept. Try again in a moment.",
        ),
    ),
    "our_fault": (
        Text(
            "Une erreur s’est produite de notre côté ; ce que vous avez rendu est conservé.",
            "Something failed on our side; what you handed in is kept.",
        ),
        Text(
            "Recommencez dans un moment. Si cela persiste, donnez le numéro ci-dessous à l’équipe enseignante.",
            "Try again in a moment. If it persists, give the number below to your instructor.",
        ),
    ),
}


def said(lang: Lang, more: Mapping[str, Text] | None = None) -> dict[str, str]:
    """Every fixed word, typeset, in one language; a module with pages of its own brings ``more``."""
    return {name: render.typography(text[lang], lang) for name, text in {**SAID, **(more or {})}.items()}


TRY_AGAIN: Mapping[int, Text] = {  # what to do, by the status that a notebook is refused with
    403: Text(
        "Si cela vous semble être une erreur, écrivez à l’équipe enseignante.",
        "If that looks like a mistake, write to your instructor.",
    ),
    404: Text("Rechargez la liste des devoirs.", "Reload the list of assignments."),
    413: Text(
        "Effacez les sorties du notebook, enregistrez-le et recommencez.",
        "Clear the notebook’s outputs, save it and try again.",
    ),
    422: Text("Choisissez le fichier .ipynb que vous avez rempli.", "Choose the .ipynb file that you filled in."),
    429: Text(
        "Votre fichier n’a pas été reçu : gardez-le, et revenez à ce moment-là.",
        "Your file was not received: keep it, and come back then.",
    ),
    503: Text(
        "Gardez votre fichier et recommencez dans quelques minutes.", "Keep your file, and try again in a few minutes."
    ),
    507: Text(
        "Gardez votre fichier et recommencez dans quelques minutes.", "Keep your file, and try again in a few minutes."
    ),
}
