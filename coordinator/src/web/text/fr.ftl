# Ce que les gens lisent sur les pages. Chaque clé existe dans les deux langues.

nav-designs = Modèles
nav-label = Pages
log-out = Se déconnecter
language-label = Langue
lost = Connexion perdue : les chiffres sont anciens. Nouvel essai…
nav-now = Maintenant
nav-printers = Imprimantes
nav-requests = Demandes
nav-makers = Makers
nav-statistics = Statistiques
no-script = Sans JavaScript, cette page ne change pas d’elle-même : rechargez‑la.
skip = Aller au contenu

numbers-label = Pièces
number-wanted = { $count ->
    [one] demandée
   *[other] demandées
}
number-flight = sur imprimante
number-printed = { $count ->
    [one] imprimée
   *[other] imprimées
}
number-good = { $count ->
    [one] bonne
   *[other] bonnes
}
number-bad = { $count ->
    [one] mauvaise
   *[other] mauvaises
}
number-delivered = { $count ->
    [one] livrée
   *[other] livrées
}
number-outstanding = { $count ->
    [one] reste à faire
   *[other] restent à faire
}
number-surplus = en trop
finish-label = Fin prévue :
finish-why = au plus tôt : chaque plateau est vidé aussitôt ; au plus tard : chacun attend une nuit
finish-early = Fin, au plus tôt
finish-late = Fin, au plus tard
finish-from = pas avant { $what }
day-today = aujourd’hui
totals-over = { $count ->
    [one] demande close est comptée ici aussi
   *[other] demandes closes sont comptées ici aussi
}

tally-label = Imprimantes par état
tally-working = au travail
tally-ready = { $count ->
    [one] prête
   *[other] prêtes
}
tally-person = { $count ->
    [one] attend quelqu’un
   *[other] attendent quelqu’un
}
tally-away = { $count ->
    [one] absente
   *[other] absentes
}
strip-label = Chaque imprimante, une case à la couleur de son état
strip-how = Les flèches mènent d’une imprimante à l’autre, Entrée en ouvre une.

alerts-title = À faire
alerts-none = Rien à faire.
alerts-all = Tout afficher
alerts-publish = Publier un G-code pour elle…
alerts-beyond = Et d’autres encore :
alerts-more = Voir toutes les imprimantes qui attendent quelqu’un
notify-on = M’avertir par un son
notify-off = Ne plus m’avertir
notify-mute = Touchez pour entendre le son
notify-title = À faire
trouble-failed = impression ratée
trouble-unwilling = aucune imprimante
trouble-late = trop tard pour son jour
advice-failed = Son maker regarde ce qui s’est passé ; la plaque passe d’elle-même à une autre imprimante.
advice-unwilling = Aucune imprimante ne la prend telle que son maker l’a réglée. Publiez un G-code que l’une d’elles prend, ou demandez aux makers une imprimante, un filament et une durée comme ceux-ci :
advice-late = Elle n’a pas été finie au jour voulu, ou ne peut plus l’être : rendez‑la plus pressante, demandez à d’autres makers, ou prévenez qui attend.
abandon = Abandonner son impression
seen-do = Vu
release = Il ne reste qu’une machine
release-consequence = Les impressions reprennent sur la machine qui reste. Si les deux tournent encore, elles sont retenues à nouveau.
abandon-consequence = Sa plaque est proposée à une autre imprimante. Si son agent en donne malgré tout des nouvelles, elle est comptée.

requests-title = Demandes
requests-none = Rien n’est encore demandé.
requests-over = Tout ce qui était demandé est fini ou annulé.
request-cancel = Annuler…
request-cancel-consequence = Plus aucune plaque n’est lancée. Ce qui s’imprime se termine normalement et est compté.
request-cancel-do = Annuler cette demande
request-due = pour le
request-late = en retard
request-rank = Changer la priorité ou le jour…
request-rank-consequence = Les imprimantes qui se libèrent prennent d’abord ce qui presse le plus. Les plaques déjà confiées le restent.
request-rank-do = Changer
bar-label = Pièces par étape
requests-all = Toutes les demandes
request-printing = Imprimantes qui en ont une plaque
request-printing-none = Aucune imprimante n’a de plaque pour elle en ce moment.
cancel-outstanding = { $count ->
    [one] { $count } pièce ne sera pas faite.
   *[other] { $count } pièces ne seront pas faites.
}
cancel-printing = { $count ->
    [one] { $count } pièce sur les imprimantes est encore imprimée et comptée.
   *[other] { $count } pièces sur les imprimantes sont encore imprimées et comptées.
}

