import { inspect } from "node:util"
import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import { withCredentials } from "../../src/credentials"
import {
  type Admin,
  connectSandbox,
  createAdmin,
  sql,
} from "./support/application"
import { storedPlatform } from "./support/database"
import {
  type FakeService,
  type ServiceRequest,
  startFakeService,
} from "./support/fake-service"
import {
  type OAuth1Network,
  startOAuth1Network,
} from "./support/oauth1-network"
import { sandbox } from "./support/sandbox"
import { startWatch } from "./support/watch"

jest.setTimeout(120_000)

const SECRET = "marked-secret-4c9e"
const LOGIN = Buffer.from(`shop:${SECRET}`).toString("base64")

/** How each scheme shows its credentials to the service. */
const SCHEMES = [
  {
    scheme: "a bearer token",
    platform: { auth_type: "bearer", api_config: { access_token: SECRET } },
    isKnown: ({ headers }: ServiceRequest) =>
      headers.authorization === `Bearer ${SECRET}`,
  },
  {
    scheme: "a login",
    platform: {
      auth_type: "basic",
      api_config: { username: "shop", password: SECRET },
    },
    isKnown: ({ headers }: ServiceRequest) =>
      headers.authorization === `Basic ${LOGIN}`,
  },
  {
    scheme: "a key in a header",
    platform: {
      auth_type: "api_key",
      api_config: {
        api_key: SECRET,
        api_key_header: "X-Carrier-Key",
        api_key_prefix: "Token",
      },
    },
    isKnown: ({ headers }: ServiceRequest) =>
      headers["x-carrier-key"] === `Token ${SECRET}`,
  },
  {
    scheme: "a key in the query",
    platform: {
      auth_type: "api_key",
      api_config: { api_key: SECRET, api_key_parameter: "key" },
    },
    isKnown: ({ query }: ServiceRequest) => query.get("key") === SECRET,
  },
]

