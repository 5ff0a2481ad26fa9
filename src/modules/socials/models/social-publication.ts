import { model } from "@medusajs/framework/utils"
import { PUBLICATION_STATES } from "../../../shared/enums"
import SocialPost from "./social-post"

/** One post on one account and placement, with its own state and outcome. */
const SocialPublication = model
  .define("social_publication", {
    id: model.id({ prefix: "spub" }).primaryKey(),
    post: model.belongsTo(() => SocialPost, { mappedBy: "publications" }),
    account_id: model.text(),
    /** Where on the account: `feed`, `reel`, `story`. */
    placement: model.text().default("feed"),
    /** What differs from the post here: `{ text, link, media, parts }`. */
    variant: model.json().nullable(),
    /** What the provider's settings schema asks for, such as a board. */
    settings: model.json().nullable(),
    /** What a handler of the application has changed: as `variant`, with `settings`. */
    changed_content: model.json().nullable(),
    /** What was added to it once it was out: a list of `{ text, media }`. */
    comments: model.json().nullable(),
    /** Digests of what it says and of what it shows, which tell a repetition. */
    content_hash: model.text().nullable(),
    media_hash: model.text().nullable(),
    state: model.enum([...PUBLICATION_STATES]).default("pending"),
    external_id: model.text().nullable(),
    external_url: model.text().nullable(),
    /** Failures since a person has last asked for it. */
    attempts: model.number().default(0),
    /** Nothing of it becomes public before; null means as soon as it is due. */
    publish_at: model.dateTime().nullable(),
    /** Since when its time budget runs. */
    due_since: model.dateTime().nullable(),
    /** When a worker takes it up next; null where nobody is to. */
    next_attempt_at: model.dateTime().nullable(),
    /** What it waits for: `{ why, done, of, give_up_at }`. */
    waiting: model.json().nullable(),
    /** Names the worker that holds the publication; a new one with each claim. */
    lease_token: model.text().nullable(),
    lease_expires_at: model.dateTime().nullable(),
    /** When the call that cannot be repeated was about to be made. */
    armed_at: model.dateTime().nullable(),
    armed_part: model.number().nullable(),
    recovery: model.json().nullable(),
    /** What of it is out: a list of `{ part, external_id, url, published_at }`. */
    parts: model.json().nullable(),
    last_error: model.json().nullable(),
    published_at: model.dateTime().nullable(),
    /** When its figures are read next. */
    metrics_due_at: model.dateTime().nullable(),
    /** When it was removed at the service again. */
    removed_at: model.dateTime().nullable(),
    /** What the service has taken down, or has no more: `{ part, reason, at }`. */
    removed_by_network: model.json().nullable(),
  })
  .indexes([
    {
      name: "IDX_social_publication_post_account_placement_unique",
      on: ["post_id", "account_id", "placement"],
      unique: true,
      where: "deleted_at IS NULL",
    },
    { on: ["account_id"] },
    {
      name: "IDX_social_publication_account_content",
      on: ["account_id", "content_hash"],
      where: "deleted_at IS NULL AND content_hash IS NOT NULL",
    },
    {
      name: "IDX_social_publication_account_media",
      on: ["account_id", "media_hash"],
      where: "deleted_at IS NULL AND media_hash IS NOT NULL",
    },
    {
      name: "IDX_social_publication_due",
      on: ["next_attempt_at"],
      where: "deleted_at IS NULL AND next_attempt_at IS NOT NULL",
    },
    {
      name: "IDX_social_publication_account_due",
      on: ["account_id", "next_attempt_at"],
      where: "deleted_at IS NULL AND next_attempt_at IS NOT NULL",
    },
    {
      name: "IDX_social_publication_metrics_due",
      on: ["metrics_due_at"],
      where: "deleted_at IS NULL AND metrics_due_at IS NOT NULL",
    },
    {
      name: "IDX_social_publication_at_work",
      on: ["account_id"],
      where: "deleted_at IS NULL AND state = 'publishing'",
    },
  ])

export default SocialPublication
