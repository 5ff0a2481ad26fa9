/** What can be changed while the network runs. Lifetimes are in seconds. */
export type Settings = {
  access_token_ttl: number
  refresh_token_ttl: number
}

export const DEFAULT_SETTINGS: Readonly<Settings> = {
  access_token_ttl: 3600,
  refresh_token_ttl: 30 * 24 * 3600,
}
