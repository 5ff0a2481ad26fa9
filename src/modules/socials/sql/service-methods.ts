import { listAddressedPlatforms } from "./access"
import {
  deleteAccountCredentials,
  readAccountCredentials,
  replaceAccountCredentials,
} from "./account-credentials"
import { writeAccountFacts, writeDefaultSettings } from "./accounts"
import {
  claimCallback,
  deleteOldCallbacks,
  findPublishedParts,
  finishCallback,
  keepCallback,
  listCallbackPlatforms,
  listDueCallbacks,
  lookAtAccount,
} from "./callbacks"
import {
  deleteCheckpoints,
  readCheckpoints,
  writeCheckpoint,
} from "./checkpoints"
import { decideNotPublished, decidePublished } from "./decisions"
import {
  addComment,
  changeContent,
  countPlannedPublications,
  dropComments,
  dropPublication,
  editPublication,
  findRepetitions,
  rescheduleOverdue,
  restorePublication,
} from "./edit-publications"
import { noteRefresh, pruneCredentialEvents } from "./events"
import {
  countPlain,
  countSealed,
  listPlainKeys,
  listOutdatedRows,
  listSealedRows,
  writeApiConfigs,
} from "./envelopes"
import { listAccessEnds, readHealth } from "./health"
import {
  claimAlarm,
  claimDueProbes,
  claimDueRefreshes,
  claimExpiryWarnings,
  listEndedGrants,
  listProvidersDueForProbe,
  listProvidersDueForRefresh,
  retryMisconfiguredRefreshes,
} from "./maintenance"
import {
  listMediaUses,
  listUnusedMedia,
  noteMediaFetch,
  noteUnusedMedia,
  replaceMediaDetails,
} from "./media"
import {
  claimDueAccountMetrics,
  claimDueMetrics,
  noteNetworkState,
  noteRemoval,
  planMetrics,
  scheduleMetrics,
} from "./metrics"
import {
  consumeOauthSession,
  deleteExpiredOauthSessions,
} from "./oauth-sessions"
import {
  endAccess,
  findPlatformIdsByEnvelope,
  findPlatformIdsByIndex,
  readTenant,
  writeApiConfig,
  writeHealth,
} from "./platforms"
import {
  claimPublications,
  readQuotaUse,
  countDue,
  holdBackAccount,
  msToNextDue,
  readBacklog,
  releaseExpiredLeases,
} from "./due-publications"
import { beginPublishing, countScheduledPosts, settlePostStatus } from "./posts"
import {
  disarmPublication,
  publishNow,
  makePublicationsDue,
  recordFurtherPart,
  showProgress,
} from "./publications"
import { countStoredGaps } from "./stored-gaps"
import {
  endRefreshLease,
  keepRefreshLease,
  takeRefreshLease,
} from "./refresh-lease"
import {
  armPublications,
  keepPublications,
  recordPublishedParts,
  settlePublications,
} from "./worker-commits"
import { findExpiringCredentials, listTenantPlatformIds } from "./vault"

/** Statements that are methods of the module's service as they stand. */
export const SERVICE_METHODS = {
  scheduleMetrics,
  claimDueMetrics,
  claimDueAccountMetrics,
  planMetrics,
  noteNetworkState,
  noteRemoval,
  writeApiConfig,
  writeHealth,
  endAccess,
  findPlatformIdsByEnvelope,
  findPlatformIdsByIndex,
  readTenant,
  countPlain,
  countSealed,
  countStoredGaps,
  listPlainKeys,
  listSealedRows,
  listOutdatedRows,
  writeApiConfigs,
  readHealth,
  listAccessEnds,
  listAddressedPlatforms,
  claimDueRefreshes,
  claimDueProbes,
  claimExpiryWarnings,
  claimAlarm,
  listProvidersDueForRefresh,
  retryMisconfiguredRefreshes,
  listProvidersDueForProbe,
  listEndedGrants,
  noteRefresh,
  pruneCredentialEvents,
  takeRefreshLease,
  keepRefreshLease,
  endRefreshLease,
  consumeOauthSession,
  deleteExpiredOauthSessions,
  writeAccountFacts,
  writeDefaultSettings,
  readAccountCredentials,
  replaceAccountCredentials,
  deleteAccountCredentials,
  addComment,
  changeContent,
  dropComments,
  editPublication,
  dropPublication,
  restorePublication,
  rescheduleOverdue,
  findRepetitions,
  countPlannedPublications,
  noteMediaFetch,
  replaceMediaDetails,
  listMediaUses,
  noteUnusedMedia,
  listUnusedMedia,
  beginPublishing,
  countScheduledPosts,
  claimPublications,
  msToNextDue,
  keepPublications,
  showProgress,
  armPublications,
  disarmPublication,
  recordPublishedParts,
  recordFurtherPart,
  holdBackAccount,
  publishNow,
  readBacklog,
  readQuotaUse,
  countDue,
  readCheckpoints,
  writeCheckpoint,
  deleteCheckpoints,
  releaseExpiredLeases,
  makePublicationsDue,
  decidePublished,
  decideNotPublished,
  listTenantPlatformIds,
  findExpiringCredentials,
  listCallbackPlatforms,
  keepCallback,
  claimCallback,
  listDueCallbacks,
  finishCallback,
  deleteOldCallbacks,
  findPublishedParts,
  lookAtAccount,
}

/** What consists of several statements, which take effect together or not at all. */
export const SERVICE_TRANSACTIONS = { settlePostStatus, settlePublications }
