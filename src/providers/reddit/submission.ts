import { ServiceError } from "../../errors/service-error"
import { checkCommunity } from "../../shared/post-rules/check-community"
import {
  type CommunityDraft,
  communityPost,
  type CommunityPost,
} from "../../shared/post-rules/community-post"
import type { Community } from "../../shared/post-rules/limits"
import { findsOne } from "../patterns"
import type { Media, PublishJob } from "../publication"
import { limits } from "./limits"
import type { RedditSettings } from "./settings"

/** A post as it goes to Reddit, before its files are there. */
export interface Submission extends CommunityPost {
  title: string
  /** Of an image, a gallery or a video. */
  files: readonly Media[]
}

const draftOf = (
  { parts, link }: PublishJob,
  { title }: RedditSettings
): CommunityDraft => ({
  title: title || null,
  link: link?.url ?? null,
  card: { title: link?.title ?? null },
  parts,
})

/** What is sent of a post, as its text, link, files and settings make it. */
export const submissionOf = (
  job: PublishJob,
  settings: RedditSettings
): Submission => {
  const post = communityPost(
    draftOf(job, settings),
    limits(job.account, { settings })
  )
  const { title } = post
  if (!title) {
    throw new ServiceError(
      "content_rejected",
      "The post has no title, and no text to take it from. Enter a title in the post's settings.",
      { code: "title_missing" }
    )
  }
  return { ...post, title, files: job.parts[0].media }
}

const MAX_GUIDELINES = 300

/**
 * Refuses a post that a community would refuse or take down, before anything
 * is sent there.
 *
 * @throws {ServiceError} `content_rejected` naming each rule and what was
 * measured; `account_restricted` where the account may not post there
 */
export const requireTaken = (
  job: PublishJob,
  settings: RedditSettings,
  community: Community
): void => {
  const { name, closed, demands } = community
  if (closed) {
    throw new ServiceError("account_restricted", closed.message, {
      code: closed.code,
    })
  }
  const facts = { ...job.account.facts, community }
  const problems = checkCommunity(
    draftOf(job, settings),
    limits({ ...job.account, facts }, { settings }),
    findsOne
  )
  if (problems.length) {
    const guidelines = demands.guidelines_text?.trim()
    throw new ServiceError(
      "content_rejected",
      `The post does not fit ${name}. ${problems.map(({ message }) => message).join(" ")} Change it, or choose another community.${
        guidelines
          ? ` Its guidelines: ${guidelines.slice(0, MAX_GUIDELINES)}`
          : ""
      }`,
      { code: "community_requirements" }
    )
  }
}
