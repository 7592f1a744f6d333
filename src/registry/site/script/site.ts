/** Search and filter of the registry's page, which lists every workspace without this script, too. */
const form = document.querySelector<HTMLFormElement>("#filter");
const items = [...document.querySelectorAll<HTMLLIElement>("#list > li")];

if (form) {
  form.hidden = false;
  form.addEventListener("input", () => filter(form));
  form.addEventListener("submit", (event) => event.preventDefault());
  filter(form);
}

function filter(form: HTMLFormElement): void {
  const data = new FormData(form);
  const words = String(data.get("words") ?? "")
    .toLowerCase()
    .split(/\s+/);
  const category = String(data.get("category") ?? "");
  for (const item of items) {
    const text = item.querySelector("article")?.textContent?.toLowerCase() ?? "";
    const categories: readonly string[] = JSON.parse(item.dataset.categories ?? "[]");
    item.hidden =
      !words.every((word) => text.includes(word)) || (category !== "" && !categories.includes(category));
  }
  const count = items.filter((item) => !item.hidden).length;
  const output = form.elements.namedItem("count");
  if (output instanceof HTMLOutputElement) output.value = `${count} of ${items.length}`;
}