plates-title = Plaques
plates-none = Aucune plaque pour l’instant.
column-when = Quand
column-printer = Imprimante
column-request = Demande
column-state = État
column-job = Travail
column-end = Fin
column-nozzle = Buse (°C)
column-bed = Plateau chauffant (°C)
column-hot = Buse / plateau
column-left = Filament restant (g)
column-maker = Maker
end-completed = imprimée
end-failed = ratée
end-cancelled = annulée
end-unknown = fin inconnue
lease-offered = proposée
lease-accepted = en préparation
lease-recalled = redemandée
lease-printing = s’imprime
lease-unknown = résultat inconnu
lease-lapsed = abandonnée
lease-returned = rendue

label-title = Étiquette
label-copies = Combien
label-show = Afficher
label-print = Imprimer…
label-by-browser = Imprimez cette page par le menu du navigateur : seules les étiquettes sont sur le papier.
label-printed = imprimé le { $what }
label-code = Code qui mène à la demande

ask-title = Demander des pièces
ask-design = Modèle
ask-pieces = Pièces
ask-title-field = Pour qui, où
ask-priority = Priorité
ask-due = Pour le
priority-high = pressante
priority-normal = habituelle
priority-low = peut attendre
ask-do = Demander
ahead-look = Voir ce qui suit
ahead-nothing = Dites combien de pièces, et de quel modèle.
ahead-plates = { $count ->
    [one] { $count } plaque entière est imprimée.
   *[other] { $count } plaques entières sont imprimées.
}
ahead-pieces = { $count ->
    [one] Cela donne { $count } pièce.
   *[other] Cela donne { $count } pièces.
}
ahead-never = Aucune imprimante ne peut l’imprimer en ce moment.
ask-no-design = Publiez d’abord un modèle : ensuite on peut demander des pièces ici.
upload-title = Publier un G-code
upload-revision = Révision
upload-pieces = Pièces par plaque
upload-channel = Niveau de preuve
upload-file = Fichier G-code
upload-how = Un fichier par profil d’imprimante. Une révision ne change jamais : ce qui est amélioré reçoit un nouveau nom.
upload-do = Publier
upload-again = Choisissez le fichier encore une fois : le navigateur ne le garde pas.

first-title = Trois étapes jusqu’à la première visière
first-lead = Une nouvelle ferme a besoin d’un modèle, d’une imprimante, et de quelqu’un qui a besoin de quelque chose.
first-publish = Publier un modèle
first-publish-how = Un G-code pour un profil d’imprimante, et le nombre de pièces par plaque. D’autres profils peuvent suivre.
first-invite = Inviter un maker
first-invite-how = Le lien laisse entrer une machine à côté d’une imprimante. La page change d’elle-même quand elle est là.
first-ask = Demander des visières
first-ask-how = Combien, et pour qui. Les imprimantes prennent le travail selon l’accord de leurs makers.

printers-title = Imprimantes
printers-none = Aucune imprimante n’a encore rejoint la ferme.
printers-all = Toutes les imprimantes
printers-more = Voir les { $count }
printers-found = { $count ->
    [one] { $count } imprimante
   *[other] { $count } imprimantes
}
filter-title = Chercher et filtrer
filter-words = Chercher
filter-state = État
filter-material = Matière
filter-place = Lieu
filter-sort = Trier par
filter-look = Affichage
filter-all-states = tous
filter-all-materials = toutes
filter-all-places = tous
filter-do = Afficher
filter-none = Rien ne correspond à ce qui est demandé.
look-list = liste
look-cards = cartes
sort-urgency = urgence
sort-end = fin la plus proche
sort-name = nom
sort-maker = maker
sort-filament = filament restant
sort-printed = pièces imprimées
paging-label = Pages de la liste
paging-before = Précédentes
paging-after = Suivantes

