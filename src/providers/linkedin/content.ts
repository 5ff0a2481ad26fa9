import { filenameOf } from "../armed-files"
import type { Json, LinkCard, Media, PublishJob } from "../publication"
import { type LinkedInSettings, originalIn } from "./settings"

/** What of a post lies at LinkedIn already. */
export interface Prepared {
  /** In LinkedIn's format. */
  text: string
  /** URNs, in the order of the part's media. */
  files: string[]
  /** URN of the picture of the link's card. */
  thumbnail: string | null
}

const VISIBILITY = {
  public: "PUBLIC",
  members: "LOGGED_IN",
  connections: "CONNECTIONS",
} as const

/** A post as the Posts API takes it. */
export const bodyOf = (
  job: PublishJob,
  settings: LinkedInSettings,
  prepared: Prepared
): Json => ({
  author: job.account.external_id,
  commentary: prepared.text,
  visibility:
    job.account.kind === "page" ? "PUBLIC" : VISIBILITY[settings.visibility],
  distribution: {
    feedDistribution: "MAIN_FEED",
    targetEntities: [],
    thirdPartyDistributionChannels: [],
  },
  lifecycleState: "PUBLISHED",
  isReshareDisabledByAuthor: !settings.allow_reshare,
  reshareContext: settings.reshare
    ? { parent: originalIn(settings.reshare) }
    : undefined,
  content: contentOf(job, settings, prepared),
})

/** What stands below a post's text; undefined for a text alone. */
const contentOf = (
  { parts: [{ media }], link }: PublishJob,
  settings: LinkedInSettings,
  { files, thumbnail }: Prepared
): { [name: string]: Json } | undefined => {
  const { poll, reshare } = settings
  if (reshare) {
    return undefined
  }
  if (poll) {
    const { question, options, duration } = poll
    return {
      poll: {
        question,
        options: options.map((text) => ({ text })),
        settings: { duration: duration.toUpperCase() },
      },
    }
  }
  const images = media.map(({ alt_text }, index) => ({
    id: files[index],
    ...(alt_text && { altText: alt_text }),
  }))
  if (images.length > 1) {
    return { multiImage: { images } }
  }
  const [file] = media
  if (file) {
    const title = titleOf(file, settings, link)
    return { media: { ...images[0], ...(title && { title }) } }
  }
  return link ? { article: cardOf(link, settings, thumbnail) } : undefined
}

/** Images have none, and a document cannot be without. */
const titleOf = (
  file: Media,
  { title }: LinkedInSettings,
  link: LinkCard | null
): string | null => {
  const given = title || link?.title || null
  switch (file.kind) {
    case "video":
      return given
    case "document":
      return given ?? filenameOf(file).replace(/\.\w+$/, "")
    default:
      return null
  }
}

/** The longest texts of a card, in UTF-16 code units. */
const MAX_TITLE = 400
const MAX_DESCRIPTION = 4086

/** LinkedIn makes no card of its own: what is not sent is not there. */
const cardOf = (
  { url, title, description }: LinkCard,
  settings: LinkedInSettings,
  thumbnail: string | null
): Json => ({
  source: url,
  title: (settings.title || title || new URL(url).host).slice(0, MAX_TITLE),
  ...(description && { description: description.slice(0, MAX_DESCRIPTION) }),
  ...(thumbnail && { thumbnail }),
})
