import type { InferTypeOf, Logger } from "@medusajs/framework/types"
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
import SocialConfigurationAlarm from "./models/social-configuration-alarm"
import SocialCredentialEvent from "./models/social-credential-event"
import SocialOauthSession from "./models/social-oauth-session"
import SocialPlatform from "./models/social-platform"
import SocialPost from "./models/social-post"
import SocialPublication from "./models/social-publication"
import * as envelopes from "./sql/envelopes"
import { managerOf, type SharedContext, withoutValues } from "./sql/manager"
import type { AccessRules } from "./sql/access"
import * as health from "./sql/health"
import * as oauthSessions from "./sql/oauth-sessions"
import * as platforms from "./sql/platforms"
import * as posts from "./sql/posts"
import * as publications from "./sql/publications"
import * as upkeep from "./sql/maintenance"
import * as vault from "./sql/vault"
import { checkStoredCredentials } from "./utils/start-check"
import { lowestKeyVersion } from "./utils/api-config"
import type { SocialsOptions } from "./utils/validate-options"

/** A row of `social_platform`. */
export type SocialPlatformRow = InferTypeOf<typeof SocialPlatform>
export type SocialAccountRow = InferTypeOf<typeof SocialAccount>
export type SocialPostRow = InferTypeOf<typeof SocialPost>
export type SocialPublicationRow = InferTypeOf<typeof SocialPublication>
export type SocialOauthSessionRow = InferTypeOf<typeof SocialOauthSession>

/** What of a post is written at once; its publications are rows of their own. */
export type SocialPostColumns = Omit<Partial<SocialPostRow>, "publications">

/** Columns that only `writeApiConfig` may write. */
const GUARDED_COLUMNS = [
  "api_config",
  "credential_index",
  "credentials_version",
  "key_version",
]

type Lease = { token: string; ms: number }

