import type { Text } from "./de.ts";

/** Japanese texts by their English ones, translated by a machine: no speaker has read them yet. */
export const japanese = {
  "Invite a viewer": "閲覧者を招待",
  Invitation: "招待",
  "Copy invitation": "招待をコピー",
  Invited: "招待済み",
  "Whoever has this may watch and listen until you withdraw it or the desktop stops.":
    "これを受け取った人は、取り消されるかデスクトップが停止するまで視聴できます。",
  "User name": "ユーザー名",
  Password: "パスワード",
  Withdraw: "取り消す",
  "Withdraw the invitation of {name}": "{name} の招待を取り消す",
  "Search settings": "設定を検索",
  "Nothing was found.": "見つかりませんでした。",
  "Sound and microphone": "サウンドとマイク",
  Display: "表示",
  "Keys and mouse": "キーとマウス",
  More: "その他",
  App: "アプリ",
  "As an app the desktop has a window and an icon of its own. The browser will ask you to confirm.":
    "アプリにすると、デスクトップは専用のウィンドウとアイコンを持ちます。ブラウザーが確認を求めます。",
  "Install as an app": "アプリとしてインストール",
  Connection: "接続",
  "In full screen the desktop also gets Escape, Alt+Tab and Ctrl+W. Hold Escape to leave.":
    "全画面では Escape、Alt+Tab、Ctrl+W もデスクトップに届きます。終了するには Escape を長押しします。",
  Allow: "許可",
  "Not now": "今はしない",
  "Your clipboard can come to the desktop by itself. For that, the browser will ask you once.":
    "クリップボードを自動でデスクトップに渡せます。そのためにブラウザーが一度だけ確認します。",
  "Drop the files to upload them.": "ファイルをドロップするとアップロードされます。",
  "They go to the folder Uploads of the desktop.": "デスクトップの Uploads フォルダーに入ります。",
  "The browser will ask whether this page may use your microphone. Programs on the desktop hear you only while it is on.":
    "このページがマイクを使ってよいか、ブラウザーが確認します。デスクトップのプログラムに聞こえるのは、オンの間だけです。",
  "The browser will ask whether this page may use your camera. Programs on the desktop see you only while it is on.":
    "このページがカメラを使ってよいか、ブラウザーが確認します。デスクトップのプログラムに見えるのは、オンの間だけです。",
  "Nothing is kept: files and settings are lost when this desktop stops.":
    "何も保存されません。このデスクトップが停止すると、ファイルと設定は失われます。",
  "Whoever runs this desktop has to give it a home that can be written to.":
    "管理者は、書き込み可能なホームフォルダーを用意する必要があります。",
  Alt: "Alt",
  "Alt F4": "Alt F4",
  "Alt Tab": "Alt Tab",
  "Another tab or device uses the microphone now. Turn it on to speak here again.":
    "別のタブまたはデバイスがマイクを使用しています。ここで再び話すにはオンにしてください。",
  "Another tab or device shows its camera now. Turn yours on to show it again.":
    "別のタブまたはデバイスのカメラが表示されています。再び表示するにはオンにしてください。",
  Bandwidth: "帯域幅",
  Camera: "カメラ",
  "Camera on": "カメラはオン",
  "Camera starting": "カメラを起動中",
  Cancel: "キャンセル",
  Cancelled: "キャンセルしました",
  "Cancelled after {doneFiles} of {files} files": "{files} 個中 {doneFiles} 個のファイルでキャンセルしました",
  Clipboard: "クリップボード",
  Close: "閉じる",
  "Close controls": "パネルを閉じる",
  "Panel theme": "パネルのテーマ",
  "Connect a gamepad and press one of its buttons.":
    "ゲームパッドを接続し、いずれかのボタンを押してください。",
  Connected: "接続済み",
  People: "参加者",
  Connecting: "接続中",
  Controls: "パネル",
  "Controls (Ctrl+Alt+Shift)": "パネル (Ctrl+Alt+Shift)",
  "Copied to this computer.": "このコンピューターにコピーしました。",
  Copy: "コピー",
  "Copy picture": "画像をコピー",
  "Copy to this computer": "このコンピューターにコピー",
  Ctrl: "Ctrl",
  "Ctrl Alt Del": "Ctrl Alt Del",
  "Ctrl Alt T": "Ctrl Alt T",
  "Press and release Ctrl+Alt+Shift to open or close this panel.":
    "Ctrl+Alt+Shift を押して離すと、このパネルが開閉します。",
  Dark: "ダーク",
  Desktop: "デスクトップ",
  "Desktop controls": "デスクトップの操作パネル",
  Discard: "破棄",
  Disconnect: "切断",
  "Disconnect {who} at {address}": "{address} の{who}を切断",
  Disconnected: "切断されました",
  Dismiss: "閉じる",
  Down: "下",
  Download: "ダウンロード",
  Esc: "Esc",
  "Extra keys": "追加のキー",
  F11: "F11",
  Files: "ファイル",
  "Files…": "ファイル…",
  "Actual size": "実際のサイズ",
  Folder: "フォルダー",
  "Folder…": "フォルダー…",
  "Fit desktop to this window": "デスクトップをウィンドウに合わせる",
  "Another window sets the desktop's size. Here the picture is scaled.":
    "別のウィンドウがデスクトップのサイズを決めています。ここでは画像が拡大縮小されます。",
  "For games: keeps the mouse on the desktop until you press Escape":
    "ゲーム用：Escape を押すまでマウスをデスクトップ内に留めます",
  Frames: "フレーム",
  "Full screen": "全画面",
  Gamepad: "ゲームパッド",
  Gamepads: "ゲームパッド",
  "Hidden files": "隠しファイル",
  Home: "ホーム",
  "In ~/Uploads, {bytes}": "~/Uploads に保存、{bytes}",
  Input: "入力デバイス",
  "Input level": "入力レベル",
  "This folder cannot be read.": "このフォルダーは読み取れません。",
  "Sync clipboard automatically": "自動的に同期",
  Keyboard: "キーボード",
  "Keyboard input for the desktop": "デスクトップへのキーボード入力",
  "Physical key positions (games)": "物理的なキー位置 (ゲーム)",
  Latency: "遅延",
  Left: "左",
  Level: "レベル",
  Licences: "ライセンス",
  Light: "ライト",
  "Lock mouse": "マウスを固定",
  Microphone: "マイク",
  Dropped: "破棄",
  "Microphone on": "マイクはオン",
  "Microphone paused": "マイクは一時停止中",
  "Microphone starting": "マイクを起動中",
  "Microphone queue": "マイクの待ち行列",
  "No camera was found.": "カメラが見つかりません。",
  "No microphone was found.": "マイクが見つかりません。",
  Unfinished: "未完了",
  "Not uploaded": "アップロードされていません",
  "This folder is empty.": "このフォルダーは空です。",
  "Off: nothing is sent.": "オフ：何も送信されません。",
  "A part of this page did not load. Please reload it.":
    "このページの一部を読み込めませんでした。再読み込みしてください。",
  "Opening the desktop…": "デスクトップを開いています…",
  "Or drop files and folders on the desktop, or paste them. They go to ~/Uploads.":
    "ファイルやフォルダーをデスクトップにドロップするか、貼り付けることもできます。~/Uploads に入ります。",
  "Other pages use the desktop's other gamepads.":
    "デスクトップの他のゲームパッドは別のページで使われています。",
  Owner: "所有者",
  Paste: "貼り付け",
  "Paste from this computer": "このコンピューターから貼り付け",
  "Picture copied on the desktop": "デスクトップでコピーした画像",
  "Play the desktop's sound": "デスクトップの音を再生",
  Playing: "再生中",
  "Playing, {milliseconds} ms buffered": "再生中、バッファー {milliseconds} ms",
  Print: "PrtSc",
  "Programs on the desktop see no gamepad.": "デスクトップのプログラムからゲームパッドは見えません。",
  "Progress of {title}": "{title} の進行状況",
  Quality: "画質",
  Reconnect: "再接続",
  Reconnecting: "再接続中",
  "Reduce noise and echo": "雑音とエコーを抑える",
  "Record picture and sound": "映像と音声を録画",
  "Recorded files": "録画したファイル",
  "Recorded. The files are in ~/Downloads.": "録画しました。ファイルは ~/Downloads にあります。",
  Recording: "録画",
  "Recording for {time}": "録画時間 {time}",
  "Nothing is recorded: {reason}.": "録画されていません：{reason}",
  "Stop recording": "録画を停止",
  "The recording has ended: it has reached its largest size.": "録画を終了しました：最大サイズに達しました。",
  "The recording has ended: its file cannot be written.": "録画を終了しました：ファイルに書き込めません。",
  "The recording has ended: the disk is too slow for it.": "録画を終了しました：ディスクが遅すぎます。",
  "The recording has ended: there is no more room for it.": "録画を終了しました：空き容量がありません。",
  Refresh: "更新",
  "Reload page": "ページを再読み込み",
  "Remote desktop": "リモートデスクトップ",
  Retry: "再試行",
  Right: "右",
  Automatic: "自動",
  "Sharp text": "くっきりした文字",
  "Save bandwidth": "データを節約",
  "Smooth while the picture moves, exact when it is still.":
    "動いている間は滑らかに、止まると正確に表示します。",
  "Every letter exact, with fewer pictures per second.": "文字は正確ですが、毎秒のフレーム数は減ります。",
  "Always smooth; letters are a little soft.": "常に滑らかですが、文字は少しぼやけます。",
  "Coarse pictures, five per second at most.": "粗い画像で、毎秒最大 5 フレームです。",
  Video: "動画",
  Decoding: "デコード",
  "Picture delay": "画像の遅れ",
  "Frames dropped": "省略したフレーム",
  "{codec} ({encoder}), now exact pixels": "{codec} ({encoder})、現在は正確なピクセル",
  "none: the connection is too slow": "なし：接続が遅すぎます",
  "none: it has a form now that this browser lacks": "なし：現在の形式にこのブラウザーは対応していません",
  "none: the desktop's encoder ended": "なし：デスクトップのエンコーダーが終了しました",
  "none: switched off": "なし：オフになっています",
  "none: this browser decodes no video, or the page has no https":
    "なし：このブラウザーは動画をデコードできないか、ページが https ではありません",
  "Save picture": "画像を保存",
  "Scale picture to window": "画像をウィンドウに合わせる",
  "Send a picture…": "画像を送る…",
  "Sent to the desktop.": "デスクトップに送りました。",
  "Sharp on dense screens": "高精細画面でくっきり表示",
  "Signed out": "サインアウトしました",
  Size: "サイズ",
  Sound: "サウンド",
  "Sound cannot be played here: {reason}": "ここでは音を再生できません：{reason}",
  Buffer: "音声バッファー",
  "Sound needs a newer browser, and https.": "音声には新しいブラウザーと https が必要です。",
  "Sound lost": "失われた音声",
  Statistics: "統計",
  Super: "Super",
  System: "システム",
  Tab: "Tab",
  "Text shared with the desktop": "デスクトップと共有するテキスト",
  "That did not work. Try again.": "うまくいきませんでした。もう一度お試しください。",
  "The browser asks once whether this page may read your clipboard. After that, the clipboards sync automatically.":
    "このページがクリップボードを読んでよいか、ブラウザーが一度だけ確認します。その後は自動的に同期されます。",
  "The browser cannot read this picture.": "ブラウザーはこの画像を読み取れません。",
  "The browser does not allow copying. Save the picture instead.":
    "ブラウザーがコピーを許可していません。代わりに画像を保存してください。",
  "The browser does not allow copying. The text is selected: copy it with the keyboard.":
    "ブラウザーがコピーを許可していません。テキストを選択したので、キーボードでコピーしてください。",
  "The browser does not allow pasting. Paste into the field with the keyboard.":
    "ブラウザーが貼り付けを許可していません。キーボードで欄に貼り付けてください。",
  "The browser does not allow the camera. Allow it in the address bar, then turn it on again.":
    "ブラウザーがカメラを許可していません。アドレスバーで許可してから、もう一度オンにしてください。",
  "The browser does not allow the microphone. Allow it in the address bar, then turn it on again.":
    "ブラウザーがマイクを許可していません。アドレスバーで許可してから、もう一度オンにしてください。",
  "The browser blocks clipboard access for this page. Allow it by the icon in the address bar. Ctrl+V still works.":
    "ブラウザーがこのページのクリップボード利用をブロックしています。アドレスバーのアイコンから許可してください。Ctrl+V は使えます。",
  "The browser withdrew its permission for the microphone.": "ブラウザーがマイクの許可を取り消しました。",
  "The connection was closed.": "接続が閉じられました。",
  "The camera cannot be opened. Another program may be using it.":
    "カメラを開けません。別のプログラムが使用している可能性があります。",
  "The camera could not be started.": "カメラを起動できませんでした。",
  "The camera was disconnected, or the browser withdrew its permission.":
    "カメラが外されたか、ブラウザーが許可を取り消しました。",
  "The connection was lost, and the camera went off with it.":
    "接続が失われたため、カメラもオフになりました。",
  "The connection was lost. The microphone returns with it while this page is visible.":
    "接続が失われました。このページが表示されていれば、復旧時にマイクも戻ります。",
  "The desktop is restarting.": "デスクトップを再起動しています。",
  "The desktop refused the connection.": "デスクトップが接続を拒否しました。",
  "The desktop refused the camera. Reload the page and try again.":
    "デスクトップがカメラを拒否しました。ページを再読み込みして、もう一度お試しください。",
  "The desktop refused the microphone. Reload the page and try again.":
    "デスクトップがマイクを拒否しました。ページを再読み込みして、もう一度お試しください。",
  "The desktop's sound system is not ready yet. Nobody can hear you until it is.":
    "デスクトップのサウンドシステムの準備ができていません。それまで声は届きません。",
  "The files cannot be read: {reason}": "ファイルを読み取れません：{reason}",
  "The microphone cannot be opened. Another program may be using it.":
    "マイクを開けません。別のプログラムが使用している可能性があります。",
  "The microphone could not be started.": "マイクを起動できませんでした。",
  "The owner of the desktop ended your connection.": "デスクトップの所有者があなたの接続を終了しました。",
  "The server answers, but the desktop is not ready yet.":
    "サーバーは応答していますが、デスクトップの準備ができていません。",
  "Too many failed sign-ins: the server refuses new ones for a while.":
    "サインインの失敗が多すぎます。しばらくの間、サーバーは受け付けません。",
  "The server does not answer. The network may be down, or the workspace stopped.":
    "サーバーが応答しません。ネットワークが切れているか、ワークスペースが停止している可能性があります。",
  "This folder has more entries than are shown.": "このフォルダーには、表示されている以外の項目もあります。",
  "There is no connection.": "接続がありません。",
  "The text is too long to be shown here. “Copy” takes all of it.":
    "テキストが長すぎてここに表示できません。「コピー」で全体をコピーできます。",
  "Sent without its formatting, which is larger than {limit}.":
    "書式は {limit} を超えるため、書式なしで送りました。",
  "Clipboard not sent: larger than {limit}. The desktop keeps what it had.":
    "クリップボードは送られませんでした：{limit} を超えています。デスクトップの内容はそのままです。",
  "Clipboard not sent: a proxy on the way refused it as too large. The desktop keeps what it had.":
    "クリップボードは送られませんでした：途中のプロキシが大きすぎるとして拒否しました。デスクトップの内容はそのままです。",
  "Clipboard not sent: the desktop did not take it. Try again.":
    "クリップボードは送られませんでした：デスクトップが受け取りませんでした。もう一度お試しください。",
  "Copied from the desktop without its formatting, which did not arrive.":
    "書式が届かなかったため、デスクトップから書式なしでコピーしました。",
  "Not copied from the desktop: larger than {limit}. Your clipboard keeps what it had.":
    "デスクトップからコピーされませんでした：{limit} を超えています。クリップボードの内容はそのままです。",
  "Not copied from the desktop: the program there does not answer. Copy it again.":
    "デスクトップからコピーされませんでした：プログラムが応答しません。もう一度コピーしてください。",
  "Not copied from the desktop: the connection failed. Copy it again.":
    "デスクトップからコピーされませんでした：接続に失敗しました。もう一度コピーしてください。",
  "This browser shares your clipboard only when you paste: press Ctrl+V on the desktop, or paste above.":
    "このブラウザーは貼り付けたときだけクリップボードを共有します。デスクトップで Ctrl+V を押すか、上の欄に貼り付けてください。",
  "This desktop needs JavaScript.": "このデスクトップには JavaScript が必要です。",
  "This folder no longer exists.": "このフォルダーはもうありません。",
  "This workspace does not allow copying to your computer.":
    "このワークスペースでは、お使いのコンピューターへのコピーは許可されていません。",
  "This workspace does not allow pasting from your computer.":
    "このワークスペースでは、お使いのコンピューターからの貼り付けは許可されていません。",
  "The workspace takes this page for another site's: the proxy in front of it changes the host name, or serves it by plain HTTP.":
    "ワークスペースはこのページを別のサイトのものとみなしています。手前のプロキシがホスト名を変えているか、平文の HTTP で配信しています。",
  "The proxy in front of the workspace takes the Upgrade header from WebSockets.":
    "ワークスペースの手前のプロキシが WebSocket の Upgrade ヘッダーを取り除いています。",
  "The workspace did not get your sign-in cookie: the browser or a proxy holds it back.":
    "ワークスペースにサインインの Cookie が届きませんでした。ブラウザーかプロキシが止めています。",
  "The workspace answers, but WebSockets do not reach it: a proxy or a filter stops them.":
    "ワークスペースは応答していますが、WebSocket が届きません。プロキシかフィルターが止めています。",
  "A proxy answers, but does not reach the workspace, which may be starting or stopped.":
    "プロキシは応答していますが、ワークスペースに届きません。起動中か停止中の可能性があります。",
  "The proxy in front of the workspace no longer lets you in. Reload the page to sign in again.":
    "ワークスペースの手前のプロキシがアクセスを許可しなくなりました。ページを再読み込みして、もう一度サインインしてください。",
  "A proxy answers in place of the workspace.": "ワークスペースの代わりにプロキシが応答しています。",
  "A proxy answers in place of the workspace (status {status}).":
    "ワークスペースの代わりにプロキシが応答しています (ステータス {status})。",
  "Files, sound and others are missing here: a proxy answers in place of the workspace (status {status}).":
    "ファイルやサウンドなどは利用できません。ワークスペースの代わりにプロキシが応答しています (ステータス {status})。",
  "a proxy does not reach the workspace": "プロキシがワークスペースに届きません",
  "a proxy refuses it (status {status})": "プロキシが拒否しています (ステータス {status})",
  "a proxy in front of the workspace refuses even {size} at a time":
    "ワークスペースの手前のプロキシが一度に {size} でも拒否します",
  "the workspace takes this page for another site's, because of a proxy in front of it":
    "手前のプロキシのため、ワークスペースはこのページを別のサイトのものとみなしています",
  "Try now": "今すぐ試す",
  "Trying again in {seconds}\u00a0s.": "{seconds} 秒後に再試行します。",
  "Trying now…": "再試行しています…",
  "Turn camera off": "カメラをオフにする",
  "Turn camera on": "カメラをオンにする",
  "Turn microphone off": "マイクをオフにする",
  "Turn microphone on": "マイクをオンにする",
  "Turn sound on": "音を出す",
  "Turn the microphone on to continue.": "続けるにはマイクをオンにしてください。",
  Up: "上",
  "Up to {size} each.": "1 つあたり {size} まで。",
  Upload: "アップロード",
  Uploads: "アップロードしたファイル",
  "Use gamepads": "ゲームパッドを使う",
  "View only": "表示のみ",
  Participant: "共同操作者",
  Viewer: "閲覧者",
  Volume: "音量",
  Watching: "閲覧中",
  "Whole folder": "フォルダー全体",
  "You disconnected from the desktop.": "デスクトップから切断しました。",
  "Your browser plays nothing: this computer may have no loudspeaker.":
    "ブラウザーが何も再生しません。このコンピューターにスピーカーがない可能性があります。",
  "Your browser plays sound only after you click or type here.":
    "ブラウザーは、ここをクリックするか入力した後にだけ音を再生します。",
  "What programs see": "プログラムに見える映像",
  "Your microphone was disconnected. Another one is in use now.":
    "マイクが外されました。別のマイクを使用しています。",
  "Your sign-in is no longer valid. Reload the page to sign in again.":
    "サインインの有効期限が切れました。ページを再読み込みして、もう一度サインインしてください。",
  "Zoom of the desktop": "デスクトップの拡大率",
  "and {rest} more": "他 {rest} 件",
  "larger than this workspace accepts": "このワークスペースが受け付けるサイズを超えています",
  "no connection": "接続なし",
  "no free slot": "空きなし",
  "not enough space": "空き容量が足りません",
  "player {number}": "プレイヤー {number}",
  "signed out": "サインアウト済み",
  "status {status}": "ステータス {status}",
  "unknown layout: buttons may be swapped": "不明な配置：ボタンが入れ替わっている可能性があります",
  "{address}, since {time}": "{address}、{time} から",
  "{count} of {files} files not uploaded": "{files} 個中 {count} 個のファイルがアップロードされていません",
  "{count} packets": "{count} パケット",
  "{doneBytes} of {bytes}": "{bytes} 中 {doneBytes}",
  "{doneFiles} of {files} files, {doneBytes} of {bytes}":
    "{files} 個中 {doneFiles} 個のファイル、{bytes} 中 {doneBytes}",
  "{files} files in ~/Uploads, {bytes}": "~/Uploads に {files} 個のファイル、{bytes}",
  "{first} and {rest} more": "{first} 他 {rest} 件",
  "{late} packets late, {missing} missing": "遅延 {late} パケット、欠落 {missing}",
  "{path} is now {name}": "{path} は {name} になりました",
  "{path}: {done} of {size} uploaded. Drop or choose the file again to continue.":
    "{path}：{size} 中 {done} をアップロード済み。続けるには、もう一度ドロップするか選択してください。",
  "{value} per second": "毎秒 {value}",
  "{who} (this page)": "{who} (このページ)",
  "Sign in": "サインイン",
  "Sign out": "サインアウト",
  "Nobody seems to use this desktop. You will be disconnected in {time}.":
    "このデスクトップは使われていないようです。{time} 後に切断されます。",
  "Nobody seems to use this desktop. It will stop in {time}.":
    "このデスクトップは使われていないようです。{time} 後に停止します。",
  "This session soon reaches its longest time. You will be disconnected in {time}.":
    "このセッションはまもなく最長時間に達します。{time} 後に切断されます。",
  "This session soon reaches its longest time. The desktop will stop in {time}: save your work.":
    "このセッションはまもなく最長時間に達します。デスクトップは {time} 後に停止します。作業を保存してください。",
  "Stay connected": "接続を続ける",
  "You stay connected.": "接続は継続されます。",
  "Your session ended, because nobody used the desktop for a while. Reload the page to sign in again.":
    "しばらくデスクトップが使われなかったため、セッションが終了しました。ページを再読み込みして、もう一度サインインしてください。",
  "Your session ended, because it reached its longest time. Reload the page to sign in again.":
    "最長時間に達したため、セッションが終了しました。ページを再読み込みして、もう一度サインインしてください。",
  "The user name or the password is wrong. Check both and try again.":
    "ユーザー名またはパスワードが違います。両方を確認して、もう一度お試しください。",
  "There were too many failed sign-ins. Try again in {seconds} seconds.":
    "サインインの失敗が多すぎました。{seconds} 秒後にもう一度お試しください。",
} satisfies Record<Text, string>;