plot-title = Dernières heures
camera-title = Caméra
camera-of = Ce que voit la caméra de { $what }
camera-at = Prise à
plot-label = Températures de la buse et du plateau, et avancement, ces dernières heures
plot-table = En tableau
plot-none = La courbe commence une minute après qu’on a entendu l’imprimante.
sums-success = impressions réussies
sums-completed = plaques imprimées
sums-failed = impressions ratées
sums-hours = temps d’impression
consent-hours = Démarrages permis
consent-always = à toute heure
consent-longest = Impression la plus longue
consent-any = toutes
consent-no-limit = sans limite
consent-bed-ask = son maker le vide
consent-bed-itself = se vide seul
consent-camera = Caméra
consent-camera-prints = images tant qu’elle imprime
consent-camera-never = pas d’images
form-settled = Réglé entre-temps. Ce que vous avez écrit est gardé.
printer-gone = Cette imprimante a quitté la ferme. Ce qu’elle a imprimé reste compté.
printer-left = reste { $what }
printer-heard = dernier signe
printer-printed = imprimées
printer-nozzle = buse
printer-bed = plateau
printer-filament = filament restant sur la bobine
printer-spool = bobine
printer-progress = Avancement
heard-never = pas encore
heard-now = à l’instant
heard-ago = il y a { $what }

doing-copied = identité en double
doing-read_only = disque en lecture seule
doing-forgotten = mémoire perdue
doing-look = résultat inconnu
doing-faulted = en panne
doing-silent = muette
doing-cut = coupée en impression
doing-bed_clear = plateau à vider
doing-key = clé refusée
doing-disk = disque plein
doing-filament = bobine vide
doing-resume = suspendue
doing-paused = impression en pause
doing-printing = imprime
doing-finishing = termine
doing-starting = démarre
doing-preparing = se prépare
doing-ready = prête
doing-hours = hors de ses heures
doing-heated = gardée chaude
doing-foreign = usage personnel
doing-offline = éteinte
doing-unheard = pas encore entendue
doing-other = état nouveau

advice-copied = Sa carte mémoire a été copiée. Son propriétaire arrête l’une des deux machines et la fait rejoindre avec sa propre invitation ; dites ensuite ici qu’il n’en reste qu’une.
advice-read_only = Son agent ne peut plus écrire sur son disque : il ne lance rien, et ce qu’il imprime est compté une fois cela réparé. Quand plus rien ne s’imprime, son maker redémarre la machine, et remplace la carte mémoire si cela ne suffit pas.
advice-forgotten = Son agent a perdu la mémoire et interroge OctoPrint, pour que l’impression soit comptée si OctoPrint la prouve. Si ceci reste affiché, personne ne peut dire comment elle finit : son maker regarde le plateau et le vide ; abandonnez ensuite l’impression ici, et sa plaque est refaite.
advice-look = Son maker regarde le plateau et dit combien de pièces en sont sorties.
advice-faulted = Son maker regarde l’imprimante et efface la panne.
advice-silent = Son maker vérifie que l’ordinateur voisin est allumé et relié au réseau.
advice-cut = Elle s’est éteinte avec une plaque en cours. Son maker vérifie que l’imprimante et OctoPrint sont allumés, et regarde ce qu’est devenue l’impression.
advice-bed_clear = Son maker vide le plateau et le dit.
advice-key = Son maker donne à l’agent une nouvelle clé OctoPrint.
advice-disk = Son maker fait de la place sur le disque.
advice-filament = Son maker charge une bobine et dit ce qu’elle porte.
advice-paused = Son maker reprend ou annule l’impression.

cause-kept-hot = Elle est gardée chaude alors qu’OctoPrint n’imprime rien : rien n’est lancé tant qu’elle chauffe.
cause-key-refused = OctoPrint refuse la clé de l’agent.
cause-no-answer = OctoPrint ne répond pas.
cause-read-only = Le disque de l’agent ne peut plus être écrit.

span-day = j
weekday-1 = lun.
weekday-2 = mar.
weekday-3 = mer.
weekday-4 = jeu.
weekday-5 = ven.
weekday-6 = sam.
weekday-7 = dim.
month-1 = janv.
month-2 = févr.
month-3 = mars
month-4 = avr.
month-5 = mai
month-6 = juin
month-7 = juil.
month-8 = août
month-9 = sept.
month-10 = oct.
month-11 = nov.
month-12 = déc.

stage-open = ouverte
stage-covered = tout est en cours
stage-printed = imprimée
stage-cancelled = annulée

