/** The style of the sign-in page, which strangers get: in the page itself, as no other address answers them. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #e9edf4; --surface: #fbfcfe; --line: #8590a3; --text: #171b22; --muted: #545e6e;
  --accent: #2456c5; --on-accent: #fff; --bad: #a3212b; --bad-ground: #fdecec;
  --shadow: 0 12px 40px rgb(10 14 22 / 0.18), 0 2px 6px rgb(10 14 22 / 0.1);
  font: 16px / 1.45 system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171d; --surface: #1a1e26; --line: #77839a; --text: #edf0f5; --muted: #a8b2c2;
    --accent: #8fb2ff; --on-accent: #0d1a36; --bad: #ffb3b6; --bad-ground: #40222a;
    --shadow: 0 12px 40px rgb(0 0 0 / 0.55), 0 0 0 1px rgb(255 255 255 / 0.06);
  }
}
* { box-sizing: border-box; }
body {
  display: grid; place-items: center; min-height: 100vh; min-height: 100dvh; margin: 0; padding: 16px;
  background: var(--ground); color: var(--text);
}
main {
  width: min(380px, 100%); padding: 32px 28px 28px; border-radius: 16px;
  background: var(--surface); box-shadow: var(--shadow);
}
main.waits { animation: appear 0.1s 0.6s backwards; }
@keyframes appear { from { opacity: 0; } }
img { display: block; width: 72px; height: 72px; margin: 0 auto 12px; object-fit: contain; }
h1 { margin: 0 0 20px; font-size: 22px; line-height: 1.3; text-align: center; overflow-wrap: anywhere; }
.problem {
  margin: 0 0 16px; padding: 10px 14px; border-radius: 10px; background: var(--bad-ground); color: var(--bad);
}
label { display: block; margin-bottom: 4px; color: var(--muted); font-size: 14px; }
input {
  display: block; width: 100%; min-height: 44px; margin-bottom: 14px; padding: 8px 12px;
  border: 1px solid var(--line); border-radius: 10px; background: transparent; color: inherit; font: inherit;
}
button {
  width: 100%; min-height: 44px; margin-top: 6px; border: 1px solid transparent; border-radius: 10px;
  background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 600; cursor: pointer;
}
button:hover { background: color-mix(in srgb, var(--accent), var(--text) 15%); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
@media (max-width: 420px) { main { padding: 24px 20px 20px; } }
@media (prefers-reduced-motion: reduce) { main.waits { animation-duration: 0s; } }
@media (forced-colors: active) { main { border: 1px solid CanvasText; } }
`;
