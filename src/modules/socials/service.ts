import type { Logger } from "@medusajs/framework/types"
import {
  generateEntityId,
  InjectManager,
  InjectTransactionManager,
  MedusaContext,
  MedusaError,
  MedusaService,
} from "@medusajs/framework/utils"
import {
  PROVIDER_IDENTIFIERS,
  PROVIDER_REGISTRATION_PREFIX,
  SOCIALS_OPTIONS,
} from "./constants"
import SocialAccount from "./models/social-account"
import SocialAccountCredential from "./models/social-account-credential"
import SocialCallback from "./models/social-callback"
import SocialCheckpoint from "./models/social-checkpoint"
import SocialConfigurationAlarm from "./models/social-configuration-alarm"
import SocialCredentialEvent from "./models/social-credential-event"
import SocialMedia from "./models/social-media"
import SocialMetric from "./models/social-metric"
import SocialOauthSession from "./models/social-oauth-session"
import SocialPlatform from "./models/social-platform"
import SocialPost from "./models/social-post"
import SocialPublication from "./models/social-publication"
import {
  type CredentialContent,
  lockPlatform,
  readTokenRow,
  type TokenRow,
  writeApiConfig,
} from "./sql/platforms"
import { deleteCheckpoints } from "./sql/checkpoints"
import { lockEditablePost } from "./sql/posts"
import { reduceDatabaseErrors } from "./sql/errors"
import { type Calls, gather, gatherRows } from "./sql/gather"
import { managerOf, type SharedContext } from "./sql/manager"
import { SERVICE_METHODS, SERVICE_TRANSACTIONS } from "./sql/service-methods"
import { withStatements } from "./sql/statements"
import {
  armPublications,
  keepPublications,
  recordPublishedParts,
  type SettleCall,
} from "./sql/worker-commits"
import { checkStoredCredentials } from "./utils/start-check"
import { lowestKeyVersion } from "./utils/api-config"
import type { SocialsOptions } from "./utils/validate-options"
import type {
  LockedPlatformChange,
  NewPublication,
  SocialPlatformRow,
  SocialPostColumns,
} from "./rows"

/** Columns that only `writeApiConfig` may write. */
const GUARDED_COLUMNS = [
  "api_config",
  "credential_index",
  "credentials_version",
  "key_version",
  // What is sealed is bound to it.
  "tenant_id",
]