designs-title = Modèles
designs-found = { $count ->
    [one] { $count } révision
   *[other] { $count } révisions
}
designs-done-moved = C’est fait : la révision est maintenant { $what }.
designs-done-withdrawn = C’est fait : la révision est retirée, et plus aucune imprimante ne la commence.
designs-none = Aucun modèle n’est encore publié.
designs-how = Déposez le G-code dans le dossier « designs », sous modèle/révision/profil.gcode, avec profil.toml à côté. Le TOML demande une ligne : pieces = 4
designs-problems = Impossible à prendre dans le dossier
designs-published = publiée il y a { $what }
designs-profile = Profil d’imprimante
designs-plate = Plaque
designs-pieces = { $count ->
    [one] { $count } pièce
   *[other] { $count } pièces
}
designs-material = Matière
designs-time = Durée
designs-filament = Filament
designs-notes = Remarques
designs-withdraw = Retirer…
designs-withdraw-consequence = Plus aucune plaque n’en est lancée ; les impressions en cours se terminent normalement. Cette révision ne peut plus être publiée.
designs-withdraw-printing = { $count ->
    [one] { $count } pièce en est sur imprimante.
   *[other] { $count } pièces en sont sur imprimante.
}
designs-slices = G-code par profil d’imprimante
designs-promote = Marquer comme { $what }…
designs-promote-do = Marquer comme { $what }
designs-promote-consequence-prototype = Seules les demandes qui la nomment l’imprimeront désormais. Les plaques déjà confiées sont encore imprimées.
designs-promote-consequence-clinical = Les demandes sans révision l’imprimeront désormais, si c’est la plus récente.
designs-promote-consequence-validated = Les demandes sans révision l’imprimeront désormais, si c’est la plus récente.
designs-why = Pourquoi (les makers le lisent)
designs-withdraw-do = Retirer cette révision
slice-picture = Le chemin du filament, en dessin
slice-about = Ce que fait ce G-code
slice-layers = Couches
slice-nozzle = Buse, au plus
slice-bed = Plateau, au plus
slice-size = Taille imprimée
slice-slicer = Trancheur
slice-findings = Ce qu’il faut savoir
slice-findings-none = Rien ne s’oppose à ce G-code sur une imprimante de ce profil.
slice-profile-unknown = Seuls les makers ont ce profil : c’est leur agent qui juge le G-code.
finding-forbid = interdit
finding-ask = à confirmer
finding-warn = à voir
finding-note = bon à savoir
channel-prototype = prototype
channel-clinical = clinique
channel-validated = validée
channel-withdrawn = retirée

log-title = Ce qui s’est passé
log-none = Rien ne s’est encore passé.
log-earlier = Plus tôt
log-latest = Le plus récent
log-granted = plaque confiée
log-accepted = en préparation
log-recalled = plaque redemandée
log-printing = impression lancée
log-lapsed = abandonnée
log-returned = rendue : { $what }
log-completed = imprimée
log-failed = impression ratée
log-cancelled = impression annulée
log-unknown = résultat inconnu
log-again = encore une fois, par son propriétaire : { $what }
log-judged = regardée : { $what }
log-corrected = recomptée : { $what }
log-seen = échec vu
log-anomaly = son agent a dit une chose impossible
log-memo = message à son maker
log-memo-read = message lu
log-frozen = retenue : identité en double
log-released = n’est plus retenue
return-stale = plus attendue
return-late = trop tard pour démarrer
return-withdrawn = redemandée
return-maker = à la demande de son maker
return-printer = imprimante occupée, éteinte ou en panne
return-fetch = G-code pas récupéré
return-unsafe = G-code pas sûr ici
return-disk = disque plein
return-filament = pas assez de filament
return-restarted = son agent a redémarré
return-other = pour une raison nouvelle
column-what = Quoi
column-plate = Plaque
column-why = Pourquoi pas
column-gravity = Gravité
fit-title = G-code pour cette imprimante
fit-yes = peut s’imprimer ici
fit-no = pas pour elle
fit-none = Aucun modèle n’a encore de G-code pour { $what }.
fit-gone = Son fichier a disparu du coordinateur.
misfit-profile = Il est tranché pour un autre modèle d’imprimante.
misfit-material = Il demande { $what }, qui n’est pas chargé.
misfit-long = Il dure plus que les { $what } que son maker permet.
misfit-endless = Sa durée est inconnue, et son maker permet { $what } au plus.
misfit-heavy = Il demande plus de filament que les { $what } qui restent sur la bobine.
fit-more = { $count ->
    [one] { $count } fichier de plus : voir les modèles
   *[other] { $count } fichiers de plus : voir les modèles
}

