import type { Log } from "../log/log.ts";
import { splitArguments } from "../session/split-arguments.ts";

/** An option as given: `-sslOnly 0`, `-FrameRate=30`, `Log=*:stdout:100`. */
interface Option {
  /** Without dashes and in lower case, which Xvnc does not distinguish. */
  readonly name: string;
  readonly value: string | undefined;
  /** The words for the command line of Xvnc. */
  readonly words: readonly string[];
}

/**
 * The options of VNCOPTIONS as words of Xvnc's command line. Options that would let people in without a password, that
 * Kasmix sets itself, or that Xvnc does not accept are left out, each with a log line that says what to do.
 */
export function vncOptions(text: string | undefined, log: Log): string[] {
  return readOptions(splitArguments(text ?? "")).flatMap((option) => {
    const reason = whyRefused(option);
    if (reason === undefined) return [...option.words];
    // Never log the value: it may be a password.
    const message = `VNCOPTIONS: ${option.name} is left out. ${reason}`;
    log.warn({ event: "vncoptions.refused", option: option.name, message });
    return [];
  });
}

function readOptions(words: readonly string[]): Option[] {
  const options: Option[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? "";
    const [, before = word, assigned] = /^([^=]*)=(.*)$/s.exec(word) ?? [];
    const isOption = /^--?[A-Za-z]/.test(word) || assigned !== undefined;
    const name = isOption ? before.replace(/^--?/, "").toLowerCase() : word;
    const next = words[index + 1];
    const own = assigned === undefined && next !== undefined && belongsTo(name, next) ? next : undefined;
    if (own !== undefined) index += 1;
    const value = assigned ?? own;
    options.push({ name, value, words: wordsOf(name, before, value) });
  }
  return options;
}

/**
 * Whether a word is the value of the option before it. A word that Xvnc reads as an option must not pass as a value:
 * `-hw3d disableBasicAuth=1` are two options.
 */
function belongsTo(name: string, word: string): boolean {
  if (BARE.has(name)) return false;
  if (TOGGLES.has(name)) return /^(0|1|on|off|yes|no|true|false)$/i.test(word);
  // A number may be negative.
  return !/^--?[A-Za-z]/.test(word);
}

/** The X server's own options take no `=`, and switches take no separate value. */
function wordsOf(name: string, before: string, value: string | undefined): string[] {
  const dashed = `-${before.replace(/^--?/, "")}`;
  if (value === undefined) return [dashed];
  return TOGGLES.has(name) ? [`${dashed}=${value}`] : [dashed, value];
}

function whyRefused({ name, value }: Option): string | undefined {
  if (OPENS.has(name)) return "It would let people in without a password.";
  const instead = KASMIX_SETS[name];
  if (instead !== undefined) return `Kasmix sets it: ${instead}.`;
  if (SCRIPT_ONLY.has(name)) return "It is for KasmVNC's start script, which is not used here.";
  if (VALUED.has(name) && value === undefined) return "It needs a value; Xvnc would take the next word.";
  if (BARE.has(name) && value !== undefined) return "It has no value.";
  if (TOGGLES.has(name) || VALUED.has(name) || BARE.has(name)) return undefined;
  return "It is not a known option of Xvnc, which does not start with unknown ones.";
}

const TOGGLES = names(`
  AcceptCutText SendCutText SendPrimary SetPrimary AcceptPointerEvents AcceptKeyEvents AcceptSetDesktopSize
  AlwaysShared NeverShared DisconnectClients PreferBandwidth PrintVideoArea ImprovedHextile IgnoreClientSettingsKasm
  DLP_RegionAllowClick DLP_RegionAllowRelease QueryConnect AvoidShiftNumLock RawKeyboard FreeKeyMappings
  DetectScrolling DetectHorizontal`);

const VALUED = names(`
  desktop geometry depth pixelformat ClientWaitTimeMillis FrameRate DynamicQualityMin DynamicQualityMax TreatLossless
  RectThreads JpegVideoQuality WebpVideoQuality MaxVideoResolution VideoTime VideoOutTime VideoArea
  VideoQualityCRFCQP GroupOfPicture webpEncodingTime videoCodec CompareFB ZlibLevel ScrollDetectLimit DLP_Region
  DLP_ClipSendMax DLP_ClipAcceptMax DLP_ClipDelay DLP_ClipTypes DLP_KeyRateLimit DLP_Log DLP_WatermarkImage
  DLP_WatermarkLocation DLP_WatermarkTint DLP_WatermarkRepeatSpace DLP_WatermarkText DLP_WatermarkFont
  DLP_WatermarkTimeOffset DLP_WatermarkTimeOffsetMinutes DLP_WatermarkTextAngle IdleTimeout MaxDisconnectionTime
  MaxConnectionTime MaxIdleTime QueryConnectTimeout Log RemapKeys AllowOverride drinode UnixRelay fp dpi extension`);

/** The X server's own, which have no value. */
const BARE = names("hw3d noclipboard nocursor noreset br wr shmem quiet iglx render");

/** RFB without a password, another list of passwords, an X server that lets everybody in. */
const OPENS = names(
  "disableBasicAuth noWebsocket KasmPasswordFile SecurityTypes rfbunixpath inetd ac listen Password",
);

const GATEWAY = "the gateway serves the network (docs/operate/runtime.md)";

/** Options that the container depends on, each with the way to change it. */
const KASMIX_SETS: Readonly<Record<string, string>> = {
  websocketport: "set NO_VNC_PORT",
  cert: "set KASMIX_TLS_CERT",
  key: "set KASMIX_TLS_KEY",
  auth: "the cookie is in $XAUTHORITY",
  displayfd: "the supervisor uses it to learn that the display is ready",
  ...Object.fromEntries(
    [
      ...names(`sslOnly interface httpd http-header rfbport rfbwait localhost UseIPv4 UseIPv6 BlacklistThreshold
        BlacklistTimeout PublicIP StunServer udpPort udpFullFrameFrequency`),
    ].map((name) => [name, GATEWAY]),
  ),
};

const SCRIPT_ONLY = names(
  "select-de prompt fg autokill noxstartup xstartup config debug dry-run kill list test-output-topic",
);

function names(text: string): ReadonlySet<string> {
  return new Set(text.trim().toLowerCase().split(/\s+/));
}
