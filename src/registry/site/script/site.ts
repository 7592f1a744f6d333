/** Search, filter and copying on the registry's page, which lists every workspace without this script, too. */
const form = document.querySelector<HTMLFormElement>("#filter");
const items = [...document.querySelectorAll<HTMLLIElement>("#list > li")];

if (form) {
  form.hidden = false;
  form.addEventListener("input", () => filter(form));
  form.addEventListener("submit", (event) => event.preventDefault());
  filter(form);
}

for (const button of document.querySelectorAll<HTMLButtonElement>("button.copy")) {
  button.hidden = false;
  button.addEventListener("click", () => void copy(button));
}

function filter(form: HTMLFormElement): void {
  const data = new FormData(form);
  const words = String(data.get("words") ?? "")
    .toLowerCase()
    .split(/\s+/);
  const category = String(data.get("category") ?? "");
  for (const item of items) {
    const parts = [...item.querySelectorAll("article > header, article > p, article > dl")];
    const text = parts.map(({ textContent }) => textContent?.toLowerCase() ?? "").join(" ");
    const categories: readonly string[] = JSON.parse(item.dataset.categories ?? "[]");
    item.hidden =
      !words.every((word) => text.includes(word)) || (category !== "" && !categories.includes(category));
  }
  const count = items.filter((item) => !item.hidden).length;
  const output = form.elements.namedItem("count");
  if (output instanceof HTMLOutputElement) output.value = `${count} of ${items.length}`;
}

/** Copies the button's text, and says so on the button for a moment. */
async function copy(button: HTMLButtonElement): Promise<void> {
  const copied = await write(button.dataset.text ?? "", button);
  button.textContent = copied ? "Copied" : "Not copied";
  setTimeout(() => {
    button.textContent = "Copy";
  }, 2000);
}

async function write(text: string, button: HTMLButtonElement): Promise<boolean> {
  // Browsers have the clipboard's interface only on HTTPS and on this machine.
  if (navigator.clipboard)
    return navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
  const field = document.createElement("textarea");
  field.value = text;
  // Beside the button: a dialog makes everything outside it inert.
  button.after(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  button.focus();
  return copied;
}
