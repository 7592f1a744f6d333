import type { Collection, Offer } from "../collect.ts";
import { isExample } from "../examples.ts";
import { type KasmRange, NEWEST_KASM } from "../kasm-versions.ts";
import { escapeHtml } from "./escape.ts";

/** The page at the registry's address. Without scripts only search, filter and copying are missing. Links are relative. */
export function renderSite({ settings, offers }: Collection): string {
  const { name, description, listUrl, contactUrl, icon, compatibility } = settings;
  const categories = [...new Set(offers.flatMap(({ workspace }) => workspace.categories))].sort();
  const addresses = [listUrl, contactUrl, ...offers.map(({ image }) => image.repository)];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="${escapeHtml(description)}">
<title>${escapeHtml(name)}: workspaces for Kasm</title>
<link rel="icon" href="${escapeHtml(icon)}">
<link rel="stylesheet" href="site.css">
<script src="site.js" defer></script>
</head>
<body>
<header>
<img src="${escapeHtml(icon)}" alt="" width="64" height="64">
<div><h1>${escapeHtml(name)}</h1><p>${escapeHtml(description)}</p></div>
</header>
<main>
${addresses.some(isExample) ? NOTICE : ""}<section aria-labelledby="add">
<h2 id="add">Add it to Kasm</h2>
<p>Open <b>Workspaces</b> › <b>Registry</b> › <b>Add new</b> as an administrator and enter this address:</p>
<p class="copied">${addressOf(listUrl)}${copyButton(listUrl, "the address")}</p>
</section>
<section aria-labelledby="workspaces">
<h2 id="workspaces">Workspaces</h2>
<form role="search" id="filter" hidden>
<label>Search <input type="search" name="words" autocomplete="off"></label>
<label>Category <select name="category"><option value="">All</option>${categories.map(option).join("")}</select></label>
<output name="count"></output>
</form>
<ul id="list">
${offers.map((offer) => renderOffer(offer, compatibility)).join("\n")}
</ul>
</section>
</main>
<footer><a href="${escapeHtml(contactUrl)}">Contact</a>${isExample(contactUrl) ? EXAMPLE : ""} · <a href="versions.txt">versions.txt</a></footer>
</body>
</html>
`;
}

const EXAMPLE = ' <small class="example">example</small>';

const NOTICE = `<p class="notice" role="note"><b>A draft.</b> The addresses marked${EXAMPLE} do not exist: Kasm can use this registry once <code>registry/registry.json</code> has real ones.</p>
`;

function option(category: string): string {
  return `<option>${escapeHtml(category)}</option>`;
}

function renderOffer({ workspace, image, icon, view }: Offer, kasm: KasmRange): string {
  const { name, title, description, categories } = workspace;
  const reference = `${image.repository}:${image.tags[0]}`;
  const facts = [
    [`Image${copyButton(reference, `the name of the image of ${title}`)}`, addressOf(reference)],
    ["Tags", escapeHtml(image.tags.join(", "))],
    ["Size", gigabytes(image.size)],
    ["Architecture", escapeHtml(image.architectures.join(", "))],
    ["Kasm", escapeHtml(`${kasm.from} to ${kasm.to ?? NEWEST_KASM}`)],
  ];
  return `<li data-categories="${escapeHtml(JSON.stringify(categories))}">
<article aria-labelledby="${name}">
${view ? renderView(name, title) : ""}<header>
<img src="icons/${escapeHtml(icon)}" alt="" width="44" height="44">
<div><h3 id="${name}">${escapeHtml(title)}</h3>
<p class="categories">${categories.map(escapeHtml).join(" · ")}</p></div>
</header>
<p>${escapeHtml(description)}</p>
<dl>${facts.map(([term, value]) => `<div><dt>${term}</dt><dd>${value}</dd></div>`).join("")}</dl>
<button type="button" popovertarget="install-${name}">Install …</button>
${renderDialog(name, title, reference)}
</article>
</li>`;
}

function renderView(name: string, title: string): string {
  const file = `pictures/${name}.webp`;
  return `<a class="view" href="${file}"><img src="${file}" alt="The desktop of ${escapeHtml(title)}" width="800" height="500" loading="lazy"></a>
`;
}

function renderDialog(name: string, title: string, reference: string): string {
  const start = `docker run --rm -d --shm-size=512m --pids-limit=2000 -p 127.0.0.1:6901:6901 -e VNC_PW ${reference}`;
  return `<div popover id="install-${name}" role="dialog" aria-labelledby="install-${name}-title">
<h4 id="install-${name}-title">Install ${escapeHtml(title)}</h4>
<p>In Kasm, once this registry is added: <b>Workspaces</b> › <b>Registry</b> › <b>${escapeHtml(title)}</b> › <b>Install</b>.</p>
<p>Without Kasm, put a password into the variable VNC_PW and start it with Docker:</p>
<pre><code>${breakable(start)}</code></pre>
<p>Then open https://localhost:6901 and log in as kasm_user.</p>
<div class="buttons">${copyButton(start, "the command")}<button type="button" popovertarget="install-${name}" popovertargetaction="hide">Close</button></div>
</div>`;
}

/** An address or an image's name, marked where it is an example. */
function addressOf(text: string): string {
  return `<code>${breakable(text)}</code>${isExample(text) ? EXAMPLE : ""}`;
}

/** The script shows it. */
function copyButton(text: string, what: string): string {
  return `<button type="button" class="copy" data-text="${escapeHtml(text)}" aria-label="Copy ${escapeHtml(what)}" hidden>Copy</button>`;
}

/** A line ends between the parts of an address or an image's name, or between words; a part longer than a line is broken. */
function breakable(text: string): string {
  const words = text.split(" ").map((word) => word.split(/(?<=\/)(?!\/)|(?=:[^/]*$)/));
  return words
    .map((parts) => parts.map((part) => `<span>${escapeHtml(part)}</span>`).join("<wbr>"))
    .join(" ");
}

function gigabytes(bytes: number): string {
  return `${Math.max(bytes / 1e9, 0.1).toFixed(1)} GB`;
}
