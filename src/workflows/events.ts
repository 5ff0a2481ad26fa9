/**
 * Events that the plugin's workflows emit on Medusa's bus. Their data is the
 * id alone.
 */
export const SocialPlatformWorkflowEvents = {
  CREATED: "social_platform.created",
  UPDATED: "social_platform.updated",
  DELETED: "social_platform.deleted",
  CONNECTED: "social_platform.connected",
  DISCONNECTED: "social_platform.disconnected",
  SYNCED: "social_platform.synced",
} as const

/** @see SocialPlatformWorkflowEvents */
export const SocialPostWorkflowEvents = {
  CREATED: "social_post.created",
  UPDATED: "social_post.updated",
  DELETED: "social_post.deleted",
  PUBLISH_ATTEMPTED: "social_post.publish_attempted",
} as const

/**
 * What becomes of a publication, one event for each state that it comes to, for
 * example `social_publication.published` or `social_publication.waiting`. Their
 * data is `{ id, post_id }`.
 *
 * @param state - of the publication
 */
export const publicationEvent = (state: string): string =>
  `social_publication.${state}`

/** Wakes a worker process: there is something to publish. It has no data. */
export const PUBLICATIONS_DUE = "social_publication.due"

/** A service has told something: its data is the id of what is kept of it. */
export const CALLBACK_RECEIVED = "social_callback.received"
