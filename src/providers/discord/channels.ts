import type {
  AccountFacts,
  Destination,
  Lookup,
  Metric,
  RemoteRef,
  PostState,
} from "../publication"
import { stateOf } from "../post-state"
import type { ProviderContext, RemoteAccount, RemoteProfile } from "../types"
import { type Message, placeOf, readRef } from "./message"
import { API } from "./publish"

interface User {
  id: string
  username: string
  global_name?: string | null
  avatar?: string | null
}

interface Guild {
  id: string
  name: string
  /** What the bot may do, before the channels' own rules. */
  permissions: string
}

interface Overwrite {
  id: string
  allow: string
  deny: string
}

interface Channel {
  id: string
  type: number
  name?: string
  guild_id?: string
  permission_overwrites?: Overwrite[]
  available_tags?: { id: string; name: string }[]
}

/** The types of channels that take posts. */
const KINDS: Record<number, string> = {
  0: "text",
  5: "announcement",
  15: "forum",
  16: "forum",
}

const ADMINISTRATOR = 1n << 3n
const NEEDED = (1n << 10n) | (1n << 11n) // VIEW_CHANNEL, SEND_MESSAGES

const GUILDS_PER_PAGE = 200

export const fetchProfile = async ({
  request,
}: ProviderContext): Promise<RemoteProfile> => {
  const { id, username, global_name, avatar } = await request<User>(
    `${API}/users/@me`
  )
  return {
    id,
    name: global_name || username,
    username,
    avatar_url: avatar
      ? `https://cdn.discordapp.com/avatars/${id}/${avatar}.png`
      : null,
    url: null,
    followers: null,
  }
}

/** What a bot may do in a channel ("Permissions", permission overwrites). */
const mayPost = (
  guild: Guild,
  { permission_overwrites = [] }: Channel,
  member: { id: string; roles: readonly string[] }
): boolean => {
  const base = BigInt(guild.permissions)
  if (base & ADMINISTRATOR) {
    return true
  }
  const apply = (permissions: bigint, overwrites: Overwrite[]): bigint => {
    const all = (of: "allow" | "deny") =>
      overwrites.reduce((bits, overwrite) => bits | BigInt(overwrite[of]), 0n)
    return (permissions & ~all("deny")) | all("allow")
  }
  const of = (ids: readonly string[]) =>
    permission_overwrites.filter(({ id }) => ids.includes(id))
  const allowed = [[guild.id], member.roles, [member.id]].reduce(
    (permissions, ids) => apply(permissions, of(ids)),
    base
  )
  return (allowed & NEEDED) === NEEDED
}

const readGuilds = async ({ request }: ProviderContext): Promise<Guild[]> => {
  const guilds: Guild[] = []
  for (;;) {
    const page = await request<Guild[]>(`${API}/users/@me/guilds`, {
      query: { limit: GUILDS_PER_PAGE, after: guilds.at(-1)?.id },
    })
    guilds.push(...page)
    if (page.length < GUILDS_PER_PAGE) {
      return guilds
    }
  }
}

/** The channels and forums that the bot may post to, of all servers that it is in. */
export const listAccounts = async (
  context: ProviderContext
): Promise<RemoteAccount[]> => {
  const { request } = context
  if (context.auth_type === "oauth2") {
    // A person's token names servers, and cannot post to any.
    return []
  }
  const { id } = await fetchProfile(context)
  const accounts: RemoteAccount[] = []
  for (const guild of await readGuilds(context)) {
    const { roles } = await request<{ roles: string[] }>(
      `${API}/guilds/${guild.id}/members/${id}`
    )
    const channels = await request<Channel[]>(
      `${API}/guilds/${guild.id}/channels`
    )
    accounts.push(
      ...channels
        .filter(({ type }) => type in KINDS)
        .filter((channel) => mayPost(guild, channel, { id, roles }))
        .map((channel) => ({
          external_id: channel.id,
          kind: KINDS[channel.type],
          name: `#${channel.name} (${guild.name})`,
          username: null,
          avatar_url: null,
          url: `https://discord.com/channels/${guild.id}/${channel.id}`,
        }))
    )
  }
  return accounts
}

/** The largest file by a server's boosts, in MB ("Guild Object", premium tier). */
const FILE_MB: Record<number, number> = { 2: 50, 3: 100 }

export const fetchFacts = async (
  { request }: ProviderContext,
  account: Destination
): Promise<AccountFacts> => {
  const { guild } = placeOf(account)
  const { premium_tier } = await request<{ premium_tier?: number }>(
    `${API}/guilds/${guild}`
  )
  return { max_file_mb: FILE_MB[premium_tier ?? 0] ?? 10 }
}

/** Choices that are few enough to be filtered here. */
const matching = (
  options: { id: string; name: string }[],
  query: string
): { value: string; label: string }[] =>
  options
    .filter(({ name }) => name.toLowerCase().includes(query.toLowerCase()))
    .map(({ id, name }) => ({ value: id, label: name }))

export const lookups: Readonly<Record<string, Lookup>> = {
  tags: {
    label: "Tags of the forum",
    search: true,
    ttl_seconds: 300,
    run: async ({ request }, account, query) => {
      const { available_tags = [] } = await request<Channel>(
        `${API}/channels/${placeOf(account).channel}`
      )
      return matching(available_tags, query)
    },
  },
  threads: {
    label: "Threads of the channel",
    search: true,
    ttl_seconds: 60,
    run: async ({ request }, account, query) => {
      const { guild, channel } = placeOf(account)
      const { threads } = await request<{
        threads: { id: string; name: string; parent_id: string }[]
      }>(`${API}/guilds/${guild}/threads/active`)
      return matching(
        threads.filter(({ parent_id }) => parent_id === channel),
        query
      )
    },
  },
}

export const fetchPostMetrics = async (
  { request }: ProviderContext,
  account: Destination,
  ref: RemoteRef
): Promise<Metric[]> => {
  const { channel, message } = readRef(account, ref)
  const { reactions = [] } = await request<Message>(
    `${API}/channels/${channel}/messages/${message}`
  )
  return [
    {
      name: "reactions",
      value: reactions.reduce((sum, { count = 0 }) => sum + count, 0),
    },
  ]
}

/** 10003 and 10008: an unknown channel or message ("Opcodes and Status Codes"). */
const GONE = ["10003", "10008"]

export const fetchPostState = (
  { request }: ProviderContext,
  account: Destination,
  ref: RemoteRef
): Promise<PostState> => {
  const { channel, message } = readRef(account, ref)
  return stateOf(
    request(`${API}/channels/${channel}/messages/${message}`).then(
      () => ref.url
    ),
    GONE
  )
}

export const fetchAccountMetrics = async (
  { request }: ProviderContext,
  account: Destination
): Promise<Metric[]> => {
  const { approximate_member_count } = await request<{
    approximate_member_count?: number
  }>(`${API}/guilds/${placeOf(account).guild}`, {
    query: { with_counts: true },
  })
  return approximate_member_count === undefined
    ? []
    : [{ name: "followers", value: approximate_member_count }]
}
