import { Readable } from "node:stream"
import type {
  IFileModuleService,
  MedusaContainer,
} from "@medusajs/framework/types"
import { Modules } from "@medusajs/framework/utils"
import { isServiceError } from "../../errors/service-error"
import { socialsModule } from "../../credentials/modules"
import type { AllowedNetworks } from "../../http/guard/networks"
import { rejectedMedia, requestFile } from "../../http/remote-file"
import { changed, copyToDisk, measure, type TemporaryFile } from "./streams"

/** Where a file's bytes are. */
export interface FilePlace {
  /** For messages. */
  name: string
  /** Of Medusa's file module. */
  file_id: string | null
  source_url: string | null
}

type Chunks = AsyncIterable<Uint8Array>

/** What the server of a file has said when it was asked for some of it. */
export interface RangeAnswer {
  stream: Chunks
  /** Of the whole file. */
  bytes: number
  etag: string | null
  claimed_type: string
}

/** Reads one file. */
export interface FileSource {
  /** The whole file, as it comes. */
  whole: () => Promise<{
    stream: Chunks
    etag: string | null
    /** As its server says; null where it does not. */
    bytes: number | null
    claimed_type: string
  }>
  /** Part of the file; null where its server does not give parts. */
  part: (start: number, end: number) => Promise<RangeAnswer | null>
}

/**
 * Finds how a file can be read. What is in Medusa's file module is asked for at
 * the address that the module gives, which takes ranges, or else, as with a
 * storage on a private network, read through the module itself.
 *
 * @throws {ServiceError} `content_rejected`, code `media_unreachable`
 */
export const findSource = async (
  container: MedusaContainer,
  { name, file_id, source_url }: FilePlace
): Promise<FileSource> => {
  const { allow_private_networks } = await socialsModule(container).getOptions()
  if (!file_id) {
    return remoteSource(source_url ?? "", allow_private_networks)
  }
  const files: IFileModuleService = container.resolve(Modules.FILE)
  const url = await files.retrieveFile(file_id).then(
    (file) => file.url,
    () => {
      throw missing(name)
    }
  )
  return withFallback(
    remoteSource(url, allow_private_networks),
    moduleSource(files, file_id, name)
  )
}

const missing = (name: string): Error =>
  rejectedMedia(
    "media_unreachable",
    `The file "${name}" is not in the store's file storage any more. Upload it again.`
  )

const remoteSource = (url: string, networks: AllowedNetworks): FileSource => ({
  whole: async () => {
    const response = await requestFile(url, { networks })
    return { ...factsOf(response), bytes: lengthOf(response) }
  },
  part: async (start, end) => {
    const response = await requestFile(url, { networks, range: [start, end] })
    const [, from, to, total] =
      /^bytes (\d+)-(\d+)\/(\d+)$/.exec(
        response.headers.get("content-range") ?? ""
      ) ?? []
    const isAsked =
      response.status === 206 &&
      Number(from) === start &&
      Number(to) === Math.min(end, Number(total) - 1)
    if (!isAsked) {
      await response.body?.cancel().catch(() => undefined)
      return null
    }
    return { ...factsOf(response), bytes: Number(total) }
  },
})

const factsOf = (response: Response) => ({
  stream: response.body as unknown as Chunks,
  etag: response.headers.get("etag"),
  claimed_type: typeOf(response),
})

/** What a server says that a file is, without parameters; empty where it does not. */
const typeOf = ({ headers }: Response): string =>
  (headers.get("content-type") ?? "").split(";")[0].trim().toLowerCase()

const lengthOf = ({ headers }: Response): number | null =>
  headers.has("content-length") && !headers.has("content-encoding")
    ? Number(headers.get("content-length"))
    : null

const moduleSource = (
  files: IFileModuleService,
  file_id: string,
  name: string
): FileSource => ({
  whole: async () => ({
    stream: readThrough(await files.getDownloadStream(file_id), name),
    etag: null,
    bytes: null,
    claimed_type: "",
  }),
  part: async () => null,
})

/** Storages tell that a file is gone only when it is read. */
const readThrough = async function* (
  stream: Readable,
  name: string
): AsyncGenerator<Uint8Array> {
  try {
    yield* stream
  } catch {
    throw missing(name)
  }
}

const withFallback = (first: FileSource, second: FileSource): FileSource => {
  let chosen = first
  const falling =
    <Args extends unknown[], T>(
      read: (source: FileSource, ...args: Args) => Promise<T>
    ) =>
    async (...args: Args): Promise<T> => {
      try {
        return await read(chosen, ...args)
      } catch (error) {
        if (chosen === second || !isServiceError(error)) {
          throw error
        }
        chosen = second
        return read(second, ...args)
      }
    }
  return {
    whole: falling((source) => source.whole()),
    part: falling((source, start: number, end: number) =>
      source.part(start, end)
    ),
  }
}

/** A file that is read in parts, and what has to be put away when that is done. */
export interface OpenedFile {
  part: (start: number, end: number) => Promise<Chunks>
  /** A copy on this machine, for what reads files only. */
  onDisk: () => Promise<TemporaryFile>
  close: () => Promise<void>
}

/** What must still hold of a file when it is read. */
export interface Expected {
  name: string
  bytes: number
  sha256: string | null
  etag: string | null
}

/**
 * Reads a file in parts. One whose server does not give parts is copied to this
 * machine once, until `close`.
 *
 * @throws {ServiceError} `media_changed`
 */
export const openParts = (
  source: FileSource,
  expected: Expected
): OpenedFile => {
  let copy: Promise<TemporaryFile> | undefined
  const onDisk = (): Promise<TemporaryFile> =>
    (copy ??= copyWhole(source, expected).catch((error) => {
      copy = undefined
      throw error
    }))
  return {
    onDisk,
    part: async (start, end) => {
      const answer = copy ? null : await source.part(start, end)
      if (!answer) {
        return (await onDisk()).range(start, end)
      }
      if (
        answer.bytes !== expected.bytes ||
        differs(answer.etag, expected.etag)
      ) {
        throw changed(expected.name)
      }
      return answer.stream
    },
    close: async () => {
      await copy?.then((file) => file.remove()).catch(() => undefined)
    },
  }
}

/** Where both are told. */
export const differs = (left: string | null, right: string | null): boolean =>
  left !== null && right !== null && left !== right

const copyWhole = async (
  source: FileSource,
  { name, bytes, sha256, etag }: Expected
): Promise<TemporaryFile> => {
  const answer = await source.whole()
  if (differs(answer.etag, etag)) {
    throw changed(name)
  }
  const file = await copyToDisk(await measure(answer.stream), bytes).catch(
    (error) => {
      throw isServiceError(error) && error.code === "media_too_large"
        ? changed(name)
        : error
    }
  )
  if (file.bytes !== bytes || differs(file.sha256, sha256)) {
    await file.remove()
    throw changed(name)
  }
  return file
}
