import type { MedusaContainer } from "@medusajs/framework/types"
import type { AxiosResponse } from "axios"
import { accountOf, type Admin, sql } from "./application"
import { type EchoNetwork, MARK, type Misbehaviour } from "./echo-network"
import type { PictureServer } from "./pictures"
import { createPost, type Post, publish as publishPost } from "./posts"

const CODE = `${MARK}-code`
const CLIENT_SECRET = `${MARK}-client`

const MISBEHAVIOURS: Misbehaviour[] = [
  "refuses",
  "fails",
  "answers with a page",
  "redirects",
]

export interface MarkedLife {
  /** States of the authorizations so far: secrets too. */
  states: string[]
  create: () => Promise<string>
  /** Goes through an authorization as a browser would, without a consent page. */
  connect: (id: string) => Promise<AxiosResponse>
  /** Ends the access token, whatever was said of it before, so that the next use refreshes it. */
  expire: (id: string) => Promise<void>
  sync: (id: string) => Promise<AxiosResponse>
  verify: (id: string) => Promise<AxiosResponse>
  publish: (id: string) => Promise<Post>
  /** Disconnects a platform from a network that does not want to hear of it, and deletes it. */
  remove: (id: string) => Promise<AxiosResponse>
  /**
   * Does everything while the network misbehaves in every way.
   *
   * @returns what went well all the same
   */
  endure: (id: string) => Promise<string[]>
}

export interface MarkedLifeOptions {
  container: MedusaContainer
  /** Its answers may be watched. */
  admin: Admin
  /** Its answers hold states, which are told to the one who asks. */
  unwatched: Admin
  network: EchoNetwork
  pictures: PictureServer
}

/** What platforms of the echo network go through, with secrets that carry a mark. */
export const marked = ({
  container,
  admin,
  unwatched,
  network,
  pictures,
}: MarkedLifeOptions): MarkedLife => {
  const states: string[] = []

  const create = async () => {
    const { data } = await admin.post("/admin/social-platforms", {
      name: "Echo",
      provider: "sandbox",
      api_config: { base_url: network.url, client_secret: CLIENT_SECRET },
    })
    return data.social_platform.id as string
  }
  const connect = async (id: string) => {
    const { data } = await unwatched.get(
      `/admin/oauth/sandbox?platform_id=${id}`
    )
    if (data.location.includes(MARK)) {
      throw new Error("The authorization's address holds a secret.")
    }
    const state = new URL(data.location).searchParams.get("state")!
    states.push(state)
    return admin.post("/admin/oauth/sandbox/callback", {
      state,
      code: CODE,
      iss: network.url,
      platform_id: id,
    })
  }
  const expire = async (id: string) => {
    await sql(
      container,
      `update social_platform
       set token_expires_at = now(), token_validity = 'true', status = 'active',
         next_refresh_at = null
       where id = ?`,
      [id]
    )
  }
  const sync = (id: string) =>
    admin.post("/admin/socials/sync-platform-data", { platform_id: id })
  const verify = (id: string) =>
    admin.post(`/admin/social-platforms/${id}/verify`)
  const publish = async (id: string) => {
    const post = await createPost(admin, {
      account_ids: [await accountOf(unwatched, id)],
      media: [{ url: pictures.url }],
    })
    return publishPost(admin, post)
  }

  const endure = async (id: string) => {
    const successes: string[] = []
    for (const how of MISBEHAVIOURS) {
      const note = (what: string, worked: boolean) => {
        if (worked) {
          successes.push(`${what} while the network ${how}`)
        }
      }
      network.misbehave("/api/", how)
      note("sync", (await sync(id)).status === 200)
      note("verify", (await verify(id)).data.verification.ok)
      const post = await publish(id)
      note("publish", post.status === "published")
      // A post that waits for another attempt would keep its platform.
      await admin.delete(`/admin/social-posts/${post.id}`)

      network.misbehave("/token", how)
      note("connect", (await connect(id)).status === 200)
      await expire(id)
      note("refresh", (await sync(id)).status === 200)
      note("verify", (await verify(id)).data.verification.ok)
      await expire(id)
    }
    network.behave()
    return successes
  }

  const remove = async (id: string) => {
    network.misbehave("/token/revocation", "refuses")
    await admin.post(`/admin/social-platforms/${id}/disconnect`)
    return admin.delete(`/admin/social-platforms/${id}`)
  }

  return {
    states,
    create,
    connect,
    expire,
    sync,
    verify,
    publish,
    remove,
    endure,
  }
}
