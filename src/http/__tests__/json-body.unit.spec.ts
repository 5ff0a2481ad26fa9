import fc from "fast-check"
import { streamOf } from "../body"
import { jsonWithFiles } from "../json-body"

/** A file that comes in the given chunks. */
const fileOf = (...chunks: Uint8Array[]) => ({
  size: chunks.reduce((sum, { length }) => sum + length, 0),
  stream: streamOf(
    (async function* () {
      yield* chunks
    })()
  ),
})

describe("JSON with files", () => {
  it("has each file as Base64 in its place, however it comes in, and says its length beforehand", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.uint8Array({ maxLength: 20 })), { maxLength: 4 }),
        fc.string(),
        async (files, text) => {
          const { stream, size, content_type } = jsonWithFiles((file) => ({
            text,
            files: files.map((chunks, index) => ({
              index,
              data: file(fileOf(...chunks)),
            })),
          }))
          const sent = Buffer.from(await new Response(stream).arrayBuffer())
          expect(sent.byteLength).toBe(size)
          expect(content_type).toBe("application/json")
          expect(JSON.parse(sent.toString())).toEqual({
            text,
            files: files.map((chunks, index) => ({
              index,
              data: Buffer.concat(chunks).toString("base64"),
            })),
          })
        }
      ),
      { numRuns: 50 }
    )
  })

  it("closes the file that is being sent when nobody reads on", async () => {
    let isClosed = false
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(300)),
      cancel: () => {
        isClosed = true
      },
    })
    const reader = jsonWithFiles((file) => [
      file({ stream, size: 3_000_000 }),
    ]).stream.getReader()
    await reader.read()
    await reader.read()
    await reader.cancel()
    expect(isClosed).toBe(true)
  })
})
