import { randomBytes } from "node:crypto"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import sharp from "sharp"
import { convert, fits, sizeFor } from "../renditions"

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "renditions-"))
})
afterAll(() => rm(folder, { recursive: true }))

const saved = async (name: string, data: Buffer): Promise<string> => {
  const file = path.join(folder, name)
  await writeFile(file, data)
  return file
}

/** A picture that no encoder makes small. */
const noise = (width: number, height: number): Promise<Buffer> =>
  sharp(randomBytes(width * height * 3), {
    raw: { width, height, channels: 3 },
  })
    .png()
    .toBuffer()

describe("the size of a rendition", () => {
  const wide = { width: 1200, height: 400 }
  const tall = { width: 400, height: 1200 }

  it.each([
    ["pads a wide one", wide, { ratio: [0, 2], fit: "pad" }, [1200, 600]],
    ["crops a wide one", wide, { ratio: [0, 2], fit: "crop" }, [800, 400]],
    ["pads a tall one", tall, { ratio: [0.8, 2], fit: "pad" }, [960, 1200]],
    ["crops a tall one", tall, { ratio: [0.8, 2], fit: "crop" }, [400, 500]],
    [
      "leaves one within its ratio",
      wide,
      { ratio: [1, 3], fit: "crop" },
      [1200, 400],
    ],
  ] as const)("%s", (_, size, preset, [width, height]) => {
    expect(sizeFor(size, preset)).toEqual({ width, height })
  })

  it("is within both sides after that, and never larger than the picture", () => {
    const ratio = [0, 2] as const
    expect(
      sizeFor(wide, { format: "jpeg", ratio, max_width: 600, max_height: 100 })
    ).toEqual({ width: 200, height: 100 })
    expect(sizeFor(wide, { format: "jpeg", max_width: 5_000 })).toEqual(wide)
  })
})

describe("an image", () => {
  const picture = {
    name: "a.jpg",
    kind: "image",
    content_type: "image/jpeg",
    bytes: 1_000,
    width: 1080,
    height: 1350,
  } as const

  it.each([
    [{ format: "jpeg" }, true],
    [{ format: "png" }, false],
    [{ format: "jpeg", max_bytes: 1_000 }, true],
    [{ format: "jpeg", max_bytes: 999 }, false],
    [{ format: "jpeg", max_width: 1079 }, false],
    [{ format: "jpeg", max_height: 1349 }, false],
    [{ format: "jpeg", ratio: [0.8, 1.91] }, true],
    [{ format: "jpeg", ratio: [0.9, 2] }, false],
  ] as const)("against %j fits: %s", (preset, expected) => {
    expect(fits(picture, preset)).toBe(expected)
  })
})

describe("a rendition", () => {
  it("is turned as its file asks for, and tells nothing but its picture", async () => {
    const file = await saved(
      "turned.jpg",
      await sharp({
        create: { width: 60, height: 40, channels: 3, background: "#c33" },
      })
        .withExif({ IFD0: { Copyright: "Ada", Model: "Camera" } })
        .withMetadata({ orientation: 6 })
        .jpeg()
        .toBuffer()
    )
    const { data, info } = await convert(file, { format: "jpeg" })
    expect(info).toMatchObject({ width: 40, height: 60 })
    const { exif, orientation } = await sharp(data).metadata()
    expect([exif, orientation]).toEqual([undefined, undefined])
  })

  it("has white where it was transparent", async () => {
    const file = await saved(
      "clear.png",
      await sharp({
        create: { width: 20, height: 20, channels: 4, background: "#0000" },
      })
        .png()
        .toBuffer()
    )
    const { data } = await convert(file, { format: "jpeg" })
    const raw = await sharp(data).raw().toBuffer()
    expect([...raw.subarray(0, 3)]).toEqual([255, 255, 255])
  })

  it("keeps its format where none is asked for, if networks take it", async () => {
    const picture = sharp(await noise(20, 20))
    const file = await saved("own.webp", await picture.webp().toBuffer())
    const other = await saved("own.avif", await picture.avif().toBuffer())
    expect((await convert(file, { max_width: 10 })).format).toBe("webp")
    expect((await convert(other, { max_width: 10 })).format).toBe("jpeg")
  })

  it("loses quality first and pixels then, until it is small enough", async () => {
    const file = await saved("noise.png", await noise(800, 600))
    const { data: full } = await convert(file, { format: "jpeg" })
    const max_bytes = Math.round(full.byteLength * 0.7)
    const softer = await convert(file, { format: "jpeg", max_bytes })
    expect(softer.info).toMatchObject({ width: 800, height: 600 })
    expect(softer.data.byteLength).toBeLessThanOrEqual(max_bytes)

    const smaller = await convert(file, { format: "png", max_bytes: 900_000 })
    expect(smaller.info.width).toBeLessThan(800)
    expect(smaller.info.width / smaller.info.height).toBeCloseTo(4 / 3, 1)
    expect(smaller.data.byteLength).toBeLessThanOrEqual(900_000)
  })

  it("is refused when nothing of it would be left", async () => {
    const file = await saved("stubborn.png", await noise(300, 300))
    await expect(
      convert(file, { format: "png", max_bytes: 1_000 })
    ).rejects.toMatchObject({
      errorClass: "content_rejected",
      code: "media_too_large",
    })
  })
})