class SocialsModuleService extends withStatements(
  withStatements(
    MedusaService({
      SocialPlatform,
      SocialAccount,
      SocialPost,
      SocialPublication,
      SocialMedia,
      SocialOauthSession,
      SocialCredentialEvent,
      SocialCallback,
      SocialCheckpoint,
      SocialAccountCredential,
      SocialConfigurationAlarm,
      SocialMetric,
    }),
    SERVICE_METHODS
  ),
  SERVICE_TRANSACTIONS,
  InjectTransactionManager
) {
  protected readonly container_: Record<string, unknown>

  /** The same object for as long as the application runs; see `applicationOf`. */
  readonly application = {}

  __hooks = {
    onApplicationStart: () =>
      checkStoredCredentials(this, this.resolveOptional_<Logger>("logger")),
  }

  constructor(container: Record<string, unknown>) {
    super(...arguments)
    this.container_ = container
  }

  /** The plugin's options, validated at start. */
  async getOptions(): Promise<SocialsOptions> {
    return this.container_[SOCIALS_OPTIONS] as SocialsOptions
  }

  /** The providers that the application registered through the plugin's options. */
  async listRegisteredProviders(): Promise<unknown[]> {
    const identifiers = this.resolveOptional_<string[]>(PROVIDER_IDENTIFIERS)
    return (identifiers ?? []).map(
      (identifier) =>
        this.container_[`${PROVIDER_REGISTRATION_PREFIX}${identifier}`]
    )
  }

  /**
   * Creates a platform with its sealed credentials in one transaction.
   *
   * @param data - the row; `id` must be the one that the credentials were sealed for
   * @param content - settings and envelopes, with their index
   */
  @InjectManager()
  async insertPlatform(
    data: Partial<SocialPlatformRow> & { id: string },
    content: CredentialContent,
    @MedusaContext() context: SharedContext = {}
  ): Promise<SocialPlatformRow> {
    return await this.insertPlatform_(data, content, context)
  }

  @InjectTransactionManager()
  protected async insertPlatform_(
    data: Partial<SocialPlatformRow> & { id: string },
    content: CredentialContent,
    @MedusaContext() context: SharedContext = {}
  ): Promise<SocialPlatformRow> {
    return await super.createSocialPlatforms(
      {
        ...data,
        ...content,
        key_version: lowestKeyVersion(content.api_config),
      },
      context
    )
  }

  /**
   * Refuses what would go around the compare-and-set: Medusa merges JSON
   * columns on update, so half of an old envelope could survive in a new one.
   */
  // @ts-expect-error narrows the generated overloads to one implementation
  override async updateSocialPlatforms(
    data: Record<string, unknown> | Record<string, unknown>[],
    ...rest: unknown[]
  ): Promise<unknown> {
    const rows = [data].flat()
    const guarded = GUARDED_COLUMNS.filter((column) =>
      rows.some((row) => column in row || column in Object(row.data))
    )
    if (guarded.length) {
      throw new MedusaError(
        MedusaError.Types.NOT_ALLOWED,
        `${guarded.join(", ")} cannot be updated here: use writeApiConfig, which replaces api_config whole and only if it is unchanged, or updateSocialPlatformWorkflow, which moves a platform to another tenant with its credentials.`
      )
    }
    // @ts-expect-error forwards whichever overload was called
    return await super.updateSocialPlatforms(data, ...rest)
  }

  /**
   * Reads what the use of a platform's token looks at; see {@link readTokenRow}.
   *
   * @throws {MedusaError} NOT_FOUND
   */
  @InjectManager()
  async readTokenRow(
    id: string,
    @MedusaContext() context: SharedContext = {}
  ): Promise<TokenRow> {
    const row = await readTokenRow(managerOf(context), id)
    if (!row) {
      throw new MedusaError(
        MedusaError.Types.NOT_FOUND,
        `SocialPlatform with id: ${id} was not found`
      )
    }
    return row
  }

  /**
   * Changes a row that is locked from its reading on, in one transaction: all
   * of the change is written or nothing, and no faster writer can win.
   *
   * @param decide - makes the change from the row; null leaves the row alone.
   * It runs within the transaction: nothing slow belongs into it.
   * @returns the row's new `credentials_version`, or null when its credentials
   * were not written
   */
  @InjectTransactionManager()
  async changeLockedPlatform(
    id: string,
    decide: (row: SocialPlatformRow) => Promise<LockedPlatformChange | null>,
    @MedusaContext() context: SharedContext = {}
  ): Promise<number | null> {
    await lockPlatform(managerOf(context), id)
    const row = await this.retrieveSocialPlatform(id, {}, context)
    const { details, credentials } = (await decide(row)) ?? {}
    if (details) {
      await super.updateSocialPlatforms({ ...details, id }, context)
    }
    return credentials
      ? await writeApiConfig(managerOf(context), {
          ...credentials,
          id,
          expected_version: row.credentials_version,
        })
      : null
  }

  /** Creates a post with its publications, in one transaction. */
  @InjectManager()
  async insertPost(
    data: SocialPostColumns,
    publications: NewPublication[],
    @MedusaContext() context: SharedContext = {}
  ): Promise<{ id: string }> {
    return await this.insertPost_(data, publications, context)
  }

  @InjectTransactionManager()
  protected async insertPost_(
    data: SocialPostColumns,
    publications: NewPublication[],
    @MedusaContext() context: SharedContext = {}
  ): Promise<{ id: string }> {
    const { id } = await super.createSocialPosts(data, context)
    await super.createSocialPublications(
      publications.map((publication) => ({ ...publication, post_id: id })),
      context
    )
    return { id }
  }

  /**
   * Changes a post that nobody has begun to publish, in one transaction. Its
   * publications start over: what was prepared for the old content is forgotten.
   *
   * @returns false when it cannot be edited (any more)
   */
  @InjectManager()
  async editPost(
    id: string,
    data: SocialPostColumns,
    publications: NewPublication[],
    @MedusaContext() context: SharedContext = {}
  ): Promise<boolean> {
    return await this.editPost_(id, data, publications, context)
  }

  @InjectTransactionManager()
  protected async editPost_(
    id: string,
    data: SocialPostColumns,
    publications: NewPublication[],
    @MedusaContext() context: SharedContext = {}
  ): Promise<boolean> {
    // Holds off a publish that starts at the same moment, and the other way round.
    const status = await lockEditablePost(managerOf(context), id)
    if (!status) {
      return false
    }
    const before = await super.listSocialPublications(
      { post_id: id },
      { select: ["id"] },
      context
    )
    // What failed starts over: the new content has not been tried anywhere.
    await super.updateSocialPosts(
      { id, ...(status === "failed" && { status: "draft" }), ...data },
      context
    )
    const ids = before.map((publication) => publication.id)
    await super.deleteSocialPublications(ids, context)
    await deleteCheckpoints(managerOf(context), ids)
    await super.createSocialPublications(
      publications.map((publication) => ({ ...publication, post_id: id })),
      context
    )
    return true
  }

  /*
   * What every publication reads: what is asked for at the same time comes in
   * one statement.
   */
  readPost = gatherRows("SocialPost", (id, take) =>
    this.listSocialPosts({ id }, { take })
  )
  readPublication = gatherRows("SocialPublication", (id, take) =>
    this.listSocialPublications({ id }, { take })
  )
  readAccount = gatherRows("SocialAccount", (id, take) =>
    this.listSocialAccounts({ id }, { take })
  )
  readPlatform = gatherRows("SocialPlatform", (id, take) =>
    this.listSocialPlatforms({ id }, { take })
  )
  readCheckpoint = gather((calls: [id: string][]) =>
    this.readCheckpoints(calls)
  )

  /*
   * What every publication commits. Those that come to it at the same time share
   * a commit, which is on the disk when it returns.
   */
  keepPublication = gather((calls: Calls<typeof keepPublications>) =>
    this.keepPublications(calls)
  )
  armPublication = gather((calls: Calls<typeof armPublications>) =>
    this.armPublications(calls)
  )
  recordPublishedPart = gather((calls: Calls<typeof recordPublishedParts>) =>
    this.recordPublishedParts(calls)
  )
  settlePublication = gather((calls: SettleCall[]) =>
    this.settlePublications(calls)
  )

  /** A new platform's id: credentials are sealed for it before the row exists. */
  async newPlatformId(): Promise<string> {
    return generateEntityId(undefined, "splat")
  }

  protected resolveOptional_<T>(key: string): T | undefined {
    try {
      return this.container_[key] as T
    } catch {
      // The container throws for what was never registered.
      return undefined
    }
  }
}

reduceDatabaseErrors(SocialsModuleService.prototype)

export default SocialsModuleService
