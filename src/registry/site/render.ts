import type { Collection, Offer } from "../collect.ts";

/** The page at the registry's address. Without scripts only search and filter are missing. Links are relative. */
export function renderSite({ settings, offers }: Collection): string {
  const { name, description, listUrl, contactUrl, icon, compatibility } = settings;
  const categories = [...new Set(offers.flatMap(({ workspace }) => workspace.categories))].sort();
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
<section aria-labelledby="add">
<h2 id="add">Add it to Kasm</h2>
<p>Open <b>Workspaces</b> › <b>Registry</b> › <b>Add new</b> as an administrator and enter this address:</p>
<p><code>${escapeHtml(listUrl)}</code></p>
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
<footer><a href="${escapeHtml(contactUrl)}">Contact</a> · <a href="versions.txt">versions.txt</a></footer>
</body>
</html>
`;
}

function option(category: string): string {
  return `<option>${escapeHtml(category)}</option>`;
}

function renderOffer({ workspace, image, icon }: Offer, kasm: readonly string[]): string {
  const { name, title, description, categories } = workspace;
  const reference = `${image.repository}:${image.tags[0]}`;
  const facts = [
    ["Image", `<code>${escapeHtml(reference)}</code>`],
    ["Tags", escapeHtml(image.tags.join(", "))],
    ["Size", `${Math.ceil(image.size / 1e6)} MB`],
    ["Architecture", escapeHtml(image.architectures.join(", "))],
    ["Kasm", escapeHtml(kasm.join(", "))],
  ];
  return `<li data-categories="${escapeHtml(JSON.stringify(categories))}">
<article aria-labelledby="${name}">
<img src="icons/${escapeHtml(icon)}" alt="" width="56" height="56">
<h3 id="${name}">${escapeHtml(title)}</h3>
<p>${escapeHtml(description)}</p>
<p class="categories">${categories.map(escapeHtml).join(" · ")}</p>
<dl>${facts.map(([term, value]) => `<div><dt>${term}</dt><dd>${value}</dd></div>`).join("")}</dl>
<button type="button" popovertarget="install-${name}">Install …</button>
<div popover id="install-${name}" role="dialog" aria-labelledby="install-${name}-title">
<h4 id="install-${name}-title">Install ${escapeHtml(title)}</h4>
<p>In Kasm, once this registry is added: <b>Workspaces</b> › <b>Registry</b> › <b>${escapeHtml(title)}</b> › <b>Install</b>.</p>
<p>Without Kasm, put a password into the variable VNC_PW and start it with Docker:</p>
<pre><code>docker run --rm -d --shm-size=512m --pids-limit=2000 -p 127.0.0.1:6901:6901 -e VNC_PW ${escapeHtml(reference)}</code></pre>
<p>Then open https://localhost:6901 and log in as kasm_user.</p>
<button type="button" popovertarget="install-${name}" popovertargetaction="hide">Close</button>
</div>
</article>
</li>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
