import { createHash } from "node:crypto"
import { pageReply } from "../../../../sandbox/layout"
import { html } from "../../../../sandbox/html"

describe("a page of the sandbox", () => {
  it("is shown in its style, which its own policy lets through", () => {
    const { body, headers } = pageReply(200, "Ada's shop", html`<p>Hello</p>`)
    const [, style] = /<style>([^]*)<\/style>/.exec(String(body))!
    const hash = createHash("sha256").update(style).digest("base64")
    expect(headers?.["content-security-policy"]).toContain(
      `style-src 'sha256-${hash}'`
    )
  })
})
