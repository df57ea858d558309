# Ce que les gens lisent sur les pages. Chaque clé existe dans les deux langues.

nav-farm = Ferme
nav-designs = Modèles
nav-people = Personnes
nav-label = Pages
log-out = Se déconnecter
language-label = Langue
lost = Connexion perdue : les chiffres sont anciens. Nouvel essai…
no-script = Sans JavaScript, cette page ne change pas d’elle-même : rechargez-la.
skip = Aller au contenu

numbers-label = Pièces
number-wanted = demandées
number-flight = en cours
number-printed = imprimées
number-good = bonnes
number-bad = mauvaises
number-delivered = livrées
number-outstanding = restent à faire
number-surplus = en trop

tally-label = Imprimantes par état
tally-working = au travail
tally-ready = prêtes
tally-person = attendent quelqu’un
tally-away = absentes

alerts-title = À faire par quelqu’un
alerts-none = Rien n’attend personne.
abandon = Abandonner son impression
abandon-consequence = Son plateau est proposé à une autre imprimante. S’il a été imprimé malgré tout, il est compté.

requests-title = Demandes
requests-none = Rien n’est encore demandé.
request-cancel = Annuler…
request-cancel-consequence = Plus aucun plateau n’est lancé. Ce qui s’imprime se termine normalement et est compté.
request-cancel-do = Annuler cette demande
bar-label = Pièces par étape

ask-title = Demander des pièces
ask-design = Modèle
ask-pieces = Pièces
ask-title-field = Pour qui, où
ask-do = Demander
ask-no-design = Publiez d’abord un modèle : ensuite on peut demander des pièces ici.

printers-title = Imprimantes
printers-none = Aucune imprimante n’a encore rejoint la ferme. Créez une invitation sur la page Personnes.
printer-pieces = pièces de
printer-for = demande
printer-left = reste { $what }
printer-heard = entendue
printer-printed = imprimées
printer-nozzle = buse
printer-bed = plateau
printer-progress = Avancement
heard-never = pas encore
heard-now = à l’instant
heard-ago = il y a { $what }

doing-look = résultat inconnu
doing-faulted = en panne
doing-silent = muette
doing-bed_clear = plateau à vider
doing-key = clé refusée
doing-disk = disque plein
doing-resume = en pause (son maker)
doing-paused = impression en pause
doing-printing = imprime
doing-finishing = termine
doing-starting = démarre
doing-preparing = se prépare
doing-ready = prête
doing-hours = hors de ses heures
doing-foreign = impression personnelle
doing-offline = éteinte
doing-unheard = pas encore entendue
doing-other = état nouveau

advice-look = Son maker regarde le plateau et dit combien de pièces en sont sorties.
advice-faulted = Son maker regarde l’imprimante et efface la panne.
advice-silent = Son maker vérifie que l’ordinateur voisin est allumé et relié au réseau.
advice-bed_clear = Son maker vide le plateau et le dit.
advice-key = Son maker donne à l’agent une nouvelle clé OctoPrint.
advice-disk = Son maker fait de la place sur le disque.
advice-paused = Son maker reprend ou annule l’impression.

span-day = j

stage-open = ouverte
stage-covered = tout est en cours
stage-printed = imprimée
stage-cancelled = annulée

designs-title = Modèles
designs-none = Aucun modèle n’est encore publié.
designs-how = Déposez le G-code dans le dossier « designs », sous modèle/révision/profil.gcode, avec profil.toml à côté. Le TOML demande une ligne : pieces = 4
designs-problems = Impossible à prendre dans le dossier
designs-published = publiée il y a { $what }
designs-profile = Profil d’imprimante
designs-plate = Plateau
designs-pieces = { $count ->
    [one] { $count } pièce
   *[other] { $count } pièces
}
designs-material = Matière
designs-time = Durée
designs-filament = Filament
designs-notes = Remarques
designs-withdraw = Retirer…
designs-withdraw-consequence = Plus aucun plateau n’en est lancé ; les impressions en cours se terminent normalement. Elle ne peut plus être publiée.
designs-why = Pourquoi (les makers le lisent)
designs-withdraw-do = Retirer cette révision
channel-prototype = prototype
channel-clinical = clinique
channel-validated = validée
channel-withdrawn = retirée

people-title = Personnes
people-invite-title = Inviter un maker
people-invite-for = Pour qui
people-invite-do = Créer une invitation
people-invite-made = L’invitation. Elle n’est montrée qu’une fois, vaut pour une machine et pour trois jours :
people-invite-how = Le maker lance ceci sur la machine à côté de l’imprimante :
people-invites-title = Invitations ouvertes
people-invites-none = Aucune invitation n’est ouverte.
people-invite-until = encore valable { $what }
people-invite-withdraw = La reprendre
people-agents-title = Machines
people-agents-none = Aucune machine n’a encore rejoint la ferme.
people-agent-revoke = Exclure…
people-agent-consequence = Sa connexion se termine maintenant et ses impressions sont proposées à d’autres. Ce qu’elle a imprimé reste compté. Elle ne revient que par une nouvelle invitation.
people-agent-revoke-do = Exclure cette machine
people-agent-revoked = exclue il y a { $what }
people-agent-joined = arrivée il y a { $what }
people-admins-only = Seul un admin peut inviter des makers et exclure des machines.

login-title = Se connecter
login-name = Nom
login-password = Mot de passe
login-do = Se connecter
login-refused = Le nom ou le mot de passe est faux.
login-too-many = { $count ->
    [one] Trop de mots de passe faux : réessayez dans { $count } minute.
   *[other] Trop de mots de passe faux : réessayez dans { $count } minutes.
}

setup-title = Le premier compte
setup-explain = Il peut tout faire ici, et inviter les autres.
setup-password-rule = Au moins 10 caractères ; quelques mots valent mieux que des signes.
setup-do = Créer le compte

join-title = Une invitation pour une imprimante
join-explain = Ce lien est pour l’agent, le petit programme sur la machine à côté de l’imprimante. Copiez le lien entier de la barre d’adresse et lancez là-bas :

failure-title = Impossible
failure-back = Retour à la ferme
