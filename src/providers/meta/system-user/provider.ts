import type {
  ProviderContext,
  RemoteAccount,
  RemoteProfile,
  SocialProvider,
} from "../../types"
import type { Verification } from "../../verification"
import { metaSystemUserDescription } from "./description"
import { graphOf, malformed, META_SERVICE, numericSetting } from "../graph"
import { readTokenFacts, type TokenFacts } from "../token-facts"

interface GraphNode {
  id?: string
  name?: string
}

interface GraphPage extends GraphNode {
  username?: string
  link?: string
  picture?: { data?: { url?: string } }
}

const AD_ACCOUNT_FIELDS = "id,name"
const PAGE_FIELDS = "id,name,username,link,picture{url}"

/** Ad accounts and pages of a business, its own and those of its clients. */
const BUSINESS_EDGES = {
  ad_accounts: ["owned_ad_accounts", "client_ad_accounts"],
  pages: ["owned_pages", "client_pages"],
}

/** What is assigned to the token's own system user. */
const OWN_EDGES = { ad_accounts: ["adaccounts"], pages: ["accounts"] }

const graphFor = (context: ProviderContext) => graphOf(context, "app_secret")

const readNode = async (
  context: ProviderContext,
  path: string
): Promise<Required<GraphNode>> => {
  const { id, name } = await graphFor(context).get<GraphNode>(path, {
    fields: "id,name",
  })
  if (!id) {
    throw malformed(META_SERVICE, "an id")
  }
  return { id, name: name ?? id }
}

const fetchProfile = async (
  context: ProviderContext
): Promise<RemoteProfile> => ({
  ...(await readNode(context, "/me")),
  username: null,
  avatar_url: null,
  url: null,
  followers: null,
})

const toAdAccount = ({ id, name }: GraphNode): RemoteAccount => ({
  external_id: String(id),
  kind: "ad_account",
  name: name || String(id),
  username: null,
  avatar_url: null,
  url: null,
})

const toPage = ({
  id,
  name,
  username,
  link,
  picture,
}: GraphPage): RemoteAccount => ({
  external_id: String(id),
  kind: "page",
  name: name || String(id),
  username: username ?? null,
  avatar_url: picture?.data?.url ?? null,
  url: link ?? null,
})

/** One entry for what is listed twice, such as a page that is both owned and a client's. */
const unique = (accounts: RemoteAccount[]): RemoteAccount[] => [
  ...new Map(
    accounts.map((account) => [
      `${account.kind}:${account.external_id}`,
      account,
    ])
  ).values(),
]

const listAccounts = async (
  context: ProviderContext
): Promise<RemoteAccount[]> => {
  const businessId = numericSetting(context.settings, "business_id")
  const holder = businessId ?? "me"
  const edges = businessId ? BUSINESS_EDGES : OWN_EDGES
  const graph = graphFor(context)
  const accounts: RemoteAccount[] = []

  for (const edge of edges.ad_accounts) {
    const nodes = await graph.list<GraphNode>(
      `/${holder}/${edge}`,
      AD_ACCOUNT_FIELDS
    )
    accounts.push(...nodes.map(toAdAccount))
  }
  for (const edge of edges.pages) {
    const nodes = await graph.list<GraphPage>(`/${holder}/${edge}`, PAGE_FIELDS)
    accounts.push(...nodes.map(toPage))
  }
  return unique(accounts)
}

const dayOf = (date: Date): string => date.toISOString().slice(0, 10)

const sentenceOf = (
  owner: string,
  { expires_at, data_access_expires_at }: TokenFacts
): string => {
  const end = expires_at ? `ends on ${dayOf(expires_at)}` : "does not end"
  return data_access_expires_at
    ? `${owner}, and ${end}. Its access to data ends on ${dayOf(data_access_expires_at)}.`
    : `${owner}, and ${end}.`
}

const verify = async (
  context: ProviderContext
): Promise<string | Verification> => {
  const { name } = await readNode(context, "/me")
  const businessId = numericSetting(context.settings, "business_id")
  const business = businessId
    ? await readNode(context, `/${businessId}`)
    : undefined
  const facts = await readTokenFacts(context, {
    id: "app_id",
    secret: "app_secret",
  })

  const owner = business
    ? `The token belongs to ${name}, a system user of ${business.name}`
    : `The token belongs to ${name}`
  if (!facts) {
    return `${owner}.`
  }
  return {
    message: sentenceOf(owner, facts),
    token_expires_at: facts.expires_at,
    granted_scopes: facts.scopes,
  }
}

/** The provider for system users of Meta's Business Manager. */
export const metaSystemUserProvider: SocialProvider = {
  description: metaSystemUserDescription,
  verify,
  fetchProfile,
  listAccounts,
}
