import { createHash } from "node:crypto"
import { type Html, html } from "./html"
import type { Reply } from "./http"

const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f4f4f6; --card: #ffffff; --line: #e2e3e8; --text: #18181b;
  --muted: #5b5d66; --accent: #4338ca; --accent-text: #ffffff; --focus: #4338ca;
  --shadow: 0 1px 2px rgb(0 0 0 / 6%), 0 4px 16px rgb(0 0 0 / 5%);
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #131316; --card: #1d1d21; --line: #33343b; --text: #f4f4f5;
    --muted: #a6a8b3; --accent: #a5b4fc; --accent-text: #17172b; --focus: #a5b4fc;
    --shadow: none;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: 4px; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 16px; top: 12px; background: var(--card); padding: 8px 12px; z-index: 1; }
.bar { background: var(--card); border-bottom: 1px solid var(--line); }
.bar > div, main { max-width: 680px; margin: 0 auto; padding: 0 20px; }
.bar > div { display: flex; align-items: center; gap: 12px; min-height: 60px; }
.brand { display: flex; align-items: center; gap: 10px; font-weight: 650; color: inherit; text-decoration: none; }
.brand span { display: grid; place-items: center; width: 30px; height: 30px; border-radius: 9px; background: var(--accent); color: var(--accent-text); font-size: 15px; }
.tag { margin-left: auto; color: var(--muted); font-size: 13px; }
main { padding-top: 28px; padding-bottom: 64px; }
h1 { font-size: 24px; line-height: 1.25; letter-spacing: -0.015em; margin: 0 0 6px; }
h2 { font-size: 18px; margin: 0; }
h3 { font-size: 15px; margin: 0; }
p { margin: 0; }
.muted { color: var(--muted); font-size: 14px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 16px; box-shadow: var(--shadow); }
.avatar { width: 44px; height: 44px; border-radius: 50%; flex: none; }
.who { display: flex; align-items: center; gap: 12px; }
.who a { color: inherit; text-decoration: none; }
.who a:hover { text-decoration: underline; }
.group { margin-top: 36px; }
.group > .who { margin-bottom: 14px; }
.post { padding: 18px 20px; margin-top: 14px; }
.post .text { margin-top: 12px; white-space: pre-wrap; overflow-wrap: anywhere; }
.images { display: grid; gap: 8px; margin-top: 14px; }
.images.many { grid-template-columns: 1fr 1fr; }
.images img { width: 100%; max-height: 460px; object-fit: cover; border-radius: 12px; border: 1px solid var(--line); display: block; background: var(--page); }
.link { display: block; margin-top: 14px; padding: 12px 14px; border: 1px solid var(--line); border-radius: 12px; text-decoration: none; overflow-wrap: anywhere; }
.link strong { display: block; color: var(--text); }
.link:hover strong { text-decoration: underline; }
.empty { padding: 22px 20px; color: var(--muted); border-style: dashed; box-shadow: none; }
.consent { max-width: 460px; margin: 24px auto 0; padding: 30px; }
.consent h1 { font-size: 22px; margin-top: 18px; }
.app { display: grid; place-items: center; width: 52px; height: 52px; border-radius: 14px; background: var(--accent); color: var(--accent-text); font-size: 24px; font-weight: 700; }
.consent .who { margin: 20px 0; padding: 12px; border: 1px solid var(--line); border-radius: 12px; }
.scopes { list-style: none; margin: 12px 0 0; padding: 0; display: grid; gap: 10px; }
.scopes li { display: flex; gap: 10px; }
.scopes li::before { content: "✓"; color: var(--accent); font-weight: 700; }
.actions { display: grid; grid-template-columns: 1fr 1fr; gap: 12px; margin: 26px 0 18px; }
button { font: inherit; font-weight: 600; padding: 11px 16px; border-radius: 10px; border: 1px solid var(--line); background: transparent; color: var(--text); cursor: pointer; }
button:hover { border-color: var(--muted); }
button.primary { background: var(--accent); border-color: var(--accent); color: var(--accent-text); }
button.primary:hover { filter: brightness(1.08); }
code { font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, monospace; overflow-wrap: anywhere; }
@media (max-width: 480px) { .tag { display: none; } .consent { padding: 22px; } }
`

/** Without a space more: a browser compares what is inside with the policy's hash. */
const STYLE_ELEMENT = `<style>${STYLE}</style>`

const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64")

// No form-action: a browser applies it to the redirects after the form as well,
// and the one after consent leads to the application, on another origin.
const CONTENT_SECURITY_POLICY =
  `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; img-src 'self' data:; media-src 'self'; ` +
  `base-uri 'none'; frame-ancestors 'none'`

/**
 * A whole page of the network in its common frame.
 *
 * @param title of the page, without the network's name
 */
export function pageHtml(title: string, content: Html): string {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Sandbox network</title>
        <link rel="icon" href="data:," />
        ${{ markup: STYLE_ELEMENT }}
      </head>
      <body>
        <a class="skip" href="#content">Skip to content</a>
        <header class="bar">
          <div>
            <a class="brand" href="/"
              ><span aria-hidden="true">S</span>Sandbox network</a
            >
            <p class="tag">For development. Nothing leaves this computer.</p>
          </div>
        </header>
        <main id="content">${content}</main>
      </body>
    </html> `
  return page.markup
}

/** That page as an answer. */
export function pageReply(status: number, title: string, content: Html): Reply {
  return {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "content-security-policy": CONTENT_SECURITY_POLICY,
      "referrer-policy": "same-origin",
    },
    body: pageHtml(title, content),
  }
}

/** A page that says what went wrong and what to do. */
export function messageReply(
  status: number,
  title: string,
  message: string,
  detail?: string
): Reply {
  return pageReply(
    status,
    title,
    html`<div class="card consent">
      <h1>${title}</h1>
      <p>${message}</p>
      ${detail && html`<p class="muted"><code>${detail}</code></p>`}
    </div>`
  )
}
