/** The one person of this network. There is no password: nothing here is real. */
export const USER = {
  id: "user_ada",
  username: "ada",
  name: "Ada's Shop",
  followers: 1815,
}

export type Account = {
  id: string
  kind: "page" | "profile"
  name: string
  username: string
  /** Longest text of a post, in characters as a reader sees them. */
  max_characters: number
}

/** What that person manages: more than one page of results at two for each. */
export const ACCOUNTS: readonly Account[] = [
  {
    id: "page_main",
    kind: "page",
    name: "Ada's Shop",
    username: "adas-shop",
    max_characters: 500,
  },
  {
    id: "page_outlet",
    kind: "page",
    name: "Ada's Outlet",
    username: "adas-outlet",
    max_characters: 500,
  },
  {
    id: "profile_ada",
    kind: "profile",
    name: "Ada",
    username: "ada",
    max_characters: 300,
  },
]

export type Board = { id: string; name: string }

/** Collections that a post can be put into. */
export const BOARDS: readonly Board[] = [
  { id: "board_autumn", name: "Autumn" },
  { id: "board_gifts", name: "Gifts" },
  { id: "board_summer", name: "Summer" },
]

const COLOURS: Record<string, string> = {
  user_ada: "#4338ca",
  page_main: "#4338ca",
  page_outlet: "#0f766e",
  profile_ada: "#be185d",
}

/** What each scope means to the person who is asked for it. */
export const SCOPES: Record<string, string> = {
  profile: "See your profile: name, picture and number of followers",
  "accounts:read": "See the pages and profiles that you manage",
  "posts:write": "Publish posts and images for you, and look them up again",
  "insights:read": "See how your posts perform",
  offline_access: "Keep this access while you are away, until you withdraw it",
}

/** The account of that id, or `undefined`. */
export function findAccount(id: string): Account | undefined {
  return ACCOUNTS.find((account) => account.id === id)
}

/**
 * A picture for a user or an account: its initials on its colour.
 *
 * @returns an SVG document, or `null` for an unknown id
 */
export function avatarSvg(id: string): string | null {
  const colour = COLOURS[id]
  const name = id === USER.id ? USER.name : findAccount(id)?.name
  if (!colour || !name) {
    return null
  }
  const initials = name
    .split(" ")
    .map((word) => word[0])
    .join("")
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" width="96" height="96">` +
    `<rect width="96" height="96" fill="${colour}"/>` +
    `<text x="48" y="50" fill="#fff" font-family="system-ui, sans-serif" font-size="40" ` +
    `font-weight="600" text-anchor="middle" dominant-baseline="central">${initials}</text></svg>`
  )
}
