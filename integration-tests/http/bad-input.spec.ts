import { readdirSync } from "node:fs"
import { join, relative } from "node:path"
import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import type { MedusaContainer } from "@medusajs/framework/types"
import type { AxiosInstance, AxiosResponse } from "axios"
import fc from "fast-check"
import { logIn } from "./support/application"
import { storedPlatform } from "./support/database"

jest.setTimeout(300_000)

const API = join(__dirname, "../../src/api")

/** What stands for a secret that somebody has put in the wrong place. */
const MARKER = "Tr0ub4dor-and-3-secret"

/** A text with a character that PostgreSQL does not store. */
const NUL = "text\0text"

interface Route {
  method: string
  path: string
}

/** In an address; half a surrogate pair cannot stand in one. */
const encode = (text: string): string =>
  encodeURIComponent(text.replace(/\p{Surrogate}/gu, "?"))

/** Every route of the plugin, from the files that make them. */
const ROUTES: Route[] = readdirSync(API, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith("route.ts"))
  .flatMap((file) => {
    const path = `/${relative(API, join(API, file, ".."))}`
    const methods = Object.keys(require(join(API, file))).filter((name) =>
      /^(GET|POST|DELETE)$/.test(name)
    )
    return methods.map((method) => ({ method, path }))
  })

/** Names that validators know, and names that they do not. */
const NAMES = [
  "name",
  "provider",
  "category",
  "auth_type",
  "status",
  "description",
  "base_url",
  "icon_url",
  "tenant_id",
  "identifier",
  "api_config",
  "metadata",
  "caption",
  "link",
  "media",
  "account_ids",
  "scheduled_at",
  "product_ids",
  "outcome",
  "reason",
  "state",
  "code",
  "iss",
  "after",
  "limit",
  "offset",
  "order",
  "fields",
  "q",
  "id",
  "created_at",
  "updated_at",
  "dry_run",
  "rows",
  "credential",
  "reading",
  "minimum_envelope_format",
  "platform_id",
  "with_deleted",
  "$and",
  "$or",
  "a.b.c",
  "toString",
  "constructor",
  MARKER,
]

const hostileText = fc.oneof(
  fc.constantFrom(
    "",
    " ",
    NUL,
    "\ud800",
    "%",
    "-1",
    "1e400",
    "NaN",
    "99999999999999999999",
    "2030-13-45",
    "not-a-time",
    "../../..",
    "*",
    "{}",
    MARKER
  ),
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.constant("x".repeat(30_000))
)

const hostileValue: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    hostileText,
    fc.constantFrom(null, true, 0, -1, 1.5, 2 ** 53, 1e308),
    fc.constant({ toString: null }),
    fc.constant({ [NUL]: 1 }),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(
      fc.oneof(fc.constantFrom(...NAMES), hostileText),
      tie("value"),
      {
        maxKeys: 3,
      }
    )
  ),
})).value

const hostileBody = fc.oneof(
  fc
    .dictionary(fc.constantFrom(...NAMES), hostileValue, { maxKeys: 8 })
    .map((body) => JSON.stringify(body)),
  fc.json(),
  fc.constant(`{"api_config":${"[".repeat(40_000)}${"]".repeat(40_000)}}`),
  fc.constant(`{"caption":${"[".repeat(2_000)}${"]".repeat(2_000)}}`),
  fc.constant(`{"name":{"toString":null},"provider":{"toString":null}}`),
  fc.constant(`{"__proto__":{"toString":null},"name":"a"}`)
)

/** What the routes take, so that a single bad member meets the route's own code. */
const VALID: Record<string, object> = {
  "/admin/social-platforms": {
    name: "A platform",
    provider: "generic",
    category: "shipping",
    auth_type: "api_key",
    status: "active",
    description: "Text",
    icon_url: "https://example.com/icon.png",
    base_url: "https://example.com",
    tenant_id: "tenant",
    identifier: "identifier",
    api_config: { api_key: "a-key", region: "eu" },
    metadata: { note: "text" },
  },
  "/admin/social-platforms/[id]": {
    name: "A platform",
    description: "Text",
    tenant_id: "tenant",
    api_config: { client_secret: "a-secret", region: "eu" },
    metadata: { note: "text" },
  },
  "/admin/social-platforms/[id]/mark-invalid": { reason: "Text" },
  "/admin/social-posts": {
    caption: "Text",
    link: "https://example.com",
    media: [{ url: "https://example.com/image.png", alt_text: "Text" }],
    account_ids: ["sacc_1"],
    scheduled_at: "2999-01-01T00:00:00Z",
    product_ids: ["prod_1"],
  },
  "/admin/socials/sync-platform-data": { platform_id: "splat_1" },
  "/admin/oauth/[platform]/callback": { state: "state", code: "code" },
  "/admin/encryption/verify": { after: "splat_1", limit: 5 },
  "/admin/encryption/re-encrypt": { after: "splat_1", dry_run: true },
  "/admin/encryption/lookup": { credential: "a-credential" },
  "/admin/encryption/policy": {
    reading: "migrate",
    minimum_envelope_format: 1,
  },
  "/admin/encryption/import-fernet": {
    rows: [{ platform_id: "splat_1", field: "access_token", value: "value" }],
    dry_run: true,
  },
}

