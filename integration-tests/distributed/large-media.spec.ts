import { createHash, randomBytes } from "node:crypto"
import { createReadStream } from "node:fs"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import {
  type PostingNetwork,
  startPostingNetwork,
} from "../../src/providers/__tests__/support/sandbox"
import { sendReply } from "../../sandbox/http"
import { sandboxSeed } from "./support/drill-networks"
import { setStage, type Stage } from "./support/stage"
import { startVideoServer, type VideoServer } from "./support/video-server"
import type { WorkerProcess } from "./support/worker-process"
import type { Growth } from "./tasks/large-media"

type Tasks = typeof import("./tasks/large-media")

jest.setTimeout(900_000)

const MB = 1024 * 1024

/** Of the video; more than the memory that its workers may take. */
const BYTES = Number(process.env.LARGE_MEDIA_MB ?? 160) * MB

/** What a worker may grow by while it sends the video. */
const LONGEST_GROWTH = 100 * MB

describe("a video that is larger than a worker's memory may get", () => {
  let stage: Stage<Tasks>
  let network: PostingNetwork
  let source: VideoServer
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "sandbox-network-"))
    network = await startPostingNetwork(folder)
    network.settings.video_processing_ms = 1
    source = await startVideoServer(BYTES, randomBytes(MB))
    stage = await setStage<Tasks>({
      tasks: path.join(__dirname, "tasks/large-media.ts"),
      locking: "postgres",
    })
  })

  afterAll(async () => {
    await stage.clear()
    await Promise.all([network.close(), source.close()])
    await rm(folder, { recursive: true })
  })

  it("goes on where it was when its worker is killed, twice, sends no byte more often than it has to, and is not held in memory", async () => {
    let largest = 0
    const enter = (name: string) =>
      stage.enter(name, (event) => {
        largest = Math.max(largest, (event as Partial<Growth>).growth ?? 0)
      })
    /** Where pieces began, as often as they arrived. */
    const offsets: number[] = []
    let victim: WorkerProcess<Tasks> | undefined
    let killed: () => void = () => undefined
    network.intercept(async ({ request, carryOut, response }) => {
      const offset = request.headers["upload-offset"]
      if (offset === undefined) {
        return sendReply(response, await carryOut())
      }
      offsets.push(Number(offset))
      const isPast = (share: number) => Number(offset) > BYTES * share
      if (victim?.name === "first" && isPast(1 / 3)) {
        // The piece has arrived, and is lost.
        await victim.kill()
        return killed()
      }
      const reply = await carryOut()
      if (victim?.name === "second" && isPast(2 / 3)) {
        // The piece is kept, and nobody hears of it.
        await victim.kill()
        return killed()
      }
      sendReply(response, reply)
    })

    victim = await enter("first")
    await victim.run("seedDrill", [
      {
        ...sandboxSeed(network.url),
        delays: [0],
        texts: [["A long film"]],
        file: source.file,
      },
    ])
    for (const next of ["second", "third"]) {
      const death = new Promise<void>((resolve) => {
        killed = resolve
      })
      victim.run("publish", null).catch(() => undefined)
      await death
      await stage.database.query(
        "update social_publication set lease_expires_at = now() where state = 'publishing'"
      )
      victim = await enter(next)
    }
    const begun = Date.now()
    await victim.run("publish", null)
    // The network says that it processes the video, for a moment.
    while (!network.store.listPosts().length) {
      expect(Date.now() - begun).toBeLessThan(600_000)
      await stage.database.query(
        "update social_publication set next_attempt_at = now() where state = 'waiting'"
      )
      await victim.run("publish", null)
    }

    const twice = offsets.filter(
      (offset, index) => offsets.indexOf(offset) !== index
    )
    console.info(
      `[large media] ${JSON.stringify({
        bytes: BYTES,
        pieces: offsets.length,
        sent_twice: twice.length,
        read: source.bytesRead(),
        grown_mb: Math.round(largest / MB),
      })}`
    )
    expect(largest).toBeGreaterThan(0)
    expect(largest).toBeLessThan(LONGEST_GROWTH)
    expect(twice).toHaveLength(1)
    const [post] = network.store.listPosts()
    expect(post.text).toBe("A long film")
    const [{ id }] = post.media
    expect(network.store.findMedia(id)?.bytes).toBe(BYTES)
    const hash = createHash("sha256")
    for await (const chunk of createReadStream(
      path.join(folder, "media", id)
    )) {
      hash.update(chunk)
    }
    expect(hash.digest("hex")).toBe(source.sha256())
  })
})
