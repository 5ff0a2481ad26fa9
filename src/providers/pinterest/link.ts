/** In characters: the longest value of `utm_campaign`. */
export const LONGEST_CAMPAIGN = 40

/** In characters: Pinterest takes 2,048, and what is added to a link needs the rest. */
export const MAX_LINK = 1500

/**
 * Adds what tells the shop's statistics where a visit came from, and what makes
 * the link unlike any other pin's: that finds the pin again. Parameters that
 * are there already stay as they are.
 *
 * @param key - of the publication's part
 */
export const campaignLink = (
  link: string,
  key: string,
  campaign: string | undefined
): string => {
  const url = new URL(link)
  const has = (name: string): boolean => url.searchParams.has(name)
  const added = new URLSearchParams()
  for (const [name, value] of [
    ["utm_source", "pinterest"],
    ["utm_medium", "social"],
    ["utm_campaign", campaign],
  ] as const) {
    if (value && !has(name)) {
      added.set(name, value)
    }
  }
  added.set(has("utm_content") ? "utm_id" : "utm_content", key)
  url.search = url.search ? `${url.search}&${added}` : String(added)
  return url.href
}

/** Whether a link is the one that was made for a publication's part. */
export const leadsFrom = (
  link: string | null | undefined,
  key: string
): boolean =>
  typeof link === "string" &&
  URL.canParse(link) &&
  [...new URL(link).searchParams.values()].includes(key)
