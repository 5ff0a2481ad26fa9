import { replaceUrls } from "./entities"

/*
 * Whether two posts say the same. Services refuse repetitions (X, Facebook), and
 * people want to be warned of them; only what a reader notices counts.
 */

// Says where a visitor came from, and nothing about what the link leads to.
const CAMPAIGN_PARAMETERS =
  /^(?:utm_\w+|fbclid|gclid|gbraid|wbraid|dclid|msclkid|ttclid|twclid|yclid|li_fat_id|igshid|igsh|epik|srsltid|mc_cid|mc_eid|_ga|_gl)$/i

/**
 * An address without the parameters of campaigns.
 *
 * @param url any address
 * @returns the address with all else as it was
 */
export const withoutCampaign = (url: string): string => {
  const [, address, query, fragment] =
    /^([^?#]*)(?:\?([^#]*))?(#.*)?$/s.exec(url) ?? []
  if (query === undefined) {
    return url
  }
  const kept = query
    .split("&")
    .filter(
      (parameter) =>
        parameter && !CAMPAIGN_PARAMETERS.test(parameter.split("=")[0])
    )
  return `${address}${kept.length ? `?${kept.join("&")}` : ""}${fragment ?? ""}`
}

// Zero-width space, word joiner, byte order mark, soft hyphen.
const INVISIBLE = /[\u200B\u2060\uFEFF\u00AD]/g

/**
 * A text as far as a reader notices: compatible characters, case, white space,
 * what cannot be seen, and campaigns in links are made alike.
 *
 * @param text any text
 * @returns a text that is equal for texts that say the same
 */
export const normalizeText = (text: string): string =>
  replaceUrls(
    // Folded both before and after: one can bring what the other changes.
    text
      .replace(INVISIBLE, "")
      .normalize("NFKC")
      .toLowerCase()
      .normalize("NFKC"),
    withoutCampaign
  )
    .replace(/\s+/gu, " ")
    .trim()

export interface PostContent {
  title: string | null
  link: string | null
  parts: readonly {
    text: string
    /** What tells one file's bytes from another's, such as its SHA-256. */
    media: readonly string[]
  }[]
}

/**
 * What a post says, in one text that is equal for posts that say the same. It
 * can be long: store a hash of it.
 *
 * @param content the post
 * @returns the text to compare, or to hash
 */
export const fingerprintText = ({ title, link, parts }: PostContent): string =>
  JSON.stringify([
    normalizeText(title ?? ""),
    normalizeText(link ?? ""),
    parts.map(({ text, media }) => [normalizeText(text), media]),
  ])