const bodyFor = ({ path }: Route): fc.Arbitrary<string> => {
  const valid = VALID[path]
  if (!valid) {
    return hostileBody
  }
  const almostValid = fc
    .tuple(fc.constantFrom(...Object.keys(valid)), hostileValue)
    .map(([name, value]) => JSON.stringify({ ...valid, [name]: value }))
  return fc.oneof(hostileBody, { weight: 2, arbitrary: almostValid })
}

/** Ids may be repeated by an error; nobody takes them for secrets. */
const pathParameter = fc.oneof(
  { weight: 3, arbitrary: fc.constant("") },
  hostileText.map((text) => (text === MARKER ? "" : text.slice(0, 500)))
)

const hostileQuery = fc
  .array(
    fc.tuple(
      fc.oneof(
        fc.constantFrom(...NAMES),
        fc.constantFrom(
          "created_at[$gte]",
          "created_at[$re]",
          "scheduled_at[]",
          "id[]",
          "$and[0][q]",
          "$or[][created_at][$gt]",
          "fields[a]"
        )
      ),
      // What an address holds is in access logs anyway, and may be repeated.
      hostileText.filter((text) => text.length < 2_000 && text !== MARKER)
    ),
    { maxLength: 4 }
  )
  .map((pairs) =>
    pairs
      .map(([name, value]) => `${encodeURIComponent(name)}=${encode(value)}`)
      .join("&")
  )

