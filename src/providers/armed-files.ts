import type { FormFile, SizedStream } from "../http/body"
import type { Json, Media, PublishJob } from "./publication"

/** A file and the form's field that it goes into. */
export interface FormMedia {
  field: string
  media: Media
  /** @default the file's own */
  filename?: string
}

/** A file's name as a form carries it: without the folders or the address that it lies at. */
export const filenameOf = ({ name, id }: Pick<Media, "name" | "id">): string =>
  name.split(/[?#]/)[0].split(/[\\/]/).filter(Boolean).pop() ?? id

/**
 * Opens files for a form, one after the other; none stays open when one fails.
 *
 * @throws {ServiceError} `content_rejected` as {@link Media.open}
 */
export const openFiles = async (
  files: readonly FormMedia[]
): Promise<FormFile[]> => {
  const opened: FormFile[] = []
  try {
    for (const { field, media, filename } of files) {
      opened.push({
        ...(await media.open()),
        name: field,
        filename: filename ?? filenameOf(media),
      })
    }
    return opened
  } catch (error) {
    await closeAll(opened)
    throw error
  }
}

/**
 * Arms a part whose files go out with the armed call itself. They are opened
 * first, so that a file that is gone is a clear failure; when the part's time
 * has not come, they are closed again.
 */
export const armWithFiles = async (
  job: Pick<PublishJob, "arm">,
  part: number,
  files: readonly FormMedia[],
  evidence?: Json
): Promise<FormFile[]> => {
  const opened = await openFiles(files)
  try {
    await job.arm(part, evidence)
    return opened
  } catch (error) {
    await closeAll(opened)
    throw error
  }
}

const closeAll = async (files: readonly SizedStream[]): Promise<void> => {
  await Promise.allSettled(files.map(({ stream }) => stream.cancel()))
}
