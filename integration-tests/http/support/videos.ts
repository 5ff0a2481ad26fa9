/** How the picture of a test's video is. */
export interface TinyVideo {
  width?: number
  height?: number
  /** Frames in all, at 25 a second. */
  frames?: number
  /** Bytes of each frame. */
  weight?: number
}

/** An AVC configuration (ISO/IEC 14496-15) of baseline profile, without parameter sets. */
const AVC_CONFIGURATION = new Uint8Array([1, 0x42, 0xc0, 0x1e, 0xff, 0xe0, 0])

/** A video that players open: real boxes around pictures that show nothing. */
export const makeVideo = async ({
  width = 320,
  height = 180,
  frames = 50,
  weight = 200,
}: TinyVideo = {}): Promise<Buffer> => {
  const {
    BufferTarget,
    EncodedPacket,
    EncodedVideoPacketSource,
    Mp4OutputFormat,
    Output,
  } = await import("mediabunny")
  const output = new Output({
    format: new Mp4OutputFormat({ fastStart: "in-memory" }),
    target: new BufferTarget(),
  })
  const source = new EncodedVideoPacketSource("avc")
  output.addVideoTrack(source, { frameRate: 25 })
  await output.start()
  for (let index = 0; index < frames; index++) {
    await source.add(
      new EncodedPacket(
        new Uint8Array(weight).fill(index),
        index === 0 ? "key" : "delta",
        index / 25,
        1 / 25
      ),
      {
        decoderConfig: {
          codec: "avc1.42c01e",
          codedWidth: width,
          codedHeight: height,
          description: AVC_CONFIGURATION,
        },
      }
    )
  }
  await output.finalize()
  return Buffer.from((output.target as { buffer: ArrayBuffer }).buffer)
}
