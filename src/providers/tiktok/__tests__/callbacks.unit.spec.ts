import { createHmac } from "node:crypto"
import fc from "fast-check"
import { SecretString } from "../../../secrets/secret-string"
import { TIKTOK_CALLBACKS } from "../callbacks"

const SECRET = "a-client-secret"
const { events } = TIKTOK_CALLBACKS

const now = () => Math.floor(Date.now() / 1000)

const request = (body: string | Buffer, signature: string) => ({
  header: (name: string) =>
    name === "tiktok-signature" ? signature : undefined,
  body: Buffer.from(body),
})
const signatureOf = (body: string | Buffer, t: number, secret = SECRET) =>
  `t=${t},s=${createHmac("sha256", secret).update(`${t}.`).update(body).digest("hex")}`
const signed = (body: string | Buffer, t = now()) =>
  request(body, signatureOf(body, t))

const told = (event: string, content: object = {}) =>
  JSON.stringify({
    client_key: "a-client-key",
    event,
    create_time: 1_763_780_000,
    user_openid: "act.ada",
    content: JSON.stringify(content),
  })

describe("a callback of TikTok's", () => {
  it("is signed over its time and its bytes, by whoever has the secret", () => {
    const read = events.read(signed(told("post.publish.complete")))
    expect(read?.isSignedWith(new SecretString(SECRET))).toBe(true)
    expect(read?.isSignedWith(new SecretString("another"))).toBe(false)
    expect(read?.at).toEqual(new Date(1_763_780_000_000))
  })

  it("is not signed with another time than it says", () => {
    const body = told("post.publish.complete")
    const t = now()
    const moved = signatureOf(body, t).replace(`t=${t}`, `t=${t + 1}`)
    expect(
      events.read(request(body, moved))?.isSignedWith(new SecretString(SECRET))
    ).toBe(false)
  })

  it("is no longer signed when one byte of it is another", () => {
    const body = Buffer.from(told("post.publish.failed", { reason: "spam" }))
    const signature = signatureOf(body, now())
    fc.assert(
      fc.property(
        fc.nat({ max: body.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        (position, change) => {
          const changed = Buffer.from(body)
          changed[position] ^= change
          const read = events.read(request(changed, signature))
          expect(read?.isSignedWith(new SecretString(SECRET)) ?? false).toBe(
            false
          )
        }
      )
    )
  })

  it.each([-301, 301])("is none when its time is %i s from now", (s) => {
    expect(events.read(signed(told("x"), now() + s))).toBeNull()
  })

  it.each([
    "",
    "t=1,s=2",
    `t=${now()}`,
    `s=${"0".repeat(64)}`,
    `t=now,s=${"0".repeat(64)}`,
    `t=${now()},s=${"0".repeat(62)}`,
  ])("is none with the signature %j", (signature) => {
    expect(events.read(request(told("x"), signature))).toBeNull()
  })

  it("is the same callback when it is delivered again with a new time", () => {
    const body = told("post.publish.complete", { publish_id: "p_1" })
    expect(events.read(signed(body, now() - 60))?.content).toEqual(
      events.read(signed(body))?.content
    )
  })

  const moved = (external_ids: string[]) => [
    { type: "post_moved_on", account_id: "act.ada", external_ids },
  ]

  it.each([
    [
      "authorization.removed",
      { reason: 1 },
      [{ type: "access_withdrawn", user_id: "act.ada" }],
    ],
    ["post.publish.complete", { publish_id: "v_pub 1" }, moved([])],
    [
      "post.publish.complete",
      { publish_id: "v_pub_file~v2-1.73" },
      moved(["v_pub_file~v2-1.73"]),
    ],
    ["post.publish.failed", { publish_id: "p_1" }, moved(["p_1"])],
    ["post.publish.inbox_delivered", { publish_id: "p_1" }, moved(["p_1"])],
    [
      "post.publish.publicly_available",
      { publish_id: "p_1", post_id: "77" },
      moved(["77", "p_1"]),
    ],
    [
      "post.publish.no_longer_publicaly_available",
      { publish_id: "p_1", post_id: "77" },
      [
        {
          type: "post_removed",
          account_id: "act.ada",
          external_ids: ["77", "p_1"],
          reason: "TikTok no longer shows it to the public.",
        },
      ],
    ],
    ["post.publish.no_longer_publicaly_available", {}, []],
    ["video.upload.failed", { share_id: "1" }, []],
    ["constructor", {}, []],
  ])("tells by %s what has become of a publication", (event, content, due) => {
    expect(events.read(signed(told(event, content)))?.events).toEqual(due)
  })

  it("keeps all digits of a post's id that comes as a number", () => {
    const body = told("post.publish.publicly_available").replace(
      '"{}"',
      '"{\\"post_id\\": 7204093215470123456,\\"publish_id\\":\\"p_1\\"}"'
    )
    expect(events.read(signed(body))?.events).toEqual(
      moved(["7204093215470123456", "p_1"])
    )
  })

  it.each(["null", "[]", "no JSON"])("is none with the body %s", (body) => {
    expect(events.read(signed(body))).toBeNull()
  })

  it.each(["no JSON", "null", "[1]", "7"])(
    "tells that something has moved on by the content %s",
    (content) => {
      const body = JSON.stringify({
        event: "post.publish.complete",
        user_openid: "act.ada",
        content,
      })
      expect(events.read(signed(body))?.events).toEqual(moved([]))
    }
  )

  it("tells nothing without the person whom it is about", () => {
    const body = JSON.stringify({ event: "authorization.removed" })
    expect(events.read(signed(body))).toMatchObject({ at: null, events: [] })
  })
})
