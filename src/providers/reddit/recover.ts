import type {
  Destination,
  LostCall,
  Recovery,
  UnpublishedProgress,
} from "../publication"
import type { ProviderContext } from "../types"
import { listOwn, refOf, type Thing } from "./things"

/** What `recover` needs of an armed part: of a post, or of a comment. */
export type Evidence = {
  readonly subreddit?: string
  readonly title?: string
  /** Ids of the files, which stand in no other post. */
  readonly assets?: string[]
  /** The post that a comment is for. */
  readonly parent?: string
  readonly text?: string
}

/** Clocks differ: Reddit may have dated a post a little before it was sent, in ms. */
const CLOCK_SKEW_MS = 60_000

/** How long Reddit may take to list a post, its files included, in ms. */
const LISTED_WITHIN_MS = 10 * 60_000

/** Under which it is kept that Reddit has taken a post with files, in ms since the epoch. */
export const TAKEN = "taken"

/**
 * Reddit shows a post with files once it has processed them.
 *
 * @param takenAt - in ms since the epoch
 */
export const whileProcessing = (takenAt: number): UnpublishedProgress => ({
  state: "wait",
  until: new Date(Date.now() + pauseAt(Date.now() - takenAt, 2_000)),
  giveUpAt: new Date(takenAt + LISTED_WITHIN_MS),
  why: "Reddit has taken the post, and processes its files",
})

/** Whether one text is the other, whatever became of its spaces. */
const isSameText = (left = "", right = ""): boolean =>
  essence(left) === essence(right)

const essence = (text: string): string =>
  text.normalize("NFC").replace(/\s+/g, " ").trim()

const isNew = ({ created_utc = 0 }: Thing, since: Date): boolean =>
  created_utc * 1000 >= since.getTime() - CLOCK_SKEW_MS

/** A file's id is the name under which the post shows it. */
const hasFile = (
  { url, url_overridden_by_dest, media_metadata }: Thing,
  asset: string
): boolean =>
  [url, url_overridden_by_dest].some((address) =>
    new RegExp(`/${asset}(?![\\w-])`).test(address ?? "")
  ) || Object.hasOwn(media_metadata ?? {}, asset)

/**
 * A post among the account's latest: by its files, or else by its community,
 * its title and its time.
 */
const findPost = async (
  context: ProviderContext,
  { account, armed_at }: LostCall,
  { subreddit = "", title, assets = [] }: Evidence
): Promise<Thing | undefined> => {
  const things = await listOwn(context, nameOf(account), "submitted")
  return assets.length
    ? things.find((thing) => assets.some((asset) => hasFile(thing, asset)))
    : things
        .filter(
          (thing) =>
            thing.subreddit?.toLowerCase() === subreddit.toLowerCase() &&
            isSameText(thing.title, title) &&
            isNew(thing, armed_at)
        )
        // The newest comes first, and the first one after the call is it.
        .at(-1)
}

const findComment = async (
  context: ProviderContext,
  { account, armed_at, parts }: LostCall,
  { parent, text }: Evidence
): Promise<Thing | undefined> => {
  const others = parts.map(({ published }) => published?.external_id)
  const things = await listOwn(context, nameOf(account), "comments")
  return things.find(
    (thing) =>
      thing.parent_id === parent &&
      !others.includes(thing.name) &&
      isSameText(thing.body, text) &&
      isNew(thing, armed_at)
  )
}

const nameOf = ({ username, name }: Destination): string => username ?? name

/**
 * Looks for an armed part among what the account has posted. What is not there
 * may be in the hands of a moderator's program or in processing: nothing is
 * sent again, and after a while a person decides.
 */
export const recover = async (
  context: ProviderContext,
  lost: LostCall
): Promise<Recovery> => {
  const evidence = lost.evidence as Evidence
  const found = evidence.parent
    ? await findComment(context, lost, evidence)
    : await findPost(context, lost, evidence)
  if (found) {
    return { outcome: "published", ref: refOf(context.settings, found) }
  }
  const age = Date.now() - lost.armed_at.getTime()
  if (age >= LISTED_WITHIN_MS) {
    return { outcome: "unknown" }
  }
  const takenAt = lost.kept<number>(TAKEN)
  return takenAt && !evidence.parent
    ? { outcome: "taken", progress: whileProcessing(takenAt) }
    : {
        outcome: "ask_again",
        at: new Date(Date.now() + pauseAt(age, 5_000)),
      }
}

/** Soon at first, and about nine times in all; in ms. */
const pauseAt = (age: number, least: number): number =>
  Math.min(Math.max(age, least), 2 * 60_000)
