import { ACCOUNT, type State } from "./state"

const CREATED_AT = "2024-03-01T00:00:00.000Z"

/** The one account, as the API shows it. */
export function presentAccount(state: State, url: string): object {
  const last = state.statuses.at(-1)
  return {
    id: ACCOUNT.id,
    username: ACCOUNT.username,
    acct: ACCOUNT.username,
    display_name: ACCOUNT.display_name,
    url: `${url}/@${ACCOUNT.username}`,
    uri: `${url}/users/${ACCOUNT.username}`,
    note: "<p>Everything for the garden.</p>",
    avatar: `${url}/avatar.svg`,
    avatar_static: `${url}/avatar.svg`,
    header: `${url}/avatar.svg`,
    header_static: `${url}/avatar.svg`,
    locked: false,
    bot: false,
    group: false,
    discoverable: true,
    indexable: true,
    created_at: CREATED_AT,
    last_status_at: last ? last.created_at.slice(0, 10) : null,
    followers_count: ACCOUNT.followers_count,
    following_count: ACCOUNT.following_count,
    statuses_count: state.statuses.length,
    fields: [],
    emojis: [],
  }
}

/** The account with what only its owner sees. */
export function presentOwnAccount(state: State, url: string): object {
  return {
    ...presentAccount(state, url),
    source: {
      privacy: "public",
      sensitive: false,
      language: "en",
      note: "Everything for the garden.",
      fields: [],
      follow_requests_count: 0,
      indexable: true,
    },
    role: {
      id: "-99",
      name: "",
      color: "",
      permissions: "0",
      highlighted: false,
    },
  }
}

/** `GET /api/v2/instance` */
export function presentInstance(state: State, url: string): object {
  return {
    domain: new URL(url).host,
    title: "Simulated Mastodon",
    version: "4.5.0",
    source_url: "https://github.com/mastodon/mastodon",
    description: "An instance for development.",
    usage: { users: { active_month: 1 } },
    thumbnail: { url: `${url}/avatar.svg` },
    icon: [],
    languages: ["en"],
    configuration: {
      urls: { streaming: url.replace(/^http/, "ws"), status: null },
      vapid: { public_key: "simulated" },
      accounts: { max_featured_tags: 10, max_pinned_statuses: 5 },
      ...state.configuration,
      translation: { enabled: false },
    },
    registrations: {
      enabled: false,
      approval_required: false,
      message: null,
    },
    api_versions: { mastodon: 7 },
    contact: { email: "ada@example.com", account: null },
    rules: [],
  }
}

/** `GET /api/v1/instance`, as instances before 4.0 have it. */
export function presentFirstInstance(state: State, url: string): object {
  const { statuses, media_attachments, polls } = state.configuration
  return {
    uri: new URL(url).host,
    title: "Simulated Mastodon",
    short_description: "An instance for development.",
    description: "An instance for development.",
    email: "ada@example.com",
    version: "3.5.3",
    urls: { streaming_api: url.replace(/^http/, "ws") },
    stats: { user_count: 1, status_count: 0, domain_count: 0 },
    thumbnail: null,
    languages: ["en"],
    registrations: false,
    approval_required: false,
    invites_enabled: false,
    configuration: { statuses, media_attachments, polls },
    contact_account: null,
    rules: [],
  }
}
