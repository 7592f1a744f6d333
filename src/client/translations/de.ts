import type { Translation } from "./translation.ts";

/**
 * German texts by their English ones, which are the keys of every translation: a language that lacks one does not
 * compile.
 */
export const german = {
  "Invite a viewer": "Zuschauer einladen",
  Invitation: "Einladung",
  "Copy invitation": "Einladung kopieren",
  Invited: "Eingeladen",
  "Whoever has this may watch and listen until you withdraw it or the desktop stops.":
    "Wer dies hat, darf zusehen und zuhören, bis Sie es zurücknehmen oder der Desktop beendet wird.",
  Withdraw: "Zurücknehmen",
  "Withdraw the invitation of {name}": "Einladung von {name} zurücknehmen",
  "Search settings": "Einstellungen suchen",
  "Nothing was found.": "Nichts gefunden.",
  "Sound and microphone": "Ton und Mikrofon",
  Display: "Anzeige",
  "Keys and mouse": "Tasten und Maus",
  More: "Mehr",
  App: "App",
  "As an app the desktop has a window and an icon of its own. The browser will ask you to confirm.":
    "Als App hat der Desktop ein eigenes Fenster und ein eigenes Symbol. Der Browser fragt vorher nach.",
  "Install as an app": "Als App installieren",
  Connection: "Verbindung",
  "In full screen the desktop also gets Escape, Alt+Tab and Ctrl+W. Hold Escape to leave.":
    "Im Vollbild bekommt der Desktop auch Escape, Alt+Tab und Strg+W. Zum Verlassen Escape gedrückt halten.",
  Allow: "Erlauben",
  "Not now": "Jetzt nicht",
  "Your clipboard can come to the desktop by itself. For that, the browser will ask you once.":
    "Ihre Zwischenablage kann von selbst auf den Desktop kommen. Dafür fragt der Browser Sie einmal.",
  "Drop the files to upload them.": "Lassen Sie die Dateien los, um sie hochzuladen.",
  "They go to the folder Uploads of the desktop.": "Sie kommen in den Ordner Uploads auf dem Desktop.",
  "The browser will ask whether this page may use your microphone. Programs on the desktop hear you only while it is on.":
    "Der Browser fragt, ob diese Seite Ihr Mikrofon benutzen darf. Programme auf dem Desktop hören Sie nur, solange es an ist.",
  "The browser will ask whether this page may use your camera. Programs on the desktop see you only while it is on.":
    "Der Browser fragt, ob diese Seite Ihre Kamera benutzen darf. Programme auf dem Desktop sehen Sie nur, solange sie an ist.",
  "Nothing is kept: files and settings are lost when this desktop stops.":
    "Nichts bleibt erhalten: Dateien und Einstellungen gehen verloren, wenn dieser Desktop beendet wird.",
  "Whoever runs this desktop has to give it a home that can be written to.":
    "Wer diesen Desktop betreibt, muss ihm einen persönlichen Ordner geben, in den er schreiben kann.",
  Alt: "Alt",
  "Alt F4": "Alt F4",
  "Alt Tab": "Alt Tab",
  "Another tab or device uses the microphone now. Turn it on to speak here again.":
    "Ein anderer Tab oder ein anderes Gerät benutzt jetzt das Mikrofon. Schalten Sie es ein, um wieder hier zu sprechen.",
  "Another tab or device shows its camera now. Turn yours on to show it again.":
    "Ein anderer Tab oder ein anderes Gerät zeigt jetzt seine Kamera. Schalten Sie Ihre ein, um sie wieder zu zeigen.",
  Bandwidth: "Bandbreite",
  Camera: "Kamera",
  "Camera on": "Kamera an",
  "Camera starting": "Kamera startet",
  Cancel: "Abbrechen",
  Cancelled: "Abgebrochen",
  "Cancelled after {doneFiles} of {files} files": "Abgebrochen nach {doneFiles} von {files} Dateien",
  Clipboard: "Zwischenablage",
  Close: "Schließen",
  "Close controls": "Bedienfeld schließen",
  "Panel theme": "Farbschema des Bedienfelds",
  "Connect a gamepad and press one of its buttons.":
    "Schließen Sie ein Gamepad an, und drücken Sie eine seiner Tasten.",
  Connected: "Verbunden",
  People: "Personen",
  Connecting: "Verbindung wird hergestellt",
  Controls: "Bedienfeld",
  "Controls (Ctrl+Alt+Shift)": "Bedienfeld (Strg+Alt+Umschalt)",
  "Copied to this computer.": "Auf diesen Rechner kopiert.",
  Copy: "Kopieren",
  "Copy picture": "Bild kopieren",
  "Copy to this computer": "Auf diesen Rechner kopieren",
  Ctrl: "Strg",
  "Ctrl Alt Del": "Strg Alt Entf",
  "Ctrl Alt T": "Strg Alt T",
  "Press and release Ctrl+Alt+Shift to open or close this panel.":
    "Strg+Alt+Umschalt gemeinsam drücken und loslassen öffnet und schließt dieses Bedienfeld.",
  Dark: "Dunkel",
  Desktop: "Desktop",
  "Desktop controls": "Bedienfeld des Desktops",
  Discard: "Verwerfen",
  Disconnect: "Trennen",
  "Disconnect {who} at {address}": "{who} bei {address} trennen",
  Disconnected: "Getrennt",
  Dismiss: "Ausblenden",
  Down: "Nach unten",
  Download: "Herunterladen",
  Esc: "Esc",
  "Extra keys": "Weitere Tasten",
  F11: "F11",
  Files: "Dateien",
  "Files…": "Dateien …",
  "Actual size": "Originalgröße",
  Folder: "Ordner",
  "Folder…": "Ordner …",
  "Fit desktop to this window": "Desktop an dieses Fenster anpassen",
  "Another window sets the desktop's size. Here the picture is scaled.":
    "Ein anderes Fenster bestimmt die Größe des Desktops. Hier wird das Bild angepasst.",
  "For games: keeps the mouse on the desktop until you press Escape":
    "Für Spiele: Die Maus verlässt den Desktop erst, wenn Sie Escape drücken",
  Frames: "Bilder",
  "Full screen": "Vollbild",
  Gamepad: "Gamepad",
  Gamepads: "Gamepads",
  "Hidden files": "Versteckte Dateien",
  Home: "Persönlicher Ordner",
  "In ~/Uploads, {bytes}": "In ~/Uploads, {bytes}",
  Input: "Eingabegerät",
  "Input level": "Eingangspegel",
  "This folder cannot be read.": "Dieser Ordner kann nicht gelesen werden.",
  "Sync clipboard automatically": "Zwischenablage automatisch abgleichen",
  Keyboard: "Tastatur",
  "Keyboard input for the desktop": "Tastatureingabe für den Desktop",
  "Physical key positions (games)": "Tasten nach Position senden (Spiele)",
  Latency: "Latenz",
  Left: "Nach links",
  Level: "Pegel",
  Licences: "Lizenzen",
  Light: "Hell",
  "Lock mouse": "Maus auf dem Desktop halten",
  Microphone: "Mikrofon",
  Dropped: "Verworfen",
  "Microphone on": "Mikrofon an",
  "Microphone paused": "Mikrofon angehalten",
  "Microphone starting": "Mikrofon startet",
  "Microphone queue": "Mikrofon-Warteschlange",
  "No camera was found.": "Es wurde keine Kamera gefunden.",
  "No microphone was found.": "Es wurde kein Mikrofon gefunden.",
  Unfinished: "Unvollständig",
  "Not uploaded": "Nicht hochgeladen",
  "This folder is empty.": "Dieser Ordner ist leer.",
  "Off: nothing is sent.": "Aus: Es wird nichts gesendet.",
  "A part of this page did not load. Please reload it.":
    "Ein Teil dieser Seite konnte nicht geladen werden. Bitte laden Sie sie neu.",
  "Opening the desktop…": "Der Desktop wird geöffnet …",
  "Or drop files and folders on the desktop, or paste them. They go to ~/Uploads.":
    "Oder legen Sie Dateien und Ordner auf dem Desktop ab, oder fügen Sie sie ein. Sie kommen nach ~/Uploads.",
  "Other pages use the desktop's other gamepads.":
    "Andere Seiten benutzen die übrigen Gamepads des Desktops.",
  Owner: "Besitzer",
  Paste: "Einfügen",
  "Paste from this computer": "Von diesem Rechner einfügen",
  "Picture copied on the desktop": "Auf dem Desktop kopiertes Bild",
  "Play the desktop's sound": "Ton des Desktops abspielen",
  Playing: "Wird abgespielt",
  "Playing, {milliseconds} ms buffered": "Wird abgespielt, {milliseconds} ms gepuffert",
  Print: "Druck",
  "Programs on the desktop see no gamepad.": "Programme auf dem Desktop sehen kein Gamepad.",
  "Progress of {title}": "Fortschritt von {title}",
  Quality: "Qualität",
  Reconnect: "Neu verbinden",
  Reconnecting: "Verbindung wird wiederhergestellt",
  "Reduce noise and echo": "Rauschen und Echo verringern",
  "Record picture and sound": "Bild und Ton aufzeichnen",
  "Recorded files": "Aufgezeichnete Dateien",
  "Recorded. The files are in ~/Downloads.": "Aufgezeichnet. Die Dateien liegen in ~/Downloads.",
  Recording: "Aufzeichnung",
  "Recording for {time}": "Aufzeichnung seit {time}",
  "Nothing is recorded: {reason}.": "Es wird nichts aufgezeichnet: {reason}.",
  "Stop recording": "Aufzeichnung beenden",
  "The recording has ended: it has reached its largest size.":
    "Die Aufzeichnung ist beendet: Sie hat ihre größte Länge erreicht.",
  "The recording has ended: its file cannot be written.":
    "Die Aufzeichnung ist beendet: Ihre Datei kann nicht geschrieben werden.",
  "The recording has ended: the disk is too slow for it.":
    "Die Aufzeichnung ist beendet: Der Datenträger ist zu langsam.",
  "The recording has ended: there is no more room for it.":
    "Die Aufzeichnung ist beendet: Es ist kein Platz mehr dafür.",
  Refresh: "Aktualisieren",
  "Reload page": "Seite neu laden",
  "Remote desktop": "Remote-Desktop",
  Retry: "Wiederholen",
  Right: "Nach rechts",
  Automatic: "Automatisch",
  "Sharp text": "Scharfer Text",
  "Save bandwidth": "Daten sparen",
  "Smooth while the picture moves, exact when it is still.":
    "Flüssig, solange sich etwas bewegt, und pixelgenau, sobald das Bild steht.",
  "Every letter exact, with fewer pictures per second.":
    "Jeder Buchstabe gestochen scharf, dafür weniger Bilder pro Sekunde.",
  "Always smooth; letters are a little soft.": "Immer flüssig, Buchstaben sind etwas unscharf.",
  "Coarse pictures, five per second at most.": "Grobe Bilder, höchstens fünf pro Sekunde.",
  Video: "Video",
  Decoding: "Dekodieren",
  "Picture delay": "Bildverzögerung",
  "Frames dropped": "Ausgelassene Bilder",
  "{codec} ({encoder}), now exact pixels": "{codec} ({encoder}), jetzt pixelgenau",
  "none: the connection is too slow": "keines: Die Verbindung ist zu langsam",
  "none: it has a form now that this browser lacks": "keines: Dieser Browser kennt das jetzige Format nicht",
  "none: the desktop's encoder ended": "keines: Der Encoder des Desktops läuft nicht mehr",
  "none: switched off": "keines: ausgeschaltet",
  "none: this browser decodes no video, or the page has no https":
    "keines: Dieser Browser dekodiert kein Video, oder die Seite hat kein https",
  "Save picture": "Bild speichern",
  "Scale picture to window": "Bild auf Fenstergröße skalieren",
  "Send a picture…": "Bild senden …",
  "Sent to the desktop.": "An den Desktop gesendet.",
  "Sharp on dense screens": "Scharf auf hochauflösenden Bildschirmen",
  "Signed out": "Abgemeldet",
  Size: "Größe",
  Sound: "Ton",
  "Sound cannot be played here: {reason}": "Der Ton kann hier nicht abgespielt werden: {reason}",
  Buffer: "Gepufferter Ton",
  "Sound needs a newer browser, and https.": "Ton gibt es nur mit einem neueren Browser und über https.",
  "Sound lost": "Verlorener Ton",
  Statistics: "Statistik",
  Super: "Super",
  System: "System",
  Tab: "Tab",
  "Text shared with the desktop": "Text, den Sie mit dem Desktop teilen",
  "That did not work. Try again.": "Das hat nicht geklappt. Versuchen Sie es noch einmal.",
  "The browser asks once whether this page may read your clipboard. After that, the clipboards sync automatically.":
    "Der Browser fragt einmal, ob diese Seite Ihre Zwischenablage lesen darf. Danach gleichen sich die Zwischenablagen automatisch ab.",
  "The browser cannot read this picture.": "Der Browser kann dieses Bild nicht lesen.",
  "The browser does not allow copying. Save the picture instead.":
    "Der Browser erlaubt das Kopieren nicht. Speichern Sie das Bild stattdessen.",
  "The browser does not allow copying. The text is selected: copy it with the keyboard.":
    "Der Browser erlaubt das Kopieren nicht. Der Text ist ausgewählt: Kopieren Sie ihn mit der Tastatur.",
  "The browser does not allow pasting. Paste into the field with the keyboard.":
    "Der Browser erlaubt das Einfügen nicht. Fügen Sie den Text mit der Tastatur in das Feld ein.",
  "The browser does not allow the camera. Allow it in the address bar, then turn it on again.":
    "Der Browser erlaubt die Kamera nicht. Erlauben Sie sie in der Adressleiste, und schalten Sie sie dann wieder ein.",
  "The browser does not allow the microphone. Allow it in the address bar, then turn it on again.":
    "Der Browser erlaubt das Mikrofon nicht. Erlauben Sie es in der Adressleiste, und schalten Sie es dann wieder ein.",
  "The browser blocks clipboard access for this page. Allow it by the icon in the address bar. Ctrl+V still works.":
    "Der Browser sperrt die Zwischenablage für diese Seite. Erlauben Sie den Zugriff über das Symbol in der Adressleiste. Strg+V funktioniert trotzdem.",
  "The browser withdrew its permission for the microphone.":
    "Der Browser hat die Erlaubnis für das Mikrofon zurückgezogen.",
  "The connection was closed.": "Die Verbindung wurde geschlossen.",
  "The camera cannot be opened. Another program may be using it.":
    "Die Kamera lässt sich nicht öffnen. Vielleicht benutzt sie ein anderes Programm.",
  "The camera could not be started.": "Die Kamera konnte nicht gestartet werden.",
  "The camera was disconnected, or the browser withdrew its permission.":
    "Die Kamera wurde getrennt, oder der Browser hat seine Erlaubnis zurückgezogen.",
  "The connection was lost, and the camera went off with it.":
    "Die Verbindung ist abgebrochen. Die Kamera ist deshalb aus.",
  "The connection was lost. The microphone returns with it while this page is visible.":
    "Die Verbindung ist abgebrochen. Sobald sie wieder besteht, geht auch das Mikrofon wieder an, solange diese Seite sichtbar ist.",
  "The desktop is restarting.": "Der Desktop wird neu gestartet.",
  "The desktop refused the connection.": "Der Desktop hat die Verbindung abgelehnt.",
  "The desktop refused the camera. Reload the page and try again.":
    "Der Desktop hat die Kamera abgelehnt. Laden Sie die Seite neu, und versuchen Sie es noch einmal.",
  "The desktop refused the microphone. Reload the page and try again.":
    "Der Desktop hat das Mikrofon abgelehnt. Laden Sie die Seite neu, und versuchen Sie es noch einmal.",
  "The desktop's sound system is not ready yet. Nobody can hear you until it is.":
    "Das Tonsystem des Desktops ist noch nicht bereit. Bis dahin kann Sie niemand hören.",
  "The files cannot be read: {reason}": "Die Dateien können nicht gelesen werden: {reason}",
  "The microphone cannot be opened. Another program may be using it.":
    "Das Mikrofon lässt sich nicht öffnen. Vielleicht benutzt es ein anderes Programm.",
  "The microphone could not be started.": "Das Mikrofon konnte nicht gestartet werden.",
  "The owner of the desktop ended your connection.": "Der Besitzer des Desktops hat Ihre Verbindung beendet.",
  "The server answers, but the desktop is not ready yet.":
    "Der Server antwortet, aber der Desktop ist noch nicht bereit.",
  "Too many failed sign-ins: the server refuses new ones for a while.":
    "Zu viele fehlgeschlagene Anmeldungen: Der Server nimmt eine Zeit lang keine mehr an.",
  "The server does not answer. The network may be down, or the workspace stopped.":
    "Der Server antwortet nicht. Vielleicht ist das Netz gestört, oder der Arbeitsplatz wurde beendet.",
  "This folder has more entries than are shown.":
    "Dieser Ordner enthält mehr Einträge, als angezeigt werden.",
  "There is no connection.": "Es besteht keine Verbindung.",
  "The text is too long to be shown here. “Copy” takes all of it.":
    "Der Text ist zu lang, um hier angezeigt zu werden. „Kopieren“ erfasst ihn ganz.",
  "Sent without its formatting, which is larger than {limit}.":
    "Ohne die Formatierung gesendet, denn sie ist größer als {limit}.",
  "Clipboard not sent: larger than {limit}. The desktop keeps what it had.":
    "Zwischenablage nicht gesendet: größer als {limit}. Der Desktop behält, was er hatte.",
  "Clipboard not sent: a proxy on the way refused it as too large. The desktop keeps what it had.":
    "Zwischenablage nicht gesendet: Ein Proxy auf dem Weg hat sie als zu groß abgelehnt. Der Desktop behält, was er hatte.",
  "Clipboard not sent: the desktop did not take it. Try again.":
    "Zwischenablage nicht gesendet: Der Desktop hat sie nicht angenommen. Versuchen Sie es noch einmal.",
  "Copied from the desktop without its formatting, which did not arrive.":
    "Ohne die Formatierung vom Desktop kopiert, denn sie kam nicht an.",
  "Not copied from the desktop: larger than {limit}. Your clipboard keeps what it had.":
    "Nicht vom Desktop kopiert: größer als {limit}. Ihre Zwischenablage behält, was sie hatte.",
  "Not copied from the desktop: the program there does not answer. Copy it again.":
    "Nicht vom Desktop kopiert: Das Programm dort antwortet nicht. Kopieren Sie es noch einmal.",
  "Not copied from the desktop: the connection failed. Copy it again.":
    "Nicht vom Desktop kopiert: Die Verbindung ist gescheitert. Kopieren Sie es noch einmal.",
  "This browser shares your clipboard only when you paste: press Ctrl+V on the desktop, or paste above.":
    "Dieser Browser gibt Ihre Zwischenablage nur beim Einfügen frei: Drücken Sie Strg+V auf dem Desktop, oder fügen Sie oben ein.",
  "This desktop needs JavaScript.": "Dieser Desktop braucht JavaScript.",
  "This folder no longer exists.": "Diesen Ordner gibt es nicht mehr.",
  "This workspace does not allow copying to your computer.":
    "Dieser Arbeitsplatz erlaubt kein Kopieren auf Ihren Rechner.",
  "This workspace does not allow pasting from your computer.":
    "Dieser Arbeitsplatz erlaubt kein Einfügen von Ihrem Rechner.",
  "The workspace takes this page for another site's: the proxy in front of it changes the host name, or serves it by plain HTTP.":
    "Der Arbeitsplatz hält diese Seite für die einer anderen Website: Der Proxy davor ändert den Hostnamen oder liefert sie über unverschlüsseltes HTTP aus.",
  "The proxy in front of the workspace takes the Upgrade header from WebSockets.":
    "Der Proxy vor dem Arbeitsplatz nimmt WebSockets den Upgrade-Header weg.",
  "The workspace did not get your sign-in cookie: the browser or a proxy holds it back.":
    "Der Arbeitsplatz hat Ihr Anmelde-Cookie nicht erhalten: Der Browser oder ein Proxy hält es zurück.",
  "The workspace answers, but WebSockets do not reach it: a proxy or a filter stops them.":
    "Der Arbeitsplatz antwortet, aber WebSockets erreichen ihn nicht: Ein Proxy oder Filter hält sie auf.",
  "A proxy answers, but does not reach the workspace, which may be starting or stopped.":
    "Ein Proxy antwortet, erreicht aber den Arbeitsplatz nicht. Vielleicht startet er gerade oder ist angehalten.",
  "The proxy in front of the workspace no longer lets you in. Reload the page to sign in again.":
    "Der Proxy vor dem Arbeitsplatz lässt Sie nicht mehr ein. Laden Sie die Seite neu, um sich wieder anzumelden.",
  "A proxy answers in place of the workspace.": "Ein Proxy antwortet anstelle des Arbeitsplatzes.",
  "A proxy answers in place of the workspace (status {status}).":
    "Ein Proxy antwortet anstelle des Arbeitsplatzes (Status {status}).",
  "Files, sound and others are missing here: a proxy answers in place of the workspace (status {status}).":
    "Dateien, Ton und anderes fehlen hier: Ein Proxy antwortet anstelle des Arbeitsplatzes (Status {status}).",
  "a proxy does not reach the workspace": "ein Proxy erreicht den Arbeitsplatz nicht",
  "a proxy refuses it (status {status})": "ein Proxy lehnt es ab (Status {status})",
  "a proxy in front of the workspace refuses even {size} at a time":
    "ein Proxy vor dem Arbeitsplatz lehnt selbst {size} auf einmal ab",
  "the workspace takes this page for another site's, because of a proxy in front of it":
    "der Arbeitsplatz hält diese Seite wegen eines Proxys davor für die einer anderen Website",
  "Try now": "Jetzt versuchen",
  "Trying again in {seconds}\u00a0s.": "Neuer Versuch in {seconds}\u00a0s.",
  "Trying now…": "Neuer Versuch …",
  "Turn camera off": "Kamera ausschalten",
  "Turn camera on": "Kamera einschalten",
  "Turn microphone off": "Mikrofon ausschalten",
  "Turn microphone on": "Mikrofon einschalten",
  "Turn sound on": "Ton einschalten",
  "Turn the microphone on to continue.": "Schalten Sie das Mikrofon ein, um weiterzusprechen.",
  Up: "Nach oben",
  "Up to {size} each.": "Bis zu {size} je Datei.",
  Upload: "Hochladen",
  Uploads: "Hochgeladene Dateien",
  "Use gamepads": "Gamepads benutzen",
  "View only": "Nur ansehen",
  Participant: "Teilnehmer",
  Viewer: "Zuschauer",
  Volume: "Lautstärke",
  Watching: "Sie schauen zu",
  "Whole folder": "Ganzen Ordner laden",
  "You disconnected from the desktop.": "Sie haben die Verbindung zum Desktop getrennt.",
  "Your browser plays nothing: this computer may have no loudspeaker.":
    "Ihr Browser spielt nichts ab: Vielleicht hat dieser Rechner keinen Lautsprecher.",
  "Your browser plays sound only after you click or type here.":
    "Ihr Browser spielt Ton erst ab, nachdem Sie hier geklickt oder getippt haben.",
  "What programs see": "Das Bild, das Programme sehen",
  "Your microphone was disconnected. Another one is in use now.":
    "Ihr Mikrofon wurde getrennt. Jetzt wird ein anderes benutzt.",
  "Your sign-in is no longer valid. Reload the page to sign in again.":
    "Ihre Anmeldung gilt nicht mehr. Laden Sie die Seite neu, um sich wieder anzumelden.",
  "Zoom of the desktop": "Vergrößerung des Desktops",
  "and {rest} more": "und {rest} weitere",
  "larger than this workspace accepts": "größer, als dieser Arbeitsplatz erlaubt",
  "no connection": "keine Verbindung",
  "no free slot": "kein freier Platz",
  "not enough space": "nicht genug Platz",
  "player {number}": "Spieler {number}",
  "signed out": "abgemeldet",
  "status {status}": "Status {status}",
  "unknown layout: buttons may be swapped": "unbekannte Belegung: Tasten können vertauscht sein",
  "{address}, since {time}": "{address}, seit {time}",
  "{count} of {files} files not uploaded": "{count} von {files} Dateien nicht hochgeladen",
  "{count} packets": "{count} Pakete",
  "{doneBytes} of {bytes}": "{doneBytes} von {bytes}",
  "{doneFiles} of {files} files, {doneBytes} of {bytes}":
    "{doneFiles} von {files} Dateien, {doneBytes} von {bytes}",
  "{files} files in ~/Uploads, {bytes}": "{files} Dateien in ~/Uploads, {bytes}",
  "{first} and {rest} more": "{first} und {rest} weitere",
  "{late} packets late, {missing} missing": "{late} Pakete zu spät, {missing} fehlen",
  "{path} is now {name}": "{path} heißt jetzt {name}",
  "{path}: {done} of {size} uploaded. Drop or choose the file again to continue.":
    "{path}: {done} von {size} hochgeladen. Legen Sie die Datei noch einmal ab, oder wählen Sie sie aus, um fortzufahren.",
  "{value} per second": "{value} pro Sekunde",
  "{who} (this page)": "{who} (diese Seite)",
  "Sign in": "Anmelden",
  "Sign out": "Abmelden",
  "Nobody seems to use this desktop. You will be disconnected in {time}.":
    "Niemand scheint diesen Desktop zu benutzen. Ihre Verbindung endet in {time}.",
  "Nobody seems to use this desktop. It will stop in {time}.":
    "Niemand scheint diesen Desktop zu benutzen. Er hält in {time} an.",
  "This session soon reaches its longest time. You will be disconnected in {time}.":
    "Diese Sitzung hat ihre längste Dauer bald erreicht. Ihre Verbindung endet in {time}.",
  "This session soon reaches its longest time. The desktop will stop in {time}: save your work.":
    "Diese Sitzung hat ihre längste Dauer bald erreicht. Der Desktop hält in {time} an: Speichern Sie Ihre Arbeit.",
  "Stay connected": "Verbunden bleiben",
  "You stay connected.": "Sie bleiben verbunden.",
  "Your session ended, because nobody used the desktop for a while. Reload the page to sign in again.":
    "Ihre Sitzung endete, weil eine Weile niemand den Desktop benutzt hat. Laden Sie die Seite neu, um sich wieder anzumelden.",
  "Your session ended, because it reached its longest time. Reload the page to sign in again.":
    "Ihre Sitzung endete, weil sie ihre längste Dauer erreicht hat. Laden Sie die Seite neu, um sich wieder anzumelden.",
  "User name": "Benutzername",
  Password: "Passwort",
  "The user name or the password is wrong. Check both and try again.":
    "Der Benutzername oder das Passwort ist falsch. Prüfen Sie beide, und versuchen Sie es noch einmal.",
  "There were too many failed sign-ins. Try again in {seconds} seconds.":
    "Es gab zu viele fehlgeschlagene Anmeldungen. Versuchen Sie es in {seconds} Sekunden noch einmal.",
} satisfies Translation;

/** An English text that has translations. */
export type Text = keyof typeof german;
