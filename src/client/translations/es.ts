import type { Text } from "./de.ts";

/** Spanish texts by their English ones, translated by a machine: no speaker has read them yet. */
export const spanish = {
  "Invite a viewer": "Invitar a un espectador",
  Invitation: "Invitación",
  "Copy invitation": "Copiar la invitación",
  Invited: "Personas invitadas",
  "Whoever has this may watch and listen until you withdraw it or the desktop stops.":
    "Quien tenga esto puede ver y oír hasta que usted lo retire o el escritorio se detenga.",
  "User name": "Nombre de usuario",
  Password: "Contraseña",
  Withdraw: "Retirar",
  "Withdraw the invitation of {name}": "Retirar la invitación de {name}",
  "Search settings": "Buscar ajustes",
  "Nothing was found.": "No se ha encontrado nada.",
  "Sound and microphone": "Sonido y micrófono",
  Display: "Pantalla",
  "Keys and mouse": "Teclas y ratón",
  More: "Más",
  App: "Aplicación",
  "As an app the desktop has a window and an icon of its own. The browser will ask you to confirm.":
    "Como aplicación, el escritorio tiene su propia ventana y su propio icono. El navegador le pedirá confirmación.",
  "Install as an app": "Instalar como aplicación",
  Connection: "Conexión",
  "In full screen the desktop also gets Escape, Alt+Tab and Ctrl+W. Hold Escape to leave.":
    "En pantalla completa, el escritorio recibe también Escape, Alt+Tab y Ctrl+W. Mantenga pulsada la tecla Escape para salir.",
  Allow: "Permitir",
  "Not now": "Ahora no",
  "Your clipboard can come to the desktop by itself. For that, the browser will ask you once.":
    "Su portapapeles puede llegar al escritorio por sí solo. Para ello, el navegador le preguntará una vez.",
  "Drop the files to upload them.": "Suelte los archivos para subirlos.",
  "They go to the folder Uploads of the desktop.": "Irán a la carpeta Uploads del escritorio.",
  "The browser will ask whether this page may use your microphone. Programs on the desktop hear you only while it is on.":
    "El navegador preguntará si esta página puede usar su micrófono. Los programas del escritorio solo le oyen mientras está encendido.",
  "The browser will ask whether this page may use your camera. Programs on the desktop see you only while it is on.":
    "El navegador preguntará si esta página puede usar su cámara. Los programas del escritorio solo le ven mientras está encendida.",
  "Nothing is kept: files and settings are lost when this desktop stops.":
    "No se guarda nada: los archivos y los ajustes se pierden cuando este escritorio se detiene.",
  "Whoever runs this desktop has to give it a home that can be written to.":
    "Quien administra este escritorio debe darle una carpeta personal en la que se pueda escribir.",
  Alt: "Alt",
  "Alt F4": "Alt F4",
  "Alt Tab": "Alt Tab",
  "Another tab or device uses the microphone now. Turn it on to speak here again.":
    "Otra pestaña u otro dispositivo usa ahora el micrófono. Enciéndalo para volver a hablar aquí.",
  "Another tab or device shows its camera now. Turn yours on to show it again.":
    "Otra pestaña u otro dispositivo muestra ahora su cámara. Encienda la suya para volver a mostrarla.",
  Bandwidth: "Ancho de banda",
  Camera: "Cámara",
  "Camera on": "Cámara encendida",
  "Camera starting": "La cámara se está iniciando",
  Cancel: "Cancelar",
  Cancelled: "Cancelado",
  "Cancelled after {doneFiles} of {files} files": "Cancelado tras {doneFiles} de {files} archivos",
  Clipboard: "Portapapeles",
  Close: "Cerrar",
  "Close controls": "Cerrar los controles",
  "Panel theme": "Tema del panel",
  "Connect a gamepad and press one of its buttons.": "Conecte un mando y pulse uno de sus botones.",
  Connected: "Conectado",
  People: "Personas",
  Connecting: "Conectando",
  Controls: "Controles",
  "Controls (Ctrl+Alt+Shift)": "Controles (Ctrl+Alt+Mayús)",
  "Copied to this computer.": "Copiado en este ordenador.",
  Copy: "Copiar",
  "Copy picture": "Copiar la imagen",
  "Copy to this computer": "Copiar en este ordenador",
  Ctrl: "Ctrl",
  "Ctrl Alt Del": "Ctrl Alt Supr",
  "Ctrl Alt T": "Ctrl Alt T",
  "Press and release Ctrl+Alt+Shift to open or close this panel.":
    "Pulse y suelte Ctrl+Alt+Mayús para abrir o cerrar este panel.",
  Dark: "Oscuro",
  Desktop: "Escritorio",
  "Desktop controls": "Controles del escritorio",
  Discard: "Descartar",
  Disconnect: "Desconectar",
  "Disconnect {who} at {address}": "Desconectar a {who} en {address}",
  Disconnected: "Desconectado",
  Dismiss: "Ocultar",
  Down: "Abajo",
  Download: "Descargar",
  Esc: "Esc",
  "Extra keys": "Teclas adicionales",
  F11: "F11",
  Files: "Archivos",
  "Files…": "Archivos…",
  "Actual size": "Tamaño real",
  Folder: "Carpeta",
  "Folder…": "Carpeta…",
  "Fit desktop to this window": "Ajustar el escritorio a esta ventana",
  "Another window sets the desktop's size. Here the picture is scaled.":
    "Otra ventana determina el tamaño del escritorio. Aquí se escala la imagen.",
  "For games: keeps the mouse on the desktop until you press Escape":
    "Para juegos: mantiene el ratón en el escritorio hasta que pulse Escape",
  Frames: "Fotogramas",
  "Full screen": "Pantalla completa",
  Gamepad: "Mando",
  Gamepads: "Mandos",
  "Hidden files": "Archivos ocultos",
  Home: "Carpeta personal",
  "In ~/Uploads, {bytes}": "En ~/Uploads, {bytes}",
  Input: "Entrada",
  "Input level": "Nivel de entrada",
  "This folder cannot be read.": "No se puede leer esta carpeta.",
  "Sync clipboard automatically": "Sincronizar automáticamente",
  Keyboard: "Teclado",
  "Keyboard input for the desktop": "Entrada de teclado para el escritorio",
  "Physical key positions (games)": "Teclas por posición (juegos)",
  Latency: "Latencia",
  Left: "Izquierda",
  Level: "Nivel",
  Licences: "Licencias",
  Light: "Claro",
  "Lock mouse": "Bloquear el ratón",
  Microphone: "Micrófono",
  Dropped: "Descartados",
  "Microphone on": "Micrófono encendido",
  "Microphone paused": "Micrófono en pausa",
  "Microphone starting": "El micrófono se está iniciando",
  "Microphone queue": "Cola del micrófono",
  "No camera was found.": "No se ha encontrado ninguna cámara.",
  "No microphone was found.": "No se ha encontrado ningún micrófono.",
  Unfinished: "Sin terminar",
  "Not uploaded": "No subido",
  "This folder is empty.": "Esta carpeta está vacía.",
  "Off: nothing is sent.": "Apagado: no se envía nada.",
  "A part of this page did not load. Please reload it.":
    "Una parte de esta página no se ha cargado. Vuelva a cargarla.",
  "Opening the desktop…": "Abriendo el escritorio…",
  "Or drop files and folders on the desktop, or paste them. They go to ~/Uploads.":
    "O suelte archivos y carpetas en el escritorio, o péguelos. Van a ~/Uploads.",
  "Other pages use the desktop's other gamepads.": "Otras páginas usan los demás mandos del escritorio.",
  Owner: "Propietario",
  Paste: "Pegar",
  "Paste from this computer": "Pegar desde este ordenador",
  "Picture copied on the desktop": "Imagen copiada en el escritorio",
  "Play the desktop's sound": "Reproducir el sonido del escritorio",
  Playing: "Reproduciendo",
  "Playing, {milliseconds} ms buffered": "Reproduciendo, {milliseconds} ms en búfer",
  Print: "Impr Pant",
  "Programs on the desktop see no gamepad.": "Los programas del escritorio no ven ningún mando.",
  "Progress of {title}": "Progreso de {title}",
  Quality: "Calidad",
  Reconnect: "Volver a conectar",
  Reconnecting: "Reconectando",
  "Reduce noise and echo": "Reducir el ruido y el eco",
  "Record picture and sound": "Grabar imagen y sonido",
  "Recorded files": "Archivos grabados",
  "Recorded. The files are in ~/Downloads.": "Grabado. Los archivos están en ~/Downloads.",
  Recording: "Grabación",
  "Recording for {time}": "Grabando desde hace {time}",
  "Nothing is recorded: {reason}.": "No se graba nada: {reason}.",
  "Stop recording": "Detener la grabación",
  "The recording has ended: it has reached its largest size.":
    "La grabación ha terminado: ha alcanzado su tamaño máximo.",
  "The recording has ended: its file cannot be written.":
    "La grabación ha terminado: no se puede escribir su archivo.",
  "The recording has ended: the disk is too slow for it.":
    "La grabación ha terminado: el disco es demasiado lento.",
  "The recording has ended: there is no more room for it.": "La grabación ha terminado: ya no queda espacio.",
  Refresh: "Actualizar",
  "Reload page": "Recargar la página",
  "Remote desktop": "Escritorio remoto",
  Retry: "Reintentar",
  Right: "Derecha",
  Automatic: "Automático",
  "Sharp text": "Texto nítido",
  "Save bandwidth": "Ahorrar datos",
  "Smooth while the picture moves, exact when it is still.":
    "Fluida mientras la imagen se mueve y exacta cuando está quieta.",
  "Every letter exact, with fewer pictures per second.": "Cada letra exacta, con menos imágenes por segundo.",
  "Always smooth; letters are a little soft.": "Siempre fluida; las letras se ven algo borrosas.",
  "Coarse pictures, five per second at most.": "Imágenes poco detalladas, cinco por segundo como máximo.",
  Video: "Vídeo",
  Decoding: "Descodificación",
  "Picture delay": "Retardo de la imagen",
  "Frames dropped": "Fotogramas omitidos",
  "{codec} ({encoder}), now exact pixels": "{codec} ({encoder}), ahora píxeles exactos",
  "none: the connection is too slow": "ninguno: la conexión es demasiado lenta",
  "none: it has a form now that this browser lacks": "ninguno: este navegador no conoce su formato actual",
  "none: the desktop's encoder ended": "ninguno: el codificador del escritorio ha terminado",
  "none: switched off": "ninguno: desactivado",
  "none: this browser decodes no video, or the page has no https":
    "ninguno: este navegador no descodifica vídeo, o la página no usa https",
  "Save picture": "Guardar la imagen",
  "Scale picture to window": "Escalar la imagen a la ventana",
  "Send a picture…": "Enviar una imagen…",
  "Sent to the desktop.": "Enviado al escritorio.",
  "Sharp on dense screens": "Nítido en pantallas de alta densidad",
  "Signed out": "Sesión cerrada",
  Size: "Tamaño",
  Sound: "Sonido",
  "Sound cannot be played here: {reason}": "El sonido no se puede reproducir aquí: {reason}",
  Buffer: "Sonido en búfer",
  "Sound needs a newer browser, and https.": "El sonido necesita un navegador más reciente y https.",
  "Sound lost": "Sonido perdido",
  Statistics: "Estadísticas",
  Super: "Super",
  System: "Sistema",
  Tab: "Tab",
  "Text shared with the desktop": "Texto compartido con el escritorio",
  "That did not work. Try again.": "No ha funcionado. Inténtelo de nuevo.",
  "The browser asks once whether this page may read your clipboard. After that, the clipboards sync automatically.":
    "El navegador pregunta una vez si esta página puede leer su portapapeles. Después, los portapapeles se sincronizan automáticamente.",
  "The browser cannot read this picture.": "El navegador no puede leer esta imagen.",
  "The browser does not allow copying. Save the picture instead.":
    "El navegador no permite copiar. Guarde la imagen en su lugar.",
  "The browser does not allow copying. The text is selected: copy it with the keyboard.":
    "El navegador no permite copiar. El texto está seleccionado: cópielo con el teclado.",
  "The browser does not allow pasting. Paste into the field with the keyboard.":
    "El navegador no permite pegar. Pegue en el campo con el teclado.",
  "The browser does not allow the camera. Allow it in the address bar, then turn it on again.":
    "El navegador no permite la cámara. Permítala en la barra de direcciones y vuelva a encenderla.",
  "The browser does not allow the microphone. Allow it in the address bar, then turn it on again.":
    "El navegador no permite el micrófono. Permítalo en la barra de direcciones y vuelva a encenderlo.",
  "The browser blocks clipboard access for this page. Allow it by the icon in the address bar. Ctrl+V still works.":
    "El navegador bloquea el acceso de esta página al portapapeles. Permítalo con el icono de la barra de direcciones. Ctrl+V sigue funcionando.",
  "The browser withdrew its permission for the microphone.":
    "El navegador ha retirado su permiso para el micrófono.",
  "The connection was closed.": "La conexión se ha cerrado.",
  "The camera cannot be opened. Another program may be using it.":
    "La cámara no se puede abrir. Puede que la use otro programa.",
  "The camera could not be started.": "No se ha podido iniciar la cámara.",
  "The camera was disconnected, or the browser withdrew its permission.":
    "La cámara se ha desconectado o el navegador ha retirado su permiso.",
  "The connection was lost, and the camera went off with it.":
    "Se ha perdido la conexión y la cámara se ha apagado con ella.",
  "The connection was lost. The microphone returns with it while this page is visible.":
    "Se ha perdido la conexión. El micrófono vuelve con ella mientras esta página esté visible.",
  "The desktop is restarting.": "El escritorio se está reiniciando.",
  "The desktop refused the connection.": "El escritorio ha rechazado la conexión.",
  "The desktop refused the camera. Reload the page and try again.":
    "El escritorio ha rechazado la cámara. Recargue la página e inténtelo de nuevo.",
  "The desktop refused the microphone. Reload the page and try again.":
    "El escritorio ha rechazado el micrófono. Recargue la página e inténtelo de nuevo.",
  "The desktop's sound system is not ready yet. Nobody can hear you until it is.":
    "El sistema de sonido del escritorio aún no está listo. Hasta entonces nadie puede oírle.",
  "The files cannot be read: {reason}": "Los archivos no se pueden leer: {reason}",
  "The microphone cannot be opened. Another program may be using it.":
    "El micrófono no se puede abrir. Puede que lo use otro programa.",
  "The microphone could not be started.": "No se ha podido iniciar el micrófono.",
  "The owner of the desktop ended your connection.":
    "El propietario del escritorio ha terminado su conexión.",
  "The server answers, but the desktop is not ready yet.":
    "El servidor responde, pero el escritorio aún no está listo.",
  "Too many failed sign-ins: the server refuses new ones for a while.":
    "Demasiados inicios de sesión fallidos: el servidor no acepta otros durante un rato.",
  "The server does not answer. The network may be down, or the workspace stopped.":
    "El servidor no responde. Puede que la red haya caído o que el espacio de trabajo se haya detenido.",
  "This folder has more entries than are shown.": "Esta carpeta tiene más entradas de las que se muestran.",
  "There is no connection.": "No hay conexión.",
  "The text is too long to be shown here. “Copy” takes all of it.":
    "El texto es demasiado largo para mostrarlo aquí. «Copiar» lo toma entero.",
  "Sent without its formatting, which is larger than {limit}.":
    "Enviado sin formato, que ocupa más de {limit}.",
  "Clipboard not sent: larger than {limit}. The desktop keeps what it had.":
    "El portapapeles no se ha enviado: ocupa más de {limit}. El escritorio conserva lo que tenía.",
  "Clipboard not sent: a proxy on the way refused it as too large. The desktop keeps what it had.":
    "El portapapeles no se ha enviado: un proxy lo ha rechazado por ser demasiado grande. El escritorio conserva lo que tenía.",
  "Clipboard not sent: the desktop did not take it. Try again.":
    "El portapapeles no se ha enviado: el escritorio no lo ha aceptado. Inténtelo de nuevo.",
  "Copied from the desktop without its formatting, which did not arrive.":
    "Copiado del escritorio sin formato, que no ha llegado.",
  "Not copied from the desktop: larger than {limit}. Your clipboard keeps what it had.":
    "No se ha copiado del escritorio: ocupa más de {limit}. Su portapapeles conserva lo que tenía.",
  "Not copied from the desktop: the program there does not answer. Copy it again.":
    "No se ha copiado del escritorio: allí el programa no responde. Cópielo de nuevo.",
  "Not copied from the desktop: the connection failed. Copy it again.":
    "No se ha copiado del escritorio: ha fallado la conexión. Cópielo de nuevo.",
  "This browser shares your clipboard only when you paste: press Ctrl+V on the desktop, or paste above.":
    "Este navegador solo comparte su portapapeles cuando pega: pulse Ctrl+V en el escritorio o pegue arriba.",
  "This desktop needs JavaScript.": "Este escritorio necesita JavaScript.",
  "This folder no longer exists.": "Esta carpeta ya no existe.",
  "This workspace does not allow copying to your computer.":
    "Este espacio de trabajo no permite copiar a su ordenador.",
  "This workspace does not allow pasting from your computer.":
    "Este espacio de trabajo no permite pegar desde su ordenador.",
  "The workspace takes this page for another site's: the proxy in front of it changes the host name, or serves it by plain HTTP.":
    "El espacio de trabajo toma esta página por la de otro sitio: el proxy delante de él cambia el nombre del host o la sirve por HTTP sin cifrar.",
  "The proxy in front of the workspace takes the Upgrade header from WebSockets.":
    "El proxy delante del espacio de trabajo quita la cabecera Upgrade a los WebSockets.",
  "The workspace did not get your sign-in cookie: the browser or a proxy holds it back.":
    "El espacio de trabajo no ha recibido la cookie de su sesión: el navegador o un proxy la retiene.",
  "The workspace answers, but WebSockets do not reach it: a proxy or a filter stops them.":
    "El espacio de trabajo responde, pero los WebSockets no le llegan: un proxy o un filtro los detiene.",
  "A proxy answers, but does not reach the workspace, which may be starting or stopped.":
    "Un proxy responde, pero no llega al espacio de trabajo, que puede estar arrancando o detenido.",
  "The proxy in front of the workspace no longer lets you in. Reload the page to sign in again.":
    "El proxy delante del espacio de trabajo ya no le deja entrar. Recargue la página para iniciar sesión de nuevo.",
  "A proxy answers in place of the workspace.": "Un proxy responde en lugar del espacio de trabajo.",
  "A proxy answers in place of the workspace (status {status}).":
    "Un proxy responde en lugar del espacio de trabajo (estado {status}).",
  "Files, sound and others are missing here: a proxy answers in place of the workspace (status {status}).":
    "Faltan archivos, sonido y otras funciones: un proxy responde en lugar del espacio de trabajo (estado {status}).",
  "a proxy does not reach the workspace": "un proxy no llega al espacio de trabajo",
  "a proxy refuses it (status {status})": "un proxy lo rechaza (estado {status})",
  "a proxy in front of the workspace refuses even {size} at a time":
    "un proxy delante del espacio de trabajo rechaza incluso {size} de una vez",
  "the workspace takes this page for another site's, because of a proxy in front of it":
    "el espacio de trabajo toma esta página por la de otro sitio, debido a un proxy delante de él",
  "Try now": "Intentar ahora",
  "Trying again in {seconds}\u00a0s.": "Nuevo intento en {seconds} s.",
  "Trying now…": "Intentando ahora…",
  "Turn camera off": "Apagar la cámara",
  "Turn camera on": "Encender la cámara",
  "Turn microphone off": "Apagar el micrófono",
  "Turn microphone on": "Encender el micrófono",
  "Turn sound on": "Encender el sonido",
  "Turn the microphone on to continue.": "Encienda el micrófono para continuar.",
  Up: "Arriba",
  "Up to {size} each.": "Hasta {size} cada uno.",
  Upload: "Subir",
  Uploads: "Archivos subidos",
  "Use gamepads": "Usar mandos",
  "View only": "Solo ver",
  Participant: "Participante",
  Viewer: "Espectador",
  Volume: "Volumen",
  Watching: "Está mirando",
  "Whole folder": "Carpeta entera",
  "You disconnected from the desktop.": "Se ha desconectado del escritorio.",
  "Your browser plays nothing: this computer may have no loudspeaker.":
    "Su navegador no reproduce nada: puede que este ordenador no tenga altavoz.",
  "Your browser plays sound only after you click or type here.":
    "Su navegador solo reproduce sonido después de que haga clic o escriba aquí.",
  "What programs see": "Lo que ven los programas",
  "Your microphone was disconnected. Another one is in use now.":
    "Su micrófono se ha desconectado. Ahora se usa otro.",
  "Your sign-in is no longer valid. Reload the page to sign in again.":
    "Su sesión ya no es válida. Recargue la página para iniciar sesión de nuevo.",
  "Zoom of the desktop": "Ampliación del escritorio",
  "and {rest} more": "y {rest} más",
  "larger than this workspace accepts": "más grande de lo que acepta este espacio de trabajo",
  "no connection": "sin conexión",
  "no free slot": "ningún lugar libre",
  "not enough space": "no hay espacio suficiente",
  "player {number}": "jugador {number}",
  "signed out": "sesión cerrada",
  "status {status}": "estado {status}",
  "unknown layout: buttons may be swapped": "disposición desconocida: los botones pueden estar cambiados",
  "{address}, since {time}": "{address}, desde las {time}",
  "{count} of {files} files not uploaded": "{count} de {files} archivos no subidos",
  "{count} packets": "{count} paquetes",
  "{doneBytes} of {bytes}": "{doneBytes} de {bytes}",
  "{doneFiles} of {files} files, {doneBytes} of {bytes}":
    "{doneFiles} de {files} archivos, {doneBytes} de {bytes}",
  "{files} files in ~/Uploads, {bytes}": "{files} archivos en ~/Uploads, {bytes}",
  "{first} and {rest} more": "{first} y {rest} más",
  "{late} packets late, {missing} missing": "{late} paquetes con retraso, faltan {missing}",
  "{path} is now {name}": "{path} ahora se llama {name}",
  "{path}: {done} of {size} uploaded. Drop or choose the file again to continue.":
    "{path}: {done} de {size} subidos. Suelte o elija el archivo de nuevo para continuar.",
  "{value} per second": "{value} por segundo",
  "{who} (this page)": "{who} (esta página)",
  "Sign in": "Iniciar sesión",
  "Sign out": "Cerrar sesión",
  "Nobody seems to use this desktop. You will be disconnected in {time}.":
    "Parece que nadie usa este escritorio. Se le desconectará en {time}.",
  "Nobody seems to use this desktop. It will stop in {time}.":
    "Parece que nadie usa este escritorio. Se detendrá en {time}.",
  "This session soon reaches its longest time. You will be disconnected in {time}.":
    "Esta sesión alcanzará pronto su duración máxima. Se le desconectará en {time}.",
  "This session soon reaches its longest time. The desktop will stop in {time}: save your work.":
    "Esta sesión alcanzará pronto su duración máxima. El escritorio se detendrá en {time}: guarde su trabajo.",
  "Stay connected": "Seguir conectado",
  "You stay connected.": "Sigue conectado.",
  "Your session ended, because nobody used the desktop for a while. Reload the page to sign in again.":
    "Su sesión ha terminado porque nadie ha usado el escritorio durante un rato. Recargue la página para iniciar sesión de nuevo.",
  "Your session ended, because it reached its longest time. Reload the page to sign in again.":
    "Su sesión ha terminado porque ha alcanzado su duración máxima. Recargue la página para iniciar sesión de nuevo.",
  "The user name or the password is wrong. Check both and try again.":
    "El nombre de usuario o la contraseña no son correctos. Compruebe ambos e inténtelo de nuevo.",
  "There were too many failed sign-ins. Try again in {seconds} seconds.":
    "Ha habido demasiados inicios de sesión fallidos. Inténtelo de nuevo en {seconds} segundos.",
} satisfies Record<Text, string>;
