import type { Text } from "./de.ts";

/** French texts by their English ones, translated by a machine: no speaker has read them yet. */
export const french = {
  "Invite a viewer": "Inviter un spectateur",
  Invitation: "Invitation à regarder",
  "Copy invitation": "Copier l'invitation",
  Invited: "Personnes invitées",
  "Whoever has this may watch and listen until you withdraw it or the desktop stops.":
    "Quiconque reçoit ceci peut regarder et écouter jusqu'à ce que vous le retiriez ou que le bureau s'arrête.",
  "User name": "Nom d'utilisateur",
  Password: "Mot de passe",
  Withdraw: "Retirer",
  "Withdraw the invitation of {name}": "Retirer l'invitation de {name}",
  "Search settings": "Rechercher un réglage",
  "Nothing was found.": "Aucun résultat.",
  "Sound and microphone": "Son et micro",
  Display: "Affichage",
  "Keys and mouse": "Touches et souris",
  More: "Plus",
  App: "Application",
  "As an app the desktop has a window and an icon of its own. The browser will ask you to confirm.":
    "Installé comme application, le bureau a sa propre fenêtre et sa propre icône. Le navigateur vous demandera de confirmer.",
  "Install as an app": "Installer comme application",
  Connection: "Connexion",
  "In full screen the desktop also gets Escape, Alt+Tab and Ctrl+W. Hold Escape to leave.":
    "En plein écran, le bureau reçoit aussi Échap, Alt+Tab et Ctrl+W. Maintenez Échap enfoncée pour quitter.",
  Allow: "Autoriser",
  "Not now": "Pas maintenant",
  "Your clipboard can come to the desktop by itself. For that, the browser will ask you once.":
    "Votre presse-papiers peut arriver de lui-même sur le bureau. Pour cela, le navigateur vous le demandera une fois.",
  "Drop the files to upload them.": "Déposez les fichiers pour les envoyer.",
  "They go to the folder Uploads of the desktop.": "Ils arrivent dans le dossier Uploads du bureau.",
  "The browser will ask whether this page may use your microphone. Programs on the desktop hear you only while it is on.":
    "Le navigateur demandera si cette page peut utiliser votre micro. Les programmes du bureau ne vous entendent que lorsqu'il est activé.",
  "The browser will ask whether this page may use your camera. Programs on the desktop see you only while it is on.":
    "Le navigateur demandera si cette page peut utiliser votre caméra. Les programmes du bureau ne vous voient que lorsqu'elle est activée.",
  "Nothing is kept: files and settings are lost when this desktop stops.":
    "Rien n'est conservé : les fichiers et les réglages sont perdus quand ce bureau s'arrête.",
  "Whoever runs this desktop has to give it a home that can be written to.":
    "La personne qui gère ce bureau doit lui donner un dossier personnel accessible en écriture.",
  Alt: "Alt",
  "Alt F4": "Alt F4",
  "Alt Tab": "Alt Tab",
  "Another tab or device uses the microphone now. Turn it on to speak here again.":
    "Un autre onglet ou appareil utilise maintenant le micro. Activez-le pour parler de nouveau ici.",
  "Another tab or device shows its camera now. Turn yours on to show it again.":
    "Un autre onglet ou appareil montre maintenant sa caméra. Activez la vôtre pour la montrer de nouveau.",
  Bandwidth: "Bande passante",
  Camera: "Caméra",
  "Camera on": "Caméra activée",
  "Camera starting": "Démarrage de la caméra",
  Cancel: "Annuler",
  Cancelled: "Annulé",
  "Cancelled after {doneFiles} of {files} files": "Annulé après {doneFiles} fichiers sur {files}",
  Clipboard: "Presse-papiers",
  Close: "Fermer",
  "Close controls": "Fermer le panneau",
  "Panel theme": "Thème du panneau",
  "Connect a gamepad and press one of its buttons.":
    "Branchez une manette et appuyez sur l'un de ses boutons.",
  Connected: "Connecté",
  People: "Personnes",
  Connecting: "Connexion en cours",
  Controls: "Panneau",
  "Controls (Ctrl+Alt+Shift)": "Panneau (Ctrl+Alt+Maj)",
  "Copied to this computer.": "Copié sur cet ordinateur.",
  Copy: "Copier",
  "Copy picture": "Copier l'image",
  "Copy to this computer": "Copier sur cet ordinateur",
  Ctrl: "Ctrl",
  "Ctrl Alt Del": "Ctrl Alt Suppr",
  "Ctrl Alt T": "Ctrl Alt T",
  "Press and release Ctrl+Alt+Shift to open or close this panel.":
    "Appuyez sur Ctrl+Alt+Maj puis relâchez pour ouvrir ou fermer ce panneau.",
  Dark: "Sombre",
  Desktop: "Bureau",
  "Desktop controls": "Panneau du bureau",
  Discard: "Supprimer",
  Disconnect: "Déconnecter",
  "Disconnect {who} at {address}": "Déconnecter {who} à l'adresse {address}",
  Disconnected: "Déconnecté",
  Dismiss: "Masquer",
  Down: "Bas",
  Download: "Télécharger",
  Esc: "Échap",
  "Extra keys": "Touches supplémentaires",
  F11: "F11",
  Files: "Fichiers",
  "Files…": "Fichiers…",
  "Actual size": "Taille réelle",
  Folder: "Dossier",
  "Folder…": "Dossier…",
  "Fit desktop to this window": "Ajuster le bureau à la fenêtre",
  "Another window sets the desktop's size. Here the picture is scaled.":
    "Une autre fenêtre fixe la taille du bureau. Ici, l'image est mise à l'échelle.",
  "For games: keeps the mouse on the desktop until you press Escape":
    "Pour les jeux : garde la souris sur le bureau jusqu'à ce que vous appuyiez sur Échap",
  Frames: "Images",
  "Full screen": "Plein écran",
  Gamepad: "Manette",
  Gamepads: "Manettes",
  "Hidden files": "Fichiers cachés",
  Home: "Dossier personnel",
  "In ~/Uploads, {bytes}": "Dans ~/Uploads, {bytes}",
  Input: "Entrée",
  "Input level": "Niveau d'entrée",
  "This folder cannot be read.": "Impossible de lire ce dossier.",
  "Sync clipboard automatically": "Synchroniser automatiquement",
  Keyboard: "Clavier",
  "Keyboard input for the desktop": "Saisie au clavier pour le bureau",
  "Physical key positions (games)": "Touches par position (jeux)",
  Latency: "Latence",
  Left: "Gauche",
  Level: "Niveau",
  Licences: "Licences logicielles",
  Light: "Clair",
  "Lock mouse": "Verrouiller la souris",
  Microphone: "Micro",
  Dropped: "Perdus",
  "Microphone on": "Micro activé",
  "Microphone paused": "Micro en pause",
  "Microphone starting": "Démarrage du micro",
  "Microphone queue": "File d'attente du micro",
  "No camera was found.": "Aucune caméra trouvée.",
  "No microphone was found.": "Aucun micro trouvé.",
  Unfinished: "Inachevés",
  "Not uploaded": "Non envoyé",
  "This folder is empty.": "Ce dossier est vide.",
  "Off: nothing is sent.": "Désactivé : rien n'est envoyé.",
  "A part of this page did not load. Please reload it.":
    "Une partie de cette page ne s'est pas chargée. Veuillez la recharger.",
  "Opening the desktop…": "Ouverture du bureau…",
  "Or drop files and folders on the desktop, or paste them. They go to ~/Uploads.":
    "Ou déposez des fichiers et des dossiers sur le bureau, ou collez-les. Ils arrivent dans ~/Uploads.",
  "Other pages use the desktop's other gamepads.": "D'autres pages utilisent les autres manettes du bureau.",
  Owner: "Propriétaire",
  Paste: "Coller",
  "Paste from this computer": "Coller depuis cet ordinateur",
  "Picture copied on the desktop": "Image copiée sur le bureau",
  "Play the desktop's sound": "Écouter le son du bureau",
  Playing: "Lecture en cours",
  "Playing, {milliseconds} ms buffered": "Lecture en cours, {milliseconds} ms d'avance",
  Print: "Impr. écran",
  "Programs on the desktop see no gamepad.": "Les programmes du bureau ne voient aucune manette.",
  "Progress of {title}": "Progression de {title}",
  Quality: "Qualité",
  Reconnect: "Se reconnecter",
  Reconnecting: "Reconnexion en cours",
  "Reduce noise and echo": "Réduire le bruit et l'écho",
  "Record picture and sound": "Enregistrer l'image et le son",
  "Recorded files": "Fichiers enregistrés",
  "Recorded. The files are in ~/Downloads.": "Enregistré. Les fichiers sont dans ~/Downloads.",
  Recording: "Enregistrement",
  "Recording for {time}": "Enregistrement depuis {time}",
  "Nothing is recorded: {reason}.": "Rien n'est enregistré : {reason}.",
  "Stop recording": "Arrêter l'enregistrement",
  "The recording has ended: it has reached its largest size.":
    "L'enregistrement est terminé : il a atteint sa taille maximale.",
  "The recording has ended: its file cannot be written.":
    "L'enregistrement est terminé : son fichier ne peut pas être écrit.",
  "The recording has ended: the disk is too slow for it.":
    "L'enregistrement est terminé : le disque est trop lent.",
  "The recording has ended: there is no more room for it.":
    "L'enregistrement est terminé : il n'y a plus de place.",
  Refresh: "Actualiser",
  "Reload page": "Recharger la page",
  "Remote desktop": "Bureau à distance",
  Retry: "Réessayer",
  Right: "Droite",
  Automatic: "Automatique",
  "Sharp text": "Texte net",
  "Save bandwidth": "Économiser les données",
  "Smooth while the picture moves, exact when it is still.":
    "Fluide quand l'image bouge, exacte quand elle est immobile.",
  "Every letter exact, with fewer pictures per second.":
    "Chaque lettre est exacte, avec moins d'images par seconde.",
  "Always smooth; letters are a little soft.": "Toujours fluide ; les lettres sont un peu floues.",
  "Coarse pictures, five per second at most.": "Images grossières, cinq par seconde au plus.",
  Video: "Vidéo",
  Decoding: "Décodage",
  "Picture delay": "Retard de l'image",
  "Frames dropped": "Images sautées",
  "{codec} ({encoder}), now exact pixels": "{codec} ({encoder}), maintenant pixels exacts",
  "none: the connection is too slow": "aucune : la connexion est trop lente",
  "none: it has a form now that this browser lacks":
    "aucune : ce navigateur ne connaît pas son format actuel",
  "none: the desktop's encoder ended": "aucune : l'encodeur du bureau s'est arrêté",
  "none: switched off": "aucune : désactivée",
  "none: this browser decodes no video, or the page has no https":
    "aucune : ce navigateur ne décode pas la vidéo, ou la page n'est pas en https",
  "Save picture": "Enregistrer l'image",
  "Scale picture to window": "Adapter l'image à la fenêtre",
  "Send a picture…": "Envoyer une image…",
  "Sent to the desktop.": "Envoyé au bureau.",
  "Sharp on dense screens": "Net sur les écrans à haute densité",
  "Signed out": "Session fermée",
  Size: "Taille",
  Sound: "Son",
  "Sound cannot be played here: {reason}": "Le son ne peut pas être lu ici : {reason}",
  Buffer: "Son en réserve",
  "Sound needs a newer browser, and https.": "Le son nécessite un navigateur plus récent et https.",
  "Sound lost": "Son perdu",
  Statistics: "Statistiques",
  Super: "Super",
  System: "Système",
  Tab: "Tab",
  "Text shared with the desktop": "Texte partagé avec le bureau",
  "That did not work. Try again.": "Cela n'a pas fonctionné. Réessayez.",
  "The browser asks once whether this page may read your clipboard. After that, the clipboards sync automatically.":
    "Le navigateur demande une fois si cette page peut lire votre presse-papiers. Ensuite, les presse-papiers se synchronisent automatiquement.",
  "The browser cannot read this picture.": "Le navigateur ne peut pas lire cette image.",
  "The browser does not allow copying. Save the picture instead.":
    "Le navigateur n'autorise pas la copie. Enregistrez plutôt l'image.",
  "The browser does not allow copying. The text is selected: copy it with the keyboard.":
    "Le navigateur n'autorise pas la copie. Le texte est sélectionné : copiez-le au clavier.",
  "The browser does not allow pasting. Paste into the field with the keyboard.":
    "Le navigateur n'autorise pas le collage. Collez dans le champ au clavier.",
  "The browser does not allow the camera. Allow it in the address bar, then turn it on again.":
    "Le navigateur n'autorise pas la caméra. Autorisez-la dans la barre d'adresse, puis réactivez-la.",
  "The browser does not allow the microphone. Allow it in the address bar, then turn it on again.":
    "Le navigateur n'autorise pas le micro. Autorisez-le dans la barre d'adresse, puis réactivez-le.",
  "The browser blocks clipboard access for this page. Allow it by the icon in the address bar. Ctrl+V still works.":
    "Le navigateur bloque l'accès de cette page au presse-papiers. Autorisez-le par l'icône de la barre d'adresse. Ctrl+V fonctionne toujours.",
  "The browser withdrew its permission for the microphone.":
    "Le navigateur a retiré son autorisation pour le micro.",
  "The connection was closed.": "La connexion a été fermée.",
  "The camera cannot be opened. Another program may be using it.":
    "Impossible d'ouvrir la caméra. Un autre programme l'utilise peut-être.",
  "The camera could not be started.": "La caméra n'a pas pu démarrer.",
  "The camera was disconnected, or the browser withdrew its permission.":
    "La caméra a été débranchée ou le navigateur a retiré son autorisation.",
  "The connection was lost, and the camera went off with it.":
    "La connexion a été perdue, et la caméra s'est arrêtée avec elle.",
  "The connection was lost. The microphone returns with it while this page is visible.":
    "La connexion a été perdue. Le micro reviendra avec elle tant que cette page est visible.",
  "The desktop is restarting.": "Le bureau redémarre.",
  "The desktop refused the connection.": "Le bureau a refusé la connexion.",
  "The desktop refused the camera. Reload the page and try again.":
    "Le bureau a refusé la caméra. Rechargez la page et réessayez.",
  "The desktop refused the microphone. Reload the page and try again.":
    "Le bureau a refusé le micro. Rechargez la page et réessayez.",
  "The desktop's sound system is not ready yet. Nobody can hear you until it is.":
    "Le système de son du bureau n'est pas encore prêt. D'ici là, personne ne peut vous entendre.",
  "The files cannot be read: {reason}": "Impossible de lire les fichiers : {reason}",
  "The microphone cannot be opened. Another program may be using it.":
    "Impossible d'ouvrir le micro. Un autre programme l'utilise peut-être.",
  "The microphone could not be started.": "Le micro n'a pas pu démarrer.",
  "The owner of the desktop ended your connection.": "Le propriétaire du bureau a mis fin à votre connexion.",
  "The server answers, but the desktop is not ready yet.":
    "Le serveur répond, mais le bureau n'est pas encore prêt.",
  "Too many failed sign-ins: the server refuses new ones for a while.":
    "Trop d'échecs de connexion : le serveur n'en accepte plus pendant un moment.",
  "The server does not answer. The network may be down, or the workspace stopped.":
    "Le serveur ne répond pas. Le réseau est peut-être coupé, ou l'espace de travail arrêté.",
  "This folder has more entries than are shown.":
    "Ce dossier contient plus d'éléments qu'il n'en est affiché.",
  "There is no connection.": "Il n'y a pas de connexion.",
  "The text is too long to be shown here. “Copy” takes all of it.":
    "Le texte est trop long pour être affiché ici. « Copier » le prend en entier.",
  "Sent without its formatting, which is larger than {limit}.":
    "Envoyé sans sa mise en forme, qui dépasse {limit}.",
  "Clipboard not sent: larger than {limit}. The desktop keeps what it had.":
    "Presse-papiers non envoyé : plus de {limit}. Le bureau garde ce qu'il avait.",
  "Clipboard not sent: a proxy on the way refused it as too large. The desktop keeps what it had.":
    "Presse-papiers non envoyé : un proxy l'a refusé car trop volumineux. Le bureau garde ce qu'il avait.",
  "Clipboard not sent: the desktop did not take it. Try again.":
    "Presse-papiers non envoyé : le bureau ne l'a pas accepté. Réessayez.",
  "Copied from the desktop without its formatting, which did not arrive.":
    "Copié du bureau sans sa mise en forme, qui n'est pas arrivée.",
  "Not copied from the desktop: larger than {limit}. Your clipboard keeps what it had.":
    "Non copié depuis le bureau : plus de {limit}. Votre presse-papiers garde ce qu'il avait.",
  "Not copied from the desktop: the program there does not answer. Copy it again.":
    "Non copié depuis le bureau : le programme ne répond pas. Copiez de nouveau.",
  "Not copied from the desktop: the connection failed. Copy it again.":
    "Non copié depuis le bureau : la connexion a échoué. Copiez de nouveau.",
  "This browser shares your clipboard only when you paste: press Ctrl+V on the desktop, or paste above.":
    "Ce navigateur ne partage votre presse-papiers que lorsque vous collez : appuyez sur Ctrl+V sur le bureau, ou collez ci-dessus.",
  "This desktop needs JavaScript.": "Ce bureau nécessite JavaScript.",
  "This folder no longer exists.": "Ce dossier n'existe plus.",
  "This workspace does not allow copying to your computer.":
    "Cet espace de travail n'autorise pas la copie vers votre ordinateur.",
  "This workspace does not allow pasting from your computer.":
    "Cet espace de travail n'autorise pas le collage depuis votre ordinateur.",
  "The workspace takes this page for another site's: the proxy in front of it changes the host name, or serves it by plain HTTP.":
    "L'espace de travail prend cette page pour celle d'un autre site : le proxy placé devant change le nom d'hôte ou la sert en HTTP simple.",
  "The proxy in front of the workspace takes the Upgrade header from WebSockets.":
    "Le proxy devant l'espace de travail retire l'en-tête Upgrade des WebSockets.",
  "The workspace did not get your sign-in cookie: the browser or a proxy holds it back.":
    "L'espace de travail n'a pas reçu votre cookie de connexion : le navigateur ou un proxy le retient.",
  "The workspace answers, but WebSockets do not reach it: a proxy or a filter stops them.":
    "L'espace de travail répond, mais les WebSockets ne l'atteignent pas : un proxy ou un filtre les arrête.",
  "A proxy answers, but does not reach the workspace, which may be starting or stopped.":
    "Un proxy répond, mais n'atteint pas l'espace de travail, qui démarre peut-être ou est arrêté.",
  "The proxy in front of the workspace no longer lets you in. Reload the page to sign in again.":
    "Le proxy devant l'espace de travail ne vous laisse plus entrer. Rechargez la page pour vous reconnecter.",
  "A proxy answers in place of the workspace.": "Un proxy répond à la place de l'espace de travail.",
  "A proxy answers in place of the workspace (status {status}).":
    "Un proxy répond à la place de l'espace de travail (statut {status}).",
  "Files, sound and others are missing here: a proxy answers in place of the workspace (status {status}).":
    "Fichiers, son et autres fonctions manquent ici : un proxy répond à la place de l'espace de travail (statut {status}).",
  "a proxy does not reach the workspace": "un proxy n'atteint pas l'espace de travail",
  "a proxy refuses it (status {status})": "un proxy le refuse (statut {status})",
  "a proxy in front of the workspace refuses even {size} at a time":
    "un proxy devant l'espace de travail refuse même {size} à la fois",
  "the workspace takes this page for another site's, because of a proxy in front of it":
    "l'espace de travail prend cette page pour celle d'un autre site, à cause d'un proxy placé devant",
  "Try now": "Essayer maintenant",
  "Trying again in {seconds}\u00a0s.": "Nouvel essai dans {seconds} s.",
  "Trying now…": "Essai en cours…",
  "Turn camera off": "Désactiver la caméra",
  "Turn camera on": "Activer la caméra",
  "Turn microphone off": "Désactiver le micro",
  "Turn microphone on": "Activer le micro",
  "Turn sound on": "Activer le son",
  "Turn the microphone on to continue.": "Activez le micro pour continuer.",
  Up: "Haut",
  "Up to {size} each.": "Jusqu'à {size} chacun.",
  Upload: "Envoyer",
  Uploads: "Fichiers envoyés",
  "Use gamepads": "Utiliser les manettes",
  "View only": "Regarder",
  Participant: "Participant actif",
  Viewer: "Spectateur",
  Volume: "Volume sonore",
  Watching: "Vous regardez",
  "Whole folder": "Dossier entier",
  "You disconnected from the desktop.": "Vous vous êtes déconnecté du bureau.",
  "Your browser plays nothing: this computer may have no loudspeaker.":
    "Votre navigateur ne lit rien : cet ordinateur n'a peut-être pas de haut-parleur.",
  "Your browser plays sound only after you click or type here.":
    "Votre navigateur ne lit le son qu'après un clic ou une frappe ici.",
  "What programs see": "Ce que voient les programmes",
  "Your microphone was disconnected. Another one is in use now.":
    "Votre micro a été débranché. Un autre est maintenant utilisé.",
  "Your sign-in is no longer valid. Reload the page to sign in again.":
    "Votre connexion n'est plus valable. Rechargez la page pour vous reconnecter.",
  "Zoom of the desktop": "Zoom du bureau",
  "and {rest} more": "et {rest} de plus",
  "larger than this workspace accepts": "plus gros que ce que cet espace de travail accepte",
  "no connection": "pas de connexion",
  "no free slot": "aucune place libre",
  "not enough space": "pas assez de place",
  "player {number}": "joueur {number}",
  "signed out": "session fermée",
  "status {status}": "statut {status}",
  "unknown layout: buttons may be swapped": "disposition inconnue : les boutons peuvent être inversés",
  "{address}, since {time}": "{address}, depuis {time}",
  "{count} of {files} files not uploaded": "{count} fichiers sur {files} non envoyés",
  "{count} packets": "{count} paquets",
  "{doneBytes} of {bytes}": "{doneBytes} sur {bytes}",
  "{doneFiles} of {files} files, {doneBytes} of {bytes}":
    "{doneFiles} fichiers sur {files}, {doneBytes} sur {bytes}",
  "{files} files in ~/Uploads, {bytes}": "{files} fichiers dans ~/Uploads, {bytes}",
  "{first} and {rest} more": "{first} et {rest} de plus",
  "{late} packets late, {missing} missing": "{late} paquets en retard, {missing} manquants",
  "{path} is now {name}": "{path} s'appelle maintenant {name}",
  "{path}: {done} of {size} uploaded. Drop or choose the file again to continue.":
    "{path} : {done} sur {size} envoyés. Déposez ou choisissez de nouveau le fichier pour continuer.",
  "{value} per second": "{value} par seconde",
  "{who} (this page)": "{who} (cette page)",
  "Sign in": "Se connecter",
  "Sign out": "Se déconnecter",
  "Nobody seems to use this desktop. You will be disconnected in {time}.":
    "Personne ne semble utiliser ce bureau. Vous serez déconnecté dans {time}.",
  "Nobody seems to use this desktop. It will stop in {time}.":
    "Personne ne semble utiliser ce bureau. Il s'arrêtera dans {time}.",
  "This session soon reaches its longest time. You will be disconnected in {time}.":
    "Cette session atteint bientôt sa durée maximale. Vous serez déconnecté dans {time}.",
  "This session soon reaches its longest time. The desktop will stop in {time}: save your work.":
    "Cette session atteint bientôt sa durée maximale. Le bureau s'arrêtera dans {time} : enregistrez votre travail.",
  "Stay connected": "Rester connecté",
  "You stay connected.": "Vous restez connecté.",
  "Your session ended, because nobody used the desktop for a while. Reload the page to sign in again.":
    "Votre session est terminée, car personne n'a utilisé le bureau pendant un moment. Rechargez la page pour vous reconnecter.",
  "Your session ended, because it reached its longest time. Reload the page to sign in again.":
    "Votre session est terminée, car elle a atteint sa durée maximale. Rechargez la page pour vous reconnecter.",
  "The user name or the password is wrong. Check both and try again.":
    "Le nom d'utilisateur ou le mot de passe est incorrect. Vérifiez les deux et réessayez.",
  "There were too many failed sign-ins. Try again in {seconds} seconds.":
    "Il y a eu trop d'échecs de connexion. Réessayez dans {seconds} secondes.",
} satisfies Record<Text, string>;
