import {
  keepPreviousData,
  useIsMutating,
  useMutation,
  useQueries,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query"
import { useEffect, useRef, useState } from "react"
import type { ListQuery, Paginated } from "../../shared/api-types"
import type { SocialMedia } from "../../shared/post-types"
import { errorMessage } from "../lib/errors"
import { uploadMedia } from "../lib/media"
import { sdk } from "../lib/sdk"
import { mediaKeys } from "./query-keys"

type MediaResponse = { social_media: SocialMedia }

const mediaPath = (id: string) =>
  `/admin/social-media/${encodeURIComponent(id)}`

/**
 * A page of the media library.
 *
 * @param query filters, search, order, limit and offset
 * @returns the query; the previous page stays visible while the next one loads
 */
export const useMediaList = (query: ListQuery) =>
  useQuery({
    queryKey: mediaKeys.list(query),
    queryFn: () =>
      sdk.client.fetch<Paginated & { social_media: SocialMedia[] }>(
        "/admin/social-media",
        { query }
      ),
    placeholderData: keepPreviousData,
    staleTime: 0,
  })

/**
 * One file, as it is now: networks come for it meanwhile.
 *
 * @param id of the file
 * @returns the query
 */
export const useMediaFile = (id: string) =>
  useQuery({
    queryKey: mediaKeys.detail(id),
    queryFn: () => sdk.client.fetch<MediaResponse>(mediaPath(id)),
    staleTime: 0,
  })

/**
 * Deletes a file that nothing uses.
 *
 * @param id of the file
 * @returns the mutation
 */
export const useDeleteMedia = (id: string) => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () =>
      sdk.client.fetch<{ id: string; deleted: boolean }>(mediaPath(id), {
        method: "DELETE",
      }),
    onSuccess: () => client.invalidateQueries({ queryKey: mediaKeys.lists }),
  })
}

/**
 * What the library knows of files.
 *
 * @param ids of the files
 * @returns by id; a file is absent until it was told of, or where it is gone
 */
export const useMediaFiles = (ids: string[]): Map<string, SocialMedia> => {
  const results: { data?: MediaResponse }[] = useQueries({
    queries: [...new Set(ids)].map((id) => ({
      queryKey: mediaKeys.detail(id),
      queryFn: () => sdk.client.fetch<MediaResponse>(mediaPath(id)),
      staleTime: 60_000,
    })),
  })
  return new Map(
    results.flatMap(({ data }) =>
      data ? [[data.social_media.id, data.social_media] as const] : []
    )
  )
}

/**
 * Chooses what a video shows before it plays; null leaves it to the network.
 *
 * @param id of the video
 * @returns a mutation that takes the poster
 */
export const useSetPoster = (id: string) => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (poster: SocialMedia["poster"]) =>
      sdk.client.fetch<MediaResponse>(mediaPath(id), {
        method: "POST",
        body: { poster },
      }),
    onSuccess: (response) =>
      client.setQueryData(mediaKeys.detail(id), response),
  })
}

/** A file on its way into the library. */
export type Upload = {
  id: string
  name: string
  bytes: number
  sent: number
  /** Why it was refused, or did not arrive; null while it is on its way. */
  problem: string | null
}

type Sending = { upload: Upload; file: File; controller: AbortController }

const uploadKey = ["social_media", "upload"]

/** Whether a file is on its way, anywhere in the dashboard. */
export const useIsUploading = (): boolean =>
  useIsMutating({ mutationKey: uploadKey }) > 0

/**
 * Puts files into the library, one after the other. Each is looked into at
 * once, and refused with what is wrong with it.
 *
 * @param onUploaded hears of each file that is there
 * @returns what is on its way or was refused; `start` takes files, `drop`
 * breaks one off or forgets its refusal
 */
export const useUploads = (onUploaded: (media: SocialMedia) => void) => {
  const client = useQueryClient()
  const [uploads, setUploads] = useState<Upload[]>([])
  const controllers = useRef(new Map<string, AbortController>())
  const started = useRef(0)
  // A form is written in while files arrive.
  const latest = useRef(onUploaded)
  useEffect(() => {
    latest.current = onUploaded
  })
  useEffect(() => {
    const running = controllers.current
    return () => running.forEach((controller) => controller.abort())
  }, [])

  const forget = (id: string) =>
    setUploads((all) => all.filter((upload) => upload.id !== id))
  const change = (id: string, what: Partial<Upload>) =>
    setUploads((all) =>
      all.map((upload) => (upload.id === id ? { ...upload, ...what } : upload))
    )

  const send = async ({ upload: { id }, file, controller }: Sending) => {
    const { signal } = controller
    if (signal.aborted) {
      return
    }
    try {
      const social_media = await uploadMedia(file, {
        signal,
        onProgress: (sent) => change(id, { sent }),
      })
      client.setQueryData(mediaKeys.detail(social_media.id), { social_media })
      forget(id)
      latest.current(social_media)
    } catch (error) {
      if (!signal.aborted) {
        change(id, { problem: errorMessage(error) })
      }
    } finally {
      controllers.current.delete(id)
    }
  }

  const { mutate } = useMutation({
    mutationKey: uploadKey,
    mutationFn: async (batch: Sending[]) => {
      for (const one of batch) {
        await send(one)
      }
    },
    networkMode: "always",
    gcTime: 0,
  })

  const start = (files: File[]) => {
    const batch = files.map((file): Sending => {
      const id = String(started.current++)
      const controller = new AbortController()
      controllers.current.set(id, controller)
      const { name, size } = file
      const upload = { id, name, bytes: size, sent: 0, problem: null }
      return { upload, file, controller }
    })
    setUploads((all) => [...all, ...batch.map(({ upload }) => upload)])
    mutate(batch)
  }
  const drop = (id: string) => {
    controllers.current.get(id)?.abort()
    forget(id)
  }

  return { uploads, start, drop }
}
