import type { MedusaContainer } from "@medusajs/framework/types"
import {
  ContainerRegistrationKeys,
  MedusaError,
} from "@medusajs/framework/utils"
import { socialsModule } from "../../../credentials/modules"

export type PostRow = {
  id: string
  publications?: ({ account_id: string } & Record<string, unknown>)[]
} & Record<string, unknown>

/** Adds to each publication the account that it goes to. */
export const presentPosts = async (
  container: MedusaContainer,
  posts: PostRow[]
): Promise<PostRow[]> => {
  const accountIds = posts.flatMap(({ publications = [] }) =>
    publications.map(({ account_id }) => account_id)
  )
  // With the deleted ones: a post outlives its platform.
  const accounts = await socialsModule(container).listSocialAccounts(
    { id: [...new Set(accountIds)] },
    {
      select: ["id", "name", "username", "avatar_url", "kind", "platform_id"],
      withDeleted: true,
    }
  )
  const accountById = new Map(
    accounts.map(({ id, name, username, avatar_url, kind, platform_id }) => [
      id,
      { id, name, username, avatar_url, kind, platform_id },
    ])
  )

  return posts.map((post) => ({
    ...post,
    ...(post.publications && {
      publications: post.publications
        .map((publication) => ({
          ...publication,
          account: accountById.get(publication.account_id) ?? null,
        }))
        .sort(byAccount),
    }),
  }))
}

type Shown = { id?: unknown; account: { name: string } | null }

/** The database gives them in any order, and whoever looks twice expects the same. */
const byAccount = (a: Shown, b: Shown): number =>
  (a.account?.name ?? "").localeCompare(b.account?.name ?? "") ||
  String(a.id).localeCompare(String(b.id))

/** `publications.account_id` must be there for the join; clients may not have asked for it. */
export const withJoinFields = (fields: string[]): string[] => {
  const needsJoin = fields.some((field) => /^\*?publications/.test(field))
  return [
    ...new Set([
      "id",
      ...fields,
      ...(needsJoin ? ["publications.id", "publications.account_id"] : []),
    ]),
  ]
}

/**
 * Reads one post as it is shown.
 *
 * @throws {MedusaError} NOT_FOUND
 */
export const refetchPost = async (
  container: MedusaContainer,
  id: string,
  fields: string[]
): Promise<PostRow> => {
  const query = container.resolve(ContainerRegistrationKeys.QUERY)
  const { data } = await query.graph({
    entity: "social_post",
    fields: withJoinFields(fields),
    filters: { id },
  })
  const [post] = await presentPosts(container, data as unknown as PostRow[])
  if (!post) {
    throw new MedusaError(
      MedusaError.Types.NOT_FOUND,
      `There is no post with the id ${id}.`
    )
  }
  return post
}