makers-invite-title = Inviter un maker
makers-invite-for = Pour qui
makers-invite-do = Créer une invitation
makers-invite-made = L’invitation. Elle n’est montrée qu’une fois, vaut pour une machine et pour trois jours :
makers-invite-how = Le maker lance ceci sur la machine à côté de l’imprimante :
makers-invites-title = Invitations ouvertes
makers-invite-until = encore valable { $what }
makers-invite-withdraw = La reprendre
makers-invite-withdraw-consequence = Son lien ne laisse plus entrer personne. Les machines déjà arrivées restent.
makers-seen = vu
makers-gone = Exclus
makers-found = { $count ->
    [one] { $count } maker
   *[other] { $count } makers
}
makers-more = { $count ->
    [one] { $count } imprimante de plus
   *[other] { $count } imprimantes de plus
}
makers-all = Tous les makers
makers-agents-none = Aucune machine n’a encore rejoint la ferme.
memos-write = Écrire à ce maker
memos-text = Message, affiché sur sa page
memos-send = Envoyer
memos-written = écrit
memos-read = lu
memos-unread = pas encore lu
makers-agent-revoke = Exclure…
makers-agent-consequence = Sa connexion se termine maintenant et ses impressions sont proposées à d’autres. Ce qu’elle a imprimé reste compté. Elle ne revient que par une nouvelle invitation.
makers-agent-revoke-do = Exclure cette machine
makers-agent-revoked = exclue il y a { $what }
makers-agent-joined = arrivée il y a { $what }
makers-admins-only = Seul un admin peut inviter des makers et exclure des machines.

login-title = Se connecter
login-name = Nom
login-password = Mot de passe
login-do = Se connecter
login-refused = Le nom ou le mot de passe est faux.
login-too-many = { $count ->
    [one] Trop de mots de passe faux : réessayez dans { $count } minute.
   *[other] Trop de mots de passe faux : réessayez dans { $count } minutes.
}

setup-title = Le premier compte
setup-explain = Il peut tout faire ici, et inviter les autres.
setup-password-rule = Au moins 10 caractères ; quelques mots valent mieux que des signes.
setup-do = Créer le compte

join-title = Une invitation pour une imprimante
join-explain = Ce lien est pour l’agent, le petit programme sur la machine à côté de l’imprimante. Copiez le lien entier de la barre d’adresse et lancez là‑bas :

failure-title = Impossible
failure-back = Retour à la ferme

statistics-days = Période
statistics-last = { $count ->
    [one] dernier jour
   *[other] { $count } derniers jours
}
statistics-by-day = Pièces par jour
statistics-by-design = Par modèle
statistics-by-maker = Par maker
statistics-by-material = Filament par matière
statistics-causes = Causes des échecs
statistics-more = { $count ->
    [one] { $count } ligne de plus est dans le tableur.
   *[other] { $count } lignes de plus sont dans le tableur.
}
statistics-none = Aucune impression ne s’est terminée dans cette période.
statistics-plates = Toutes les plaques, une par une :
column-day = Jour
column-cause = Cause
column-seconds = Secondes
column-success = Réussite (%)
column-plate-seconds = Une plaque (s)
column-plate-grams = Une plaque (g)
column-grams = Grammes
sums-cancelled = impressions annulées
sums-unknown = fins inconnues
unknown-material = non dit
unknown-cause = non dit

wall-title = L’écran au mur
wall-how = Un lien qui montre les chiffres sans connexion et ne nomme personne. Un nouveau lien met fin au précédent.
wall-do = Créer un lien
wall-made = Le lien. Il n’est montré qu’une fois ; ouvrez‑le sur l’écran :
wall-open = L’ouvrir ici
wall-finished = Tout juste imprimé
wall-finished-none = Rien n’est encore sorti d’un plateau.

