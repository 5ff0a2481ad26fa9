import { createServer, type RequestListener, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import { socialsModule } from "../../src/credentials/modules"
import { validateOptions } from "../../src/modules/socials/utils/validate-options"
import {
  accountOf,
  type Admin,
  connectSandbox,
  createAdmin,
  createSandboxPlatform,
} from "./support/application"
import { PNG } from "./support/pictures"
import { createPost, moveFile, publish } from "./support/posts"
import { sandbox } from "./support/sandbox"

jest.setTimeout(120_000)

const SECRET = "marked-secret-3c9e"

const refusalOf = (host: string): string =>
  `Nothing was sent to "${host}": it is not on the public internet. Check the address. If it is right, the operator of this store can allow it with the option "allow_private_networks".`

medusaIntegrationTestRunner({
  // As an operator who has configured nothing.
  env: { SOCIAL_PLATFORMS_ALLOW_PRIVATE_NETWORKS: "" },
  testSuite: ({ api, getContainer }) => {
    let admin: Admin
    let server: Server
    let port: number
    let answer: RequestListener
    let reached: string[]

    beforeAll(async () => {
      await allow()
      server = createServer((request, response) => {
        reached.push(request.url ?? "")
        answer(request, response)
      })
      await new Promise<void>((resolve) =>
        server.listen(0, "127.0.0.1", resolve)
      )
      port = (server.address() as AddressInfo).port
    })
    afterAll(() => {
      server.close()
      server.closeAllConnections()
    })
    beforeEach(async () => {
      reached = []
      answer = (_, response) => {
        response.writeHead(200, { "content-type": "image/png" }).end(PNG)
      }
      await sandbox.reset()
      admin = await createAdmin(api, getContainer(), "ada@example.com")
    })

    const allow = async (allow_private_networks?: boolean | string[]) => {
      const options = await socialsModule(getContainer()).getOptions()
      const before = options.allow_private_networks
      Object.assign(options, {
        allow_private_networks: validateOptions({ allow_private_networks }, {})
          .allow_private_networks,
      })
      return () => Object.assign(options, { allow_private_networks: before })
    }

    /** Runs something as the application of an operator who allows more. */
    const withAllowed = async <T>(
      allow_private_networks: boolean | string[],
      run: () => Promise<T>
    ): Promise<T> => {
      const undo = await allow(allow_private_networks)
      try {
        return await run()
      } finally {
        undo()
      }
    }

    const createGeneric = async (probe_url: string): Promise<string> => {
      const { data, status } = await admin.post("/admin/social-platforms", {
        name: "Carrier",
        provider: "generic",
        auth_type: "api_key",
        api_config: { api_key: SECRET, probe_url },
      })
      expect([status, data.message]).toEqual([200, undefined])
      return data.social_platform.id
    }
    const verify = async (id: string) =>
      (await admin.post(`/admin/social-platforms/${id}/verify`)).data

    describe("checking credentials at an address on a private network", () => {
      it("is refused in words that help, and nothing reaches the address", async () => {
        for (const [url, host] of [
          [`http://127.0.0.1:${port}/me`, "127.0.0.1"],
          [`http://localhost:${port}/me`, "localhost"],
          [`http://2130706433:${port}/me`, "127.0.0.1"],
          [`http://0x7f.0.0.1:${port}/me`, "127.0.0.1"],
          [`http://[::ffff:127.0.0.1]:${port}/me`, "::ffff:7f00:1"],
          ["http://169.254.169.254/latest/meta-data/", "169.254.169.254"],
          ["http://[fd00:ec2::254]/latest/meta-data/", "fd00:ec2::254"],
          ["http://10.0.0.1/", "10.0.0.1"],
        ]) {
          const { verification, social_platform } = await verify(
            await createGeneric(url)
          )
          expect([url, verification]).toEqual([
            url,
            { ok: false, message: refusalOf(host) },
          ])
          expect(social_platform.last_error).toMatchObject({
            class: "config_error",
            code: "address_not_allowed",
          })
        }
        expect(reached).toEqual([])
      })

      it("leaves the connection alone and works once the operator allows the network", async () => {
        const id = await createGeneric(`http://127.0.0.1:${port}/me`)
        const refused = await verify(id)
        expect(refused.social_platform).toMatchObject({
          connection: "connected",
          token_validity: "unknown",
        })

        for (const allowed of [true, ["127.0.0.0/8"], ["127.0.0.1"]]) {
          const { verification } = await withAllowed(allowed, () => verify(id))
          expect(verification).toEqual({
            ok: true,
            message: `127.0.0.1:${port} accepted the credentials.`,
          })
        }
        expect(reached).toEqual(["/me", "/me", "/me"])
        expect((await verify(id)).verification.ok).toBe(false)
        expect(reached).toHaveLength(3)
      })

      it("works for a host that is allowed by its name, and for no other", async () => {
        const named = await createGeneric(`http://localhost:${port}/me`)
        const other = await createGeneric(`http://127.0.0.1:${port}/me`)
        await withAllowed(["localhost"], async () => {
          expect((await verify(named)).verification.ok).toBe(true)
          expect((await verify(other)).verification.ok).toBe(false)
        })
        expect(reached).toEqual(["/me"])
      })

      it("stays refused for a cloud's credentials when private networks are allowed", async () => {
        const id = await createGeneric(
          "http://169.254.169.254/latest/meta-data/"
        )
        const { verification } = await withAllowed(true, () => verify(id))
        expect(verification).toEqual({
          ok: false,
          message: refusalOf("169.254.169.254"),
        })
      })
    })

    describe("connecting a service at an address on a private network", () => {
      it("is refused although the operator's own configuration has the address", async () => {
        const id = await createSandboxPlatform(admin)
        const { data } = await admin.get(
          `/admin/oauth/sandbox?platform_id=${id}`
        )
        const { status, data: answer } = await admin.post(
          "/admin/oauth/sandbox/callback",
          {
            state: new URL(data.location).searchParams.get("state"),
            code: "a-code",
            iss: new URL(data.location).origin,
          }
        )
        expect([status, answer.message]).toEqual([400, refusalOf("localhost")])
        expect(await sandbox.countRequests("POST", "/token")).toBe(0)
      })
    })

    describe("publishing an image from an address on a private network", () => {
      /** Connects, writes and publishes where the network itself is allowed by its name. */
      const publishImage = (url: string, allowed = ["localhost"]) =>
        withAllowed(allowed, async () => {
          const platformId = await connectSandbox(admin)
          const post = {
            account_ids: [await accountOf(admin, platformId)],
            media: [{ url: `http://localhost:${port}/b.png` }],
          }
          const { status, data: refusal } = await admin.post(
            "/admin/social-posts",
            {
              ...post,
              caption: "New in",
              media: [{ url, alt_text: "A scarf" }],
            }
          )
          // A file may move to another address later.
          const id = refusal.social_post?.id ?? (await createPost(admin, post))
          if (status !== 200) {
            reached = []
            await moveFile(getContainer(), id, url)
          }
          const published = await publish(admin, id)
          const { data } = await admin.get(
            `/admin/social-platforms/${platformId}`
          )
          return {
            refusal: [status, refusal.message],
            post: published,
            platform: data.social_platform,
          }
        })

      it("is refused with the post in words that help, fails one that has it already, and nothing reaches the address", async () => {
        const { refusal, post, platform } = await publishImage(
          `http://127.0.0.1:${port}/a.png?signature=${SECRET}`
        )
        expect(refusal).toEqual([
          400,
          `The file cannot be fetched. ${refusalOf("127.0.0.1")}`,
        ])
        expect(post.publications[0]).toMatchObject({
          state: "failed",
          attempts: 1,
          last_error: {
            class: "content_rejected",
            code: "address_not_allowed",
            message: `The file cannot be fetched. ${refusalOf("127.0.0.1")}`,
          },
        })
        expect(JSON.stringify(post.publications)).not.toContain(SECRET)
        expect(platform.last_error).toBeNull()
        expect(reached).toEqual([])
        expect(await sandbox.posts()).toEqual([])
      })

      it("is refused, and fails the post, when an allowed server sends us there", async () => {
        const toPicture = answer
        answer = (request, response) => {
          if (request.url === "/b.png") {
            toPicture(request, response)
            return
          }
          response
            .writeHead(302, {
              location: "http://169.254.169.254/latest/meta-data/",
            })
            .end()
        }
        const { refusal, post } = await publishImage(
          `http://localhost:${port}/a.png`
        )
        expect(refusal).toEqual([
          400,
          `The file cannot be fetched. ${refusalOf("169.254.169.254")}`,
        ])
        expect(post.publications[0].last_error).toMatchObject({
          code: "address_not_allowed",
          message: `The file cannot be fetched. ${refusalOf("169.254.169.254")}`,
        })
        expect(reached).toEqual(["/a.png"])
        expect(await sandbox.posts()).toEqual([])
      })

      it("works once the operator allows the network", async () => {
        const { post } = await publishImage(`http://127.0.0.1:${port}/a.png`, [
          "localhost",
          "127.0.0.0/8",
        ])
        expect(post.publications[0].state).toBe("published")
        expect(new Set(reached)).toEqual(new Set(["/a.png"]))
        const [published] = await sandbox.posts()
        expect(published.media).toMatchObject([{ alt_text: "A scarf" }])
      })
    })
  },
})
