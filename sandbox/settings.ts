/** What can be changed while the network runs. */
export type Settings = {
  /** In s. */
  access_token_ttl: number
  /** In s. */
  refresh_token_ttl: number
  /** How long a video is processed, in ms. */
  video_processing_ms: number
  /** How many posts an account takes in 24 hours. */
  posts_per_day: number
  /** With 0 pages have no tokens of their own; another number ends those that they have. */
  page_tokens: number
}

export const DEFAULT_SETTINGS: Readonly<Settings> = {
  access_token_ttl: 3600,
  refresh_token_ttl: 30 * 24 * 3600,
  video_processing_ms: 1000,
  posts_per_day: 1000,
  page_tokens: 0,
}
