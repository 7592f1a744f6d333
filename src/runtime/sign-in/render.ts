import { createHash } from "node:crypto";
import { chooseLanguage, type Translate, translatorTo } from "../../client/translations/languages.ts";
import { STYLE } from "./style.ts";

/**
 * Why somebody sees the page who has tried to sign in. `origin`: the form came from a page that counts as another site's;
 * `cookie`: the browser did not keep the session's cookie.
 */
export type Problem = "wrong" | "origin" | "cookie" | { readonly seconds: number };

/** What the page shows. */
export interface SignInView {
  /** The desktop's name. */
  readonly title: string;
  /** Address of the desktop's picture. */
  readonly picture?: string | undefined;
  /** Where the form is sent, relative to the page. */
  readonly action: string;
  /** The user name that is filled in. */
  readonly name: string;
  readonly problem?: Problem | undefined;
  /**
   * Whether a page of another site led here. Browsers then keep back the cookie of a session that they may have, so the
   * page asks once more by itself. @default false
   */
  readonly isFromElsewhere?: boolean;
}

/** The policy of the page: no scripts, its own style, and a form for this site alone. */
export const SIGN_IN_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`,
  "img-src data:",
  "base-uri 'none'",
  "form-action 'self'",
].join("; ");

/** The page by which people sign in. It needs no script and nothing else of the gateway. */
export function renderSignIn(view: SignInView, t: Translate, language: string): string {
  const { title, picture, action, name, problem, isFromElsewhere = false } = view;
  const [heading, address] = [escapeHtml(title), escapeHtml(action)];
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
${isFromElsewhere ? `<meta http-equiv="refresh" content="0; url=${address}">\n` : ""}<title>${t("Sign in")} – ${heading}</title>
${picture === undefined ? "" : `<link rel="icon" href="${picture}">\n`}<style>${STYLE}</style>
</head>
<body>
<main${isFromElsewhere ? ' class="waits"' : ""}>
${picture === undefined ? "" : `<img src="${picture}" alt="">\n`}<h1>${heading}</h1>
${problem === undefined ? "" : `<p class="problem" id="problem" role="alert">${escapeHtml(wordsFor(problem, t))}</p>\n`}<form method="post" action="${address}">
<label for="username">${t("User name")}</label>
<input id="username" name="username" value="${escapeHtml(name)}" autocomplete="username" autocapitalize="none" spellcheck="false" required>
<label for="password">${t("Password")}</label>
<input id="password" name="password" type="password" autocomplete="current-password" required autofocus${problem === undefined ? "" : ' aria-describedby="problem"'}>
<button>${t("Sign in")}</button>
</form>
</main>
</body>
</html>
`;
}

/** The language for a request with this query, and its texts. */
export async function speakTo(query: string, acceptLanguage: string | undefined) {
  const language = chooseLanguage(new URL(`https://desktop/${query}`), preferredIn(acceptLanguage));
  return { language, t: await translatorTo(language) };
}

/** The languages of an Accept-Language header, the preferred one first. */
function preferredIn(header = ""): string[] {
  const weighted = header.split(",").map((entry) => {
    const [tag = "", ...options] = entry.split(";").map((part) => part.trim());
    const weight = options.find((option) => option.startsWith("q="));
    return { tag, weight: weight === undefined ? 1 : Number(weight.slice(2)) || 0 };
  });
  return weighted
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag);
}

function wordsFor(problem: Problem, t: Translate): string {
  if (problem === "wrong") return t("The user name or the password is wrong. Check both and try again.");
  if (problem === "origin")
    return t(
      "The workspace takes this page for another site's: the proxy in front of it changes the host name, or serves it by plain HTTP.",
    );
  if (problem === "cookie")
    return t("The workspace did not get your sign-in cookie: the browser or a proxy holds it back.");
  return t("There were too many failed sign-ins. Try again in {seconds} seconds.", {
    // The shortest pause is one second, which would need another word.
    seconds: Math.max(2, problem.seconds),
  });
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