medusaIntegrationTestRunner({
  testSuite: ({ api, getContainer }) => {
    let admin: Admin
    let service: FakeService
    let isKnown: (request: ServiceRequest) => boolean

    beforeAll(async () => {
      service = await startFakeService((request) =>
        isKnown(request)
          ? { status: 200, body: { orders: [request.query.get("page")] } }
          : // The worst of services: it repeats what it was sent.
            {
              status: 401,
              body: {
                error: { code: "unknown_key", message: request.url.href },
                headers: request.headers,
              },
            }
      )
      await sandbox.reset()
      admin = await createAdmin(api, getContainer(), "ada@example.com")
    })
    afterAll(() => service.close())
    beforeEach(() => service.reset())

    const create = async (body: object): Promise<string> => {
      const { data, status } = await admin.post("/admin/social-platforms", {
        name: "Carrier",
        provider: "generic",
        base_url: `${service.url}/v1`,
        status: "active",
        ...body,
      })
      expect([status, data.message]).toEqual([200, undefined])
      return data.social_platform.id
    }
    const failureOf = async (promise: Promise<unknown>) => {
      const error = await promise.then(
        () => undefined,
        (reason: unknown) => reason
      )
      expect(error).toBeInstanceOf(Error)
      return error as Error & { code?: string; errorClass?: string }
    }

    describe.each(SCHEMES)("a platform with $scheme", (scheme) => {
      beforeEach(() => {
        isKnown = scheme.isKnown
      })

      it("has its requests carry it, below its base address", async () => {
        const id = await create(scheme.platform)
        const body = await withCredentials(getContainer(), id, ({ request }) =>
          request("/orders", { query: { page: 2 } })
        )
        expect(body).toEqual({ orders: ["2"] })

        const status = await withCredentials(
          getContainer(),
          id,
          async ({ fetch }) =>
            (await fetch(`${service.url}/v1/orders/7`, { method: "DELETE" }))
              .status
        )
        expect(status).toBe(200)
        expect(
          service.requests.map(({ method, path }) => [method, path])
        ).toEqual([
          ["GET", "/v1/orders"],
          ["DELETE", "/v1/orders/7"],
        ])
      })

      it("keeps it from another host, unless it is asked without", async () => {
        const id = await create(scheme.platform)
        const other = await startFakeService(() => ({ status: 200, body: {} }))
        try {
          for (const address of [
            `${other.url}/v1/orders`,
            new URL(`${other.url}/v1/orders`),
          ]) {
            const error = await failureOf(
              withCredentials(getContainer(), id, ({ fetch }) => fetch(address))
            )
            expect(error).toMatchObject({
              errorClass: "config_error",
              code: "other_host",
            })
          }
          expect(other.requests).toEqual([])

          await withCredentials(getContainer(), id, ({ request }) =>
            request(`${other.url}/v1/orders`, { credentials: "omit" })
          )
          expect(other.requests).toHaveLength(1)
          const [{ headers, url }] = other.requests
          expect(JSON.stringify(headers) + url.href).not.toMatch(
            new RegExp(`${SECRET}|${LOGIN}`)
          )
        } finally {
          await other.close()
        }
      })

      it("says that it was refused, on the platform too, without repeating it", async () => {
        const watch = startWatch(getContainer(), admin)
        const id = await create(scheme.platform)
        isKnown = () => false
        try {
          const error = await failureOf(
            withCredentials(getContainer(), id, ({ fetch }) => fetch("/orders"))
          )
          expect(error).toMatchObject({
            errorClass: "token_invalid",
            code: "unknown_key",
          })
          const row = await storedPlatform(getContainer(), id)
          expect(row.last_error).toMatchObject({ code: "unknown_key" })
          const shown = inspect(
            [error, error.stack, row.last_error, watch.log],
            { depth: null }
          )
          expect(shown).not.toContain(SECRET)
          expect(shown).not.toContain(LOGIN)
        } finally {
          watch.stop()
        }
      })
    })

    it("keeps a path below the base address that looks like another host", async () => {
      isKnown = () => true
      const id = await create(SCHEMES[0].platform)
      for (const path of [
        "//evil.example/x",
        "@evil.example/x",
        "evil.example",
      ]) {
        await withCredentials(getContainer(), id, ({ fetch }) => fetch(path))
      }
      expect(service.requests.map(({ path }) => path)).toEqual([
        "/v1//evil.example/x",
        "/v1/@evil.example/x",
        "/v1/evil.example",
      ])
    })

    it("sends no credentials over the public internet without TLS", async () => {
      const id = await create({
        ...SCHEMES[0].platform,
        base_url: "http://api.example.com",
      })
      expect(
        await failureOf(
          withCredentials(getContainer(), id, ({ fetch }) => fetch("/x"))
        )
      ).toMatchObject({ errorClass: "config_error", code: "insecure_address" })
    })

    it("says that a header's name is wrong, instead of blaming the service", async () => {
      const id = await create({
        auth_type: "api_key",
        api_config: { api_key: SECRET, api_key_header: "X Carrier Key" },
      })
      const error = await failureOf(
        withCredentials(getContainer(), id, ({ fetch }) => fetch("/orders"))
      )
      expect(error).toMatchObject({
        errorClass: "config_error",
        code: "invalid_header",
      })
      expect(error.message).not.toContain(SECRET)
      expect(service.requests).toEqual([])
    })

    it("puts a key into the path where its service wants it there", async () => {
      isKnown = ({ path }) => path === "/bot4711:marked-key/getMe"
      const id = await create({
        provider: "telegram",
        auth_type: "api_key",
        base_url: service.url,
        api_config: { api_key: "4711:marked-key" },
      })
      expect(
        await withCredentials(getContainer(), id, ({ request }) =>
          request("/bot{api_key}/getMe", { query: { page: 1 } })
        )
      ).toEqual({ orders: ["1"] })

      const forgotten = await failureOf(
        withCredentials(getContainer(), id, ({ request }) => request("/getMe"))
      )
      expect(forgotten.code).toBe("no_place_for_credential")

      isKnown = () => false
      const error = await failureOf(
        withCredentials(getContainer(), id, ({ request }) =>
          request("/bot{api_key}/getMe")
        )
      )
      expect(inspect(error)).not.toContain("marked-key")
    })

    describe("a platform of OAuth 1.0a", () => {
      let network: OAuth1Network
      beforeEach(async () => {
        network = await startOAuth1Network()
      })
      afterEach(() => network.close())

      it("signs each request, a form's fields included", async () => {
        const id = await connectOAuth1(network)
        const profile = await withCredentials(
          getContainer(),
          id,
          ({ request }) =>
            request("/1.1/account/verify_credentials.json", {
              query: { lang: "ä b" },
            })
        )
        expect(profile).toMatchObject({ screen_name: "ada" })
        const changed = await withCredentials(
          getContainer(),
          id,
          ({ request }) =>
            request("/1.1/account/update_profile.json", {
              method: "POST",
              body: new URLSearchParams({ name: "Ada & Co" }),
            })
        )
        expect(changed).toEqual({ name: "Ada & Co" })
      })
    })

    const connectOAuth1 = async (network: OAuth1Network) => {
      const id = await create({
        provider: "generic_oauth1",
        base_url: network.url,
        status: undefined,
        api_config: {
          ...network.endpoints,
          consumer_key: network.consumer_key,
          consumer_secret: network.consumer_secret,
        },
      })
      const { data } = await admin.get(
        `/admin/oauth/generic_oauth1?platform_id=${id}`
      )
      const page = await fetch(data.location, { redirect: "manual" })
      const callback = new URL(page.headers.get("location")!)
      const { headers } = await api.get(
        `${callback.pathname}${callback.search}`,
        { maxRedirects: 0, validateStatus: () => true }
      )
      const finished = await admin.post(
        "/admin/oauth/generic_oauth1/callback",
        Object.fromEntries(
          new URLSearchParams(new URL(headers.location).hash.slice(1))
        )
      )
      expect([finished.status, finished.data.message]).toEqual([200, undefined])
      return id
    }

    describe("a platform of OAuth 2", () => {
      it("gets another token when the service refuses the one that it has, and asks once more", async () => {
        await sandbox.settings({ access_token_ttl: 1 })
        const id = await connectSandbox(admin)
        await new Promise((resolve) => setTimeout(resolve, 1_100))
        await sandbox.settings({ access_token_ttl: 3_600 })
        // The service takes the token for ended, whatever we believe.
        await sql(
          getContainer(),
          "update social_platform set token_expires_at = now() + interval '1 hour' where id = ?",
          [id]
        )
        const refreshes = await sandbox.countRequests("POST", "/token")

        let runs = 0
        const profile = await withCredentials(
          getContainer(),
          id,
          async ({ fetch }) => {
            runs++
            return (await fetch("/api/me")).json()
          }
        )
        expect(profile).toMatchObject({ id: expect.any(String) })
        expect(runs).toBe(2)
        expect(await sandbox.countRequests("POST", "/token")).toBe(
          refreshes + 1
        )
        expect(await storedPlatform(getContainer(), id)).toMatchObject({
          token_validity: "true",
          last_error: null,
        })
      })
    })

    it("refuses a platform that was switched off, and one that is not there", async () => {
      isKnown = () => true
      const id = await create(SCHEMES[0].platform)
      await sql(
        getContainer(),
        "update social_platform set status = 'inactive' where id = ?",
        [id]
      )
      const ask = (platform: string) =>
        withCredentials(getContainer(), platform, ({ fetch }) => fetch("/x"))
      expect((await failureOf(ask(id))).message).toBe(
        '"Carrier" is inactive. Set its status to active first.'
      )
      expect(await failureOf(ask("splat_none"))).toMatchObject({
        type: "not_found",
      })
      expect(service.requests).toEqual([])
    })
  },
})
