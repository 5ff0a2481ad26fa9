import { createHmac } from "node:crypto"
import fc from "fast-check"
import { SecretString } from "../../../secrets/secret-string"
import { META_CALLBACKS } from "../callbacks"

const SECRET = "app-secret"
const { events, deauthorization } = META_CALLBACKS
const deletion = META_CALLBACKS["data-deletion"]

const hmac = (content: string | Buffer, secret = SECRET) =>
  createHmac("sha256", secret).update(content)

const request = (
  body: string | Buffer,
  headers: Record<string, string> = {}
) => ({
  header: (name: string) => headers[name],
  body: Buffer.from(body),
})
const signed = (body: string | Buffer, secret?: string) =>
  request(body, {
    "x-hub-signature-256": `sha256=${hmac(body, secret).digest("hex")}`,
  })
const feed = (value: object, field = "feed") =>
  JSON.stringify({
    object: "page",
    entry: [{ id: "2001", time: 1_763_780_000, changes: [{ field, value }] }],
  })
const eventsIn = (body: string) => events.read(signed(body))?.events

const encode = (payload: unknown) =>
  Buffer.from(JSON.stringify(payload)).toString("base64url")
const signedRequest = (payload: string, secret?: string) =>
  request(
    new URLSearchParams({
      signed_request: `${hmac(payload, secret).digest("base64url")}.${payload}`,
    }).toString()
  )
const PERSON = { user_id: "1001", algorithm: "HMAC-SHA256", issued_at: 1 }

describe("a notification of Meta's", () => {
  it("is signed by whoever has the secret, and nobody else, whatever its bytes", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.string({ minLength: 1 }),
        fc.string({ minLength: 1 }),
        (bytes, secret, other) => {
          fc.pre(secret !== other)
          const read = events.read(signed(Buffer.from(bytes), secret))
          expect(read?.isSignedWith(new SecretString(secret))).toBe(true)
          // A key that is shorter than a block is filled up with zeros.
          fc.pre(secret.replace(/\0+$/, "") !== other.replace(/\0+$/, ""))
          expect(read?.isSignedWith(new SecretString(other))).toBe(false)
        }
      )
    )
  })

  it("is no longer signed when one byte of it is another", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 200 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (bytes, position, change) => {
          const { header } = signed(Buffer.from(bytes))
          const changed = Buffer.from(bytes)
          changed[position % bytes.length] ^= change
          const read = events.read({ header, body: changed })
          expect(read?.isSignedWith(new SecretString(SECRET))).toBe(false)
        }
      )
    )
  })

  it.each([
    "",
    "sha256=",
    "sha1=0123456789012345678901234567890123456789",
    `sha256=${"g".repeat(64)}`,
    `sha256=${"0".repeat(63)}`,
    `sha256=${"0".repeat(64)}\n`,
  ])("is none with the signature %j", (signature) => {
    const headers = { "x-hub-signature-256": signature }
    expect(events.read(request("{}", headers))).toBeNull()
  })

  it.each([
    [
      { item: "status", verb: "remove", post_id: "2001_5" },
      ["2001_5"],
      "deleted",
    ],
    [
      { item: "post", verb: "delete", post_id: "2001_5" },
      ["2001_5"],
      "deleted",
    ],
    [{ item: "photo", verb: "hide", post_id: "2001_5" }, ["2001_5"], "hidden"],
    [
      { item: "video", verb: "block", post_id: "2001_5", video_id: 77 },
      ["2001_5", "77"],
      "blocked",
    ],
    [
      { item: "comment", verb: "remove", post_id: "2001_5", comment_id: "5_9" },
      ["5_9"],
      "deleted",
    ],
  ])("tells that a post was removed: %j", (value, external_ids, how) => {
    expect(eventsIn(feed(value))).toEqual([
      {
        type: "post_removed",
        account_id: "2001",
        external_ids,
        reason: expect.stringContaining(how),
      },
    ])
  })

  it.each(["unhide", "unblock"])("tells that a post is back: %s", (verb) => {
    expect(eventsIn(feed({ verb, post_id: "2001_5" }))).toEqual([
      { type: "post_restored", account_id: "2001", external_ids: ["2001_5"] },
    ])
  })

  it.each([
    [feed({ item: "status", verb: "add", post_id: "2001_5" })],
    [feed({ item: "status", verb: "constructor", post_id: "2001_5" })],
    [feed({ item: "comment", verb: "remove", post_id: "2001_5" })],
    [feed({ verb: "remove", post_id: { id: 1 } })],
    [feed({ verb: "remove", post_id: "2001_5" }, "mention")],
    [feed([])],
    ["[]"],
    ["null"],
    ["no JSON"],
    [JSON.stringify({ entry: [null, 1, { id: "1", changes: [null] }] })],
    [JSON.stringify({ entry: [{ id: "1", changes: [{ field: "feed" }] }] })],
  ])("tells nothing of the store's posts by %s", (body) => {
    expect(eventsIn(body)).toEqual([])
  })

  it("happened when its latest entry says, in seconds or milliseconds", () => {
    const at = (...times: unknown[]) =>
      events.read(
        signed(JSON.stringify({ entry: times.map((time) => ({ time })) }))
      )?.at
    expect(at(1_763_780_000, 1_763_780_010)).toEqual(
      new Date(1_763_780_010_000)
    )
    expect(at(1_763_780_000_500)).toEqual(new Date(1_763_780_000_500))
    expect(at("soon", -1, null)).toBeNull()
  })
})