medusaIntegrationTestRunner({
  testSuite: ({ api, getContainer }) => {
    let container: MedusaContainer
    let platformId: string
    let send: (request: {
      method: string
      path: string
      query?: string
      body?: string
      type?: string
    }) => Promise<AxiosResponse>

    beforeEach(async () => {
      container = getContainer()
      const { token } = await logIn(container, "ada@example.com")
      send = sender(api, token)
      const { data } = await send({
        method: "POST",
        path: "/admin/social-platforms",
        body: JSON.stringify({ name: "Ada's sandbox", provider: "sandbox" }),
      })
      platformId = data.social_platform.id
    })

    const pathOf = (path: string, parameter: string): string =>
      path.replace(/\[\w+\]/g, encode(parameter))

    it("answers nothing on any route with a server error, and repeats no secret", async () => {
      for (const route of ROUTES) {
        await fc.assert(
          fc.asyncProperty(
            hostileQuery,
            bodyFor(route),
            pathParameter,
            async (query, body, parameter) => {
              const { status, data } = await send({
                method: route.method,
                path: pathOf(route.path, parameter || platformId),
                query,
                ...(route.method === "POST" && { body }),
              })
              const text = JSON.stringify(data)
              if (status >= 500 || (status >= 400 && text.includes(MARKER))) {
                throw new Error(
                  `${route.method} ${route.path} answers ${status}: ${text}`
                )
              }
            }
          ),
          { numRuns: 30 }
        )
      }
    })

    it.each([
      ["name", { name: NUL, provider: "sandbox" }],
      [
        "api_config.region",
        { name: "a", provider: "generic", api_config: { region: NUL } },
      ],
      [
        "metadata.notes",
        {
          name: "a",
          provider: "sandbox",
          metadata: { notes: [{ a: 1 }, NUL] },
        },
      ],
    ])(
      "names %s when it holds a character that cannot be stored",
      async (field, body) => {
        const { status, data } = await send({
          method: "POST",
          path: "/admin/social-platforms",
          body: JSON.stringify(body),
        })
        expect(status).toBe(400)
        expect(data.message).toBe(
          `${field} holds a character that cannot be stored (NUL, or half of a surrogate pair). Remove it.`
        )
      }
    )

    it.each([
      [
        "",
        `{"name":"a","provider":"generic","api_config":{"a":{"toString":null}}}`,
      ],
      ["/[id]", `{"metadata":{"a":[{"toString":null}]}}`],
    ])(
      "names a member that would keep a value from being shown as text: POST /admin/social-platforms%s",
      async (path, body) => {
        const { status, data } = await send({
          method: "POST",
          path: pathOf(`/admin/social-platforms${path}`, platformId),
          body,
        })
        expect([status, data.message]).toEqual([
          400,
          expect.stringMatching(
            /^A member in (api_config|metadata)\.a is called "toString", which is reserved\./
          ),
        ])
      }
    )

    it("names what is nested without an end", async () => {
      const deep = "[".repeat(40_000) + "]".repeat(40_000)
      for (const name of ["api_config", "metadata"]) {
        const { status, data } = await send({
          method: "POST",
          path: `/admin/social-platforms/${platformId}`,
          body: `{"${name}":{"a":${deep}}}`,
        })
        expect([status, data.message]).toEqual([
          400,
          `${name}.a is nested more than 32 levels deep.`,
        ])
      }
    })

    it("finds nothing at an address with such a character", async () => {
      const { status } = await send({
        method: "GET",
        path: "/admin/social-platforms/splat%00",
      })
      expect(status).toBe(404)
    })

    it.each([
      "created_at=",
      "created_at=soon",
      "created_at=2030-01-01&created_at=2031-01-01",
      "updated_at[$gte]=soon",
      "updated_at[$re]=2030",
    ])("says what a time looks like for %s", async (query) => {
      const { status, data } = await send({
        method: "GET",
        path: "/admin/social-platforms",
        query,
      })
      expect(status).toBe(400)
      expect(data.message).toContain("must be a time in ISO 8601")
    })

    it("takes a time, and a range of them", async () => {
      for (const query of [
        "created_at[$gte]=2020-01-01",
        "created_at[$gt]=2020-01-01T00:00:00Z&created_at[$lt]=2999-01-01",
      ]) {
        const { status, data } = await send({
          method: "GET",
          path: "/admin/social-platforms",
          query,
        })
        expect([status, data.count]).toEqual([200, 1])
      }
    })

    it("takes a body as JSON alone, and repeats none of another form", async () => {
      const { status, data } = await send({
        method: "POST",
        path: "/admin/social-platforms",
        body: JSON.stringify({ name: "a", api_config: { password: MARKER } }),
        type: "application/x-www-form-urlencoded",
      })
      expect(status).toBe(415)
      expect(data.message).toBe(
        "Send the body as JSON, with content-type: application/json."
      )
    })

    it("takes a POST without any body", async () => {
      const { status } = await send({
        method: "POST",
        path: `/admin/social-platforms/${platformId}/disconnect`,
      })
      expect(status).toBe(200)
    })

    it("does not repeat a credential of the wrong type", async () => {
      const { status, data } = await send({
        method: "POST",
        path: "/admin/encryption/lookup",
        body: JSON.stringify({ credential: [MARKER] }),
      })
      expect(status).toBe(400)
      expect(data.message).toContain("credential must be text")
      expect(data.message).not.toContain(MARKER)
    })

    it("does not repeat a secret that stands where a name should", async () => {
      const { status, data } = await send({
        method: "POST",
        path: "/admin/social-platforms",
        body: JSON.stringify({ api_config: { [MARKER]: { [NUL]: 1 } } }),
      })
      expect(status).toBe(400)
      expect(data.message).toMatch(/^The name of a member in api_config is/)
    })

    it("changes nothing of a platform when one member is bad", async () => {
      const before = await storedPlatform(container, platformId)
      const { status } = await send({
        method: "POST",
        path: `/admin/social-platforms/${platformId}`,
        body: JSON.stringify({
          name: "Another name",
          api_config: { client_secret: 12345 },
        }),
      })
      expect(status).toBe(400)
      expect(await storedPlatform(container, platformId)).toEqual(before)
    })
  },
})

const sender =
  (api: AxiosInstance, token: string) =>
  ({
    method,
    path,
    query = "",
    body,
    type = "application/json",
  }: {
    method: string
    path: string
    query?: string
    body?: string
    type?: string
  }): Promise<AxiosResponse> =>
    api.request({
      method,
      url: query ? `${path}?${query}` : path,
      data: body,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { "content-type": type }),
      },
      // As it is: axios would make an object of it.
      transformRequest: (data) => data,
      maxRedirects: 0,
      validateStatus: () => true,
    })
