import { keepPreviousData, useQuery } from "@tanstack/react-query"
import { useEffect, useState } from "react"
import type { PostInput, PublicationCheck } from "../../shared/post-types"
import { sdk } from "../lib/sdk"
import { postKeys } from "./query-keys"

/** A person has stopped typing after this time, in ms. */
const PAUSE_MS = 800

/** What only the server knows: what went out before, how much an account takes, and how large a product's picture is. */
const OF_THE_SERVER = new Set([
  "repeated",
  "quota",
  "link_card_picture_too_large",
])

/**
 * What is worth knowing of a post that only the server can tell, asked in a
 * pause of typing. It is advice: where it cannot be had there is none.
 *
 * @param post as it would be sent; null for one that is not to be asked about
 * @returns sentences
 */
export const usePostWarnings = (
  post: (PostInput & { id?: string }) | null
): string[] => {
  const isAsked =
    post !== null &&
    Boolean(post.account_ids?.length) &&
    Boolean(post.caption || post.media?.length)
  const body = usePause(isAsked ? JSON.stringify(post) : null)
  const { data } = useQuery({
    queryKey: [...postKeys.all, "check", body],
    queryFn: () =>
      sdk.client.fetch<{ publications: PublicationCheck[] }>(
        "/admin/social-posts/check",
        { method: "POST", body: JSON.parse(body ?? "{}") }
      ),
    enabled: body !== null,
    retry: false,
    placeholderData: keepPreviousData,
  })
  return isAsked
    ? (data?.publications ?? []).flatMap(({ warnings }) =>
        warnings
          .filter(({ code }) => OF_THE_SERVER.has(code))
          .map(({ message }) => message)
      )
    : []
}

/** A value, once it has not changed for a while. */
const usePause = <T>(value: T): T => {
  const [paused, setPaused] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setPaused(value), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [value])
  return paused
}