class SocialsModuleService extends MedusaService({
  SocialPlatform,
  SocialAccount,
  SocialPost,
  SocialPublication,
  SocialOauthSession,
  SocialCredentialEvent,
  SocialConfigurationAlarm,
}) {
  protected readonly container_: Record<string, unknown>

  __hooks = {
    onApplicationStart: async () => {
      await checkStoredCredentials(
        this,
        this.resolveOptional_<Logger>("logger")
      )
    },
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
    content: platforms.CredentialContent,
    @MedusaContext() context: SharedContext = {}
  ): Promise<SocialPlatformRow> {
    return await this.insertPlatform_(data, content, context)
  }

  @InjectTransactionManager()
  protected async insertPlatform_(
    data: Partial<SocialPlatformRow> & { id: string },
    content: platforms.CredentialContent,
    @MedusaContext() context: SharedContext = {}
  ): Promise<SocialPlatformRow> {
    try {
      return await super.createSocialPlatforms(
        {
          ...data,
          ...content,
          key_version: lowestKeyVersion(content.api_config),
        },
        context
      )
    } catch (error) {
      throw withoutValues(error)
    }
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
        `${guarded.join(", ")} cannot be updated here: use writeApiConfig, which replaces api_config whole and only if it is unchanged.`
      )
    }
    // @ts-expect-error forwards whichever overload was called
    return await super.updateSocialPlatforms(data, ...rest)
  }

  /**
   * Reads what the use of a platform's token looks at; see {@link platforms.readTokenRow}.
   *
   * @throws {MedusaError} NOT_FOUND
   */
  @InjectManager()
  async readTokenRow(
    id: string,
    @MedusaContext() context: SharedContext = {}
  ): Promise<platforms.TokenRow> {
    const row = await platforms.readTokenRow(managerOf(context), id)
    if (!row) {
      throw new MedusaError(
        MedusaError.Types.NOT_FOUND,
        `SocialPlatform with id: ${id} was not found`
      )
    }
    return row
  }

  /**
   * {@link writeApiConfig} for a row that is locked from its reading on, for a
   * change that must not be lost to faster writers.
   *
   * @param decide - makes the write from the row; null leaves the row alone.
   * It runs within the transaction: nothing slow belongs into it.
   * @returns the row's new `credentials_version`, or null when nothing was written
   */
  @InjectTransactionManager()
  async writeApiConfigLocked(
    id: string,
    decide: (
      row: SocialPlatformRow
    ) => Promise<Omit<
      platforms.ApiConfigWrite,
      "id" | "expected_version"
    > | null>,
    @MedusaContext() context: SharedContext = {}
  ): Promise<number | null> {
    await platforms.lockPlatform(managerOf(context), id)
    const row = await this.retrieveSocialPlatform(id, {}, context)
    const write = await decide(row)
    return write
      ? await platforms.writeApiConfig(managerOf(context), {
          ...write,
          id,
          expected_version: row.credentials_version,
        })
      : null
  }

  /** The single writer of `api_config`; see {@link platforms.writeApiConfig}. */
  @InjectManager()
  async writeApiConfig(
    write: platforms.ApiConfigWrite,
    @MedusaContext() context: SharedContext = {}
  ): Promise<number | null> {
    return await platforms.writeApiConfig(managerOf(context), write)
  }

  /** See {@link platforms.writeHealth}. */
  @InjectManager()
  async writeHealth(
    id: string,
    columns: platforms.HealthColumns,
    expected_version?: number,
    @MedusaContext() context: SharedContext = {}
  ): Promise<boolean> {
    return await platforms.writeHealth(
      managerOf(context),
      id,
      columns,
      expected_version
    )
  }

  /** See {@link platforms.endAccess}. */
  @InjectManager()
  async endAccess(
    id: string,
    last_error: Record<string, unknown>,
    expected_version: number,
    @MedusaContext() context: SharedContext = {}
  ): Promise<boolean> {
    return await platforms.endAccess(
      managerOf(context),
      id,
      last_error,
      expected_version
    )
  }

  /** See {@link upkeep.claimDueRefreshes}. */
  @InjectManager()
  async claimDueRefreshes(
    limit: number,
    lease_seconds: number,
    @MedusaContext() context: SharedContext = {}
  ): Promise<string[]> {
    return await upkeep.claimDueRefreshes(
      managerOf(context),
      limit,
      lease_seconds
    )
  }

  /** See {@link upkeep.claimDueProbes}. */
  @InjectManager()
  async claimDueProbes(
    providers: string[],
    interval_seconds: number,
    limit: number,
    @MedusaContext() context: SharedContext = {}
  ): Promise<string[]> {
    return await upkeep.claimDueProbes(
      managerOf(context),
      providers,
      interval_seconds,
      limit
    )
  }

  /** See {@link upkeep.claimExpiryWarnings}. */
  @InjectManager()
  async claimExpiryWarnings(
    rules: AccessRules,
    within_seconds: number,
    limit: number,
    @MedusaContext() context: SharedContext = {}
  ): Promise<upkeep.ExpiringPlatform[]> {
    return await upkeep.claimExpiryWarnings(
      managerOf(context),
      rules,
      within_seconds,
      limit
    )
  }

  /** See {@link upkeep.claimAlarm}. */
  @InjectManager()
  async claimAlarm(
    provider: string,
    seconds: number,
    @MedusaContext() context: SharedContext = {}
  ): Promise<boolean> {
    return await upkeep.claimAlarm(managerOf(context), provider, seconds)
  }

  /** See {@link health.countHealthStates}. */
  @InjectManager()
  async countHealthStates(
    rules: health.HealthRules,
    @MedusaContext() context: SharedContext = {}
  ) {
    return await health.countHealthStates(managerOf(context), rules)
  }

  /** See {@link health.listUnhealthyPlatforms}. */
  @InjectManager()
  async listUnhealthyPlatforms(
    rules: health.HealthRules,
    limit: number,
    @MedusaContext() context: SharedContext = {}
  ): Promise<health.UnhealthyPlatform[]> {
    return await health.listUnhealthyPlatforms(managerOf(context), rules, limit)
  }

  /** See {@link health.listProviderHealth}. */
  @InjectManager()
  async listProviderHealth(
    rules: health.HealthRules,
    @MedusaContext() context: SharedContext = {}
  ): Promise<health.ProviderHealth[]> {
    return await health.listProviderHealth(managerOf(context), rules)
  }

  /** See {@link health.listAccessEnds}. */
  @InjectManager()
  async listAccessEnds(
    rules: AccessRules,
    ids: string[],
    @MedusaContext() context: SharedContext = {}
  ): Promise<health.AccessEnd[]> {
    return await health.listAccessEnds(managerOf(context), rules, ids)
  }

  /** See {@link platforms.findPlatformIdsByEnvelope}. */
  @InjectManager()
  async findPlatformIdsByEnvelope(
    key: string,
    envelope: unknown,
    @MedusaContext() context: SharedContext = {}
  ): Promise<string[]> {
    return await platforms.findPlatformIdsByEnvelope(
      managerOf(context),
      key,
      envelope
    )
  }

  /** See {@link platforms.findPlatformIdsByIndex}. */
  @InjectManager()
  async findPlatformIdsByIndex(
    entries: string[],
    @MedusaContext() context: SharedContext = {}
  ): Promise<string[]> {
    return await platforms.findPlatformIdsByIndex(managerOf(context), entries)
  }

  /** See {@link vault.listTenantPlatformIds}. */
  @InjectManager()
  async listTenantPlatformIds(
    tenant_id: string | null,
    provider: string,
    @MedusaContext() context: SharedContext = {}
  ): Promise<string[]> {
    return await vault.listTenantPlatformIds(
      managerOf(context),
      tenant_id,
      provider
    )
  }

  /** See {@link vault.findExpiringCredentials}. */
  @InjectManager()
  async findExpiringCredentials(
    tenant_id: string | null | undefined,
    until: Date,
    limit: number,
    @MedusaContext() context: SharedContext = {}
  ): Promise<vault.ExpiringCredential[]> {
    return await vault.findExpiringCredentials(
      managerOf(context),
      tenant_id,
      until,
      limit
    )
  }

  /** See {@link envelopes.countEnvelopes}. */
  @InjectManager()
  async countEnvelopes(
    @MedusaContext() context: SharedContext = {}
  ): Promise<envelopes.EnvelopeCount[]> {
    return await envelopes.countEnvelopes(managerOf(context))
  }

  /** See {@link envelopes.countPlainKeys}. */
  @InjectManager()
  async countPlainKeys(
    @MedusaContext() context: SharedContext = {}
  ): Promise<envelopes.PlainKeyCount[]> {
    return await envelopes.countPlainKeys(managerOf(context))
  }

  /** See {@link envelopes.listSealedRows}. */
  @InjectManager()
  async listSealedRows(
    after: string,
    limit: number,
    @MedusaContext() context: SharedContext = {}
  ): Promise<envelopes.SealedRow[]> {
    return await envelopes.listSealedRows(managerOf(context), after, limit)
  }

  /** See {@link envelopes.listOutdatedRows}. */
  @InjectManager()
  async listOutdatedRows(
    key_version: number,
    after: string,
    limit: number,
    @MedusaContext() context: SharedContext = {}
  ): Promise<envelopes.SealedRow[]> {
    return await envelopes.listOutdatedRows(
      managerOf(context),
      key_version,
      after,
      limit
    )
  }

  /** See {@link envelopes.writeApiConfigs}. */
  @InjectManager()
  async writeApiConfigs(
    rewrites: envelopes.ApiConfigRewrite[],
    event?: envelopes.RewriteEvent,
    @MedusaContext() context: SharedContext = {}
  ): Promise<string[]> {
    return await envelopes.writeApiConfigs(managerOf(context), rewrites, event)
  }

  /** See {@link oauthSessions.consumeOauthSession}. */
  @InjectManager()
  async consumeOauthSession(
    claim: oauthSessions.OAuthSessionClaim,
    @MedusaContext() context: SharedContext = {}
  ): Promise<string | null> {
    return await oauthSessions.consumeOauthSession(managerOf(context), claim)
  }

  /** See {@link oauthSessions.deleteExpiredOauthSessions}. */
  @InjectManager()
  async deleteExpiredOauthSessions(
    before: Date,
    @MedusaContext() context: SharedContext = {}
  ): Promise<void> {
    await oauthSessions.deleteExpiredOauthSessions(managerOf(context), before)
  }

  /** See {@link publications.claimPublication}. */
  @InjectManager()
  async claimPublication(
    post_id: string,
    lease: Lease,
    @MedusaContext() context: SharedContext = {}
  ): Promise<publications.ClaimedPublication | null> {
    return await publications.claimPublication(
      managerOf(context),
      post_id,
      lease
    )
  }

  /** See {@link publications.claimUnknownPublication}. */
  @InjectManager()
  async claimUnknownPublication(
    post_id: string,
    lease: Lease,
    @MedusaContext() context: SharedContext = {}
  ) {
    return await publications.claimUnknownPublication(
      managerOf(context),
      post_id,
      lease
    )
  }

  /** See {@link publications.armPublication}. */
  @InjectManager()
  async armPublication(
    id: string,
    lease: Lease,
    recovery: Record<string, string>,
    @MedusaContext() context: SharedContext = {}
  ): Promise<boolean> {
    return await publications.armPublication(
      managerOf(context),
      id,
      lease,
      recovery
    )
  }

  /** See {@link publications.settlePublication}. */
  @InjectManager()
  async settlePublication(
    id: string,
    lease_token: string,
    outcome: publications.PublicationOutcome,
    @MedusaContext() context: SharedContext = {}
  ): Promise<boolean> {
    return await publications.settlePublication(
      managerOf(context),
      id,
      lease_token,
      outcome
    )
  }

  /** See {@link publications.releaseExpiredLeases}. */
  @InjectManager()
  async releaseExpiredLeases(
    post_id: string,
    @MedusaContext() context: SharedContext = {}
  ): Promise<void> {
    await publications.releaseExpiredLeases(managerOf(context), post_id)
  }

  /** See {@link publications.makePublicationsDue}. */
  @InjectManager()
  async makePublicationsDue(
    post_id: string,
    @MedusaContext() context: SharedContext = {}
  ): Promise<number> {
    return await publications.makePublicationsDue(managerOf(context), post_id)
  }

  /** See {@link publications.resolveUnknownPublication}. */
  @InjectManager()
  async resolveUnknownPublication(
    id: string,
    post_id: string,
    decision: { state: "published" | "failed"; external_url: string | null },
    @MedusaContext() context: SharedContext = {}
  ): Promise<boolean> {
    return await publications.resolveUnknownPublication(
      managerOf(context),
      id,
      post_id,
      decision
    )
  }

  /** Creates a post with one publication for each account, in one transaction. */
  @InjectManager()
  async insertPost(
    data: SocialPostColumns,
    account_ids: string[],
    @MedusaContext() context: SharedContext = {}
  ): Promise<{ id: string }> {
    return await this.insertPost_(data, account_ids, context)
  }

  @InjectTransactionManager()
  protected async insertPost_(
    data: SocialPostColumns,
    account_ids: string[],
    @MedusaContext() context: SharedContext = {}
  ): Promise<{ id: string }> {
    const { id } = await super.createSocialPosts(data, context)
    await super.createSocialPublications(
      account_ids.map((account_id) => ({ post_id: id, account_id })),
      context
    )
    return { id }
  }

  /**
   * Changes a post that nobody has begun to publish, and the accounts it goes
   * to, in one transaction.
   *
   * @param account_ids - all accounts that it goes to; undefined keeps them
   * @returns false when it cannot be edited (any more)
   */
  @InjectManager()
  async editPost(
    id: string,
    data: SocialPostColumns,
    account_ids?: string[],
    @MedusaContext() context: SharedContext = {}
  ): Promise<boolean> {
    return await this.editPost_(id, data, account_ids, context)
  }

  @InjectTransactionManager()
  protected async editPost_(
    id: string,
    data: SocialPostColumns,
    account_ids?: string[],
    @MedusaContext() context: SharedContext = {}
  ): Promise<boolean> {
    // Holds off a publish that starts at the same moment, and the other way round.
    const status = await posts.lockEditablePost(managerOf(context), id)
    if (!status) {
      return false
    }
    const publications = await super.listSocialPublications(
      { post_id: id },
      { select: ["account_id"] },
      context
    )
    // What failed starts over: the new content has not been tried anywhere.
    await super.updateSocialPosts(
      { id, ...(status === "failed" && { status: "draft" }), ...data },
      context
    )
    await super.deleteSocialPublications(
      publications.map((publication) => publication.id),
      context
    )
    const accounts =
      account_ids ?? publications.map(({ account_id }) => account_id)
    await super.createSocialPublications(
      accounts.map((account_id) => ({ post_id: id, account_id })),
      context
    )
    return true
  }

  /** See {@link posts.beginPublishing}. */
  @InjectManager()
  async beginPublishing(
    post_id: string,
    from: readonly string[],
    @MedusaContext() context: SharedContext = {}
  ): Promise<boolean> {
    return await posts.beginPublishing(managerOf(context), post_id, from)
  }

  /** See {@link posts.cancelPublishing}. */
  @InjectManager()
  async cancelPublishing(
    post_id: string,
    status: string,
    @MedusaContext() context: SharedContext = {}
  ): Promise<void> {
    await posts.cancelPublishing(managerOf(context), post_id, status)
  }

  /** See {@link posts.settlePostStatus}. */
  @InjectManager()
  async settlePostStatus(
    post_id: string,
    @MedusaContext() context: SharedContext = {}
  ): Promise<string | null> {
    return await this.settlePostStatus_(post_id, context)
  }

  @InjectTransactionManager()
  protected async settlePostStatus_(
    post_id: string,
    @MedusaContext() context: SharedContext = {}
  ): Promise<string | null> {
    return await posts.settlePostStatus(managerOf(context), post_id)
  }

  /** See {@link posts.findDuePostIds}. */
  @InjectManager()
  async findDuePostIds(
    limit: number,
    @MedusaContext() context: SharedContext = {}
  ): Promise<string[]> {
    return await posts.findDuePostIds(managerOf(context), limit)
  }

  /** See {@link posts.countScheduledPosts}. */
  @InjectManager()
  async countScheduledPosts(
    platform_id: string,
    @MedusaContext() context: SharedContext = {}
  ): Promise<number> {
    return await posts.countScheduledPosts(managerOf(context), platform_id)
  }

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

export default SocialsModuleService