notices-short = Avis
notices-title = Courriels sur ce qui attend quelqu’un
notices-how = Quand aucune page n’est ouverte, la ferme vous écrit : ce qui attend quelqu’un depuis deux minutes, réuni en un seul courriel, au plus un par quart d’heure.
notices-no-server = Ce coordinateur n’a pas de serveur de courriel. Qui l’administre le démarre avec
notices-address = Votre adresse
notices-about = Au sujet de
about-results = impressions ratées, ou dont personne ne connaît la fin
about-beds = plateaux à vider
about-stuck = imprimantes et agents qui n’avancent plus
about-requests = demandes en retard ou qu’aucune imprimante ne prend
notices-save = M’écrire
notices-stop = Ne plus m’écrire
notices-waiting = Un courriel est en route vers { $what } : ouvrez le lien qu’il contient et confirmez, et votre choix vaudra.
notices-confirmed = Vous êtes prévenu à { $what }.
letter-subject = { $count ->
    [one] { $count } chose attend quelqu’un
   *[other] { $count } choses attendent quelqu’un
}
letter-why = Vous recevez ceci parce que vous l’avez demandé. Pour le changer : { $what }
letter-confirm-subject = est-ce votre adresse ?
letter-confirm = Une personne qui a un compte dans cette ferme veut être prévenue à cette adresse de ce qui attend quelqu’un. Si c’est vous, ouvrez ce lien dans la journée : { $what }
    Sinon, ne faites rien.
letter-end = Vous recevez ceci parce que vous avez écrit cette adresse dans les réglages de votre agent. Ce lien arrête ces courriels : { $what }
letter-maker-subject = { $count ->
    [one] une de vos imprimantes a besoin de vous
   *[other] { $count } choses vous attendent à vos imprimantes
}
letter-maker-confirm = Une personne qui imprime pour cette ferme veut être prévenue à cette adresse de ce que demandent ses imprimantes. Si c’est vous, ouvrez ce lien dans la journée : { $what }
letter-maker-refuse = Sinon, ne faites rien : plus rien ne sera envoyé ici. Vous pouvez aussi refuser par ce lien : { $what }

letters-person-confirm = Une personne qui a un compte dans cette ferme veut être prévenue à cette adresse de ce qui attend quelqu’un. Si c’est vous, dites‑le ici.
letters-person-confirmed = L’adresse est confirmée : vous êtes désormais prévenu par courriel. De quoi, vous le changez sur la page « Avis » de la ferme.
letters-title = Courriels sur vos imprimantes
letters-confirm = La ferme vous écrit ce que vos propres imprimantes attendent de vous depuis deux minutes, réuni en un seul courriel, au plus un par quart d’heure. Chaque courriel a un lien pour les arrêter.
letters-confirm-do = M’écrire
letters-confirmed = Vous êtes désormais prévenu par courriel.
letters-end = La ferme n’écrit alors plus à cette adresse, et l’oublie.
letters-end-do = Ne plus m’écrire
letters-ended = Plus aucun courriel n’est envoyé, et votre adresse est oubliée.

maker-advice-copied = La carte mémoire de votre agent a été copiée : les deux machines n’impriment plus. Arrêtez‑en une, faites‑la rejoindre avec sa propre invitation, et dites à votre ferme laquelle reste.
maker-advice-read_only = Le disque de l’agent ne peut plus être écrit : rien n’est lancé, et votre impression est comptée une fois cela réparé. Quand plus rien ne s’imprime, redémarrez la machine de l’agent, et remplacez sa carte mémoire si cela ne suffit pas.
maker-advice-forgotten = Votre agent a perdu la mémoire, et OctoPrint ne peut pas dire comment l’impression finit. Regardez le plateau, videz‑le, puis lancez : visorfarm-agent bed-clear { $what }
maker-advice-look = Regardez le plateau, videz‑le, comptez les pièces bonnes, et dites‑le sur votre page ou par : visorfarm-agent bed-clear { $what } --good N
maker-advice-faulted = Regardez l’imprimante et effacez la panne.
maker-advice-silent = Vérifiez que l’ordinateur voisin est allumé et relié au réseau.
maker-advice-cut = Elle s’est éteinte au milieu d’une impression. Vérifiez que l’imprimante et OctoPrint sont allumés, et regardez ce qu’est devenue l’impression.
maker-advice-bed_clear = Retirez les pièces du plateau, et dites‑le sur votre page ou par : visorfarm-agent bed-clear { $what }
maker-advice-key = OctoPrint refuse la clé de l’agent. Lancez cette commande et cliquez sur Allow dans OctoPrint : visorfarm-agent octoprint-key { $what }
maker-advice-disk = Libérez de la place sur le disque de la machine de l’agent ou d’OctoPrint.
maker-advice-filament = Chargez une bobine et dites ce qu’elle porte, sur votre page ou par : visorfarm-agent spool 750 --printer { $what }
maker-advice-paused = Reprenez ou annulez l’impression, dans OctoPrint ou à l’imprimante.
maker-advice-failed = Regardez ce qui s’est passé. La plaque passe d’elle-même à une autre imprimante.