describe("Meta's question whether an address is the store's", () => {
  const ask = (query: object) => events.handshake?.({ ...query })
  const asked = {
    "hub.mode": "subscribe",
    "hub.verify_token": "token",
    "hub.challenge": "1158201444",
  }

  it("is responded to with its own number", () => {
    expect(ask(asked)).toEqual({ token: "token", response: "1158201444" })
  })

  it.each([
    { ...asked, "hub.mode": "unsubscribe" },
    { ...asked, "hub.challenge": "<script>alert(1)</script>" },
    { ...asked, "hub.challenge": ["1", "2"] },
    { ...asked, "hub.verify_token": { a: "1" } },
    {},
  ])("is none: %j", (query) => {
    expect(ask(query)).toBeNull()
  })
})

describe("a signed request of Meta's", () => {
  it("tells who has removed the app, and when", () => {
    const read = deauthorization.read(signedRequest(encode(PERSON)))
    expect(read).toMatchObject({
      at: new Date(1000),
      events: [{ type: "access_withdrawn", user_id: "1001" }],
    })
    expect(read?.isSignedWith(new SecretString(SECRET))).toBe(true)
    expect(read?.isSignedWith(new SecretString("another"))).toBe(false)
  })

  it("tells whose data is to be deleted, and is told where the state is to be seen", () => {
    const payload = encode({ ...PERSON, user_id: 1001 })
    expect(deletion.read(signedRequest(payload))?.events).toEqual([
      { type: "data_deletion", user_id: "1001" },
    ])
    expect(deletion.receipt?.("scall_1", "https://shop.example/x")).toEqual({
      url: "https://shop.example/x",
      confirmation_code: "scall_1",
    })
  })

  it("is the same callback however its signature is written", () => {
    const payload = encode(PERSON)
    const [plain] = [signedRequest(payload)]
    const padded = request(
      plain.body.toString().replace(`.${payload}`, `%3D.${payload}`)
    )
    expect(deauthorization.read(padded)?.content).toEqual(
      deauthorization.read(plain)?.content
    )
  })

  it.each([
    encode({ ...PERSON, algorithm: "none" }),
    encode({ user_id: "1001" }),
    encode([]),
    encode("text"),
    Buffer.from("no JSON").toString("base64url"),
  ])("is none with the payload %s", (payload) => {
    expect(deauthorization.read(signedRequest(payload))).toBeNull()
  })

  it("is read from anything without a failure", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.string(), (bytes, text) => {
        const bodies = [
          Buffer.from(bytes),
          `signed_request=${encodeURIComponent(text)}`,
          `signed_request=${"a".repeat(43)}.${Buffer.from(text).toString("base64url")}`,
        ]
        for (const body of bodies) {
          const read = deauthorization.read(request(body))
          expect(read?.isSignedWith(new SecretString(SECRET)) ?? false).toBe(
            false
          )
        }
      })
    )
  })
})
