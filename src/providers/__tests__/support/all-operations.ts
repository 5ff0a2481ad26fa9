import {
  createTestJob,
  type TestJobOptions,
  workOnTestJob,
} from "../../testing-job"
import type { ProviderContext, SocialProvider } from "../../types"

export type Account = NonNullable<TestJobOptions["account"]>

/** Publishes, loses the first response where that is asked for, and reads and deletes what is out. */
export const publishAndRemove = async (
  provider: SocialProvider,
  context: ProviderContext,
  options: TestJobOptions & { account: Account; lost?: boolean }
) => {
  const job = createTestJob(options)
  if (options.lost) {
    job.crash("before", "done 0")
  }
  expect(await workOnTestJob(provider, context, job)).toEqual({
    state: "published",
  })
  const ref = job.parts[0].published!
  await provider.fetchPostState?.(context, job.account, ref)
  await provider.fetchPostMetrics?.(context, job.account, ref)
  await provider.remove?.(context, job.account, ref)
}

/** Reads all that decides about an account. */
export const readAccount = async (
  provider: SocialProvider,
  context: ProviderContext,
  account: Account,
  chosen: Readonly<Record<string, unknown>> = {}
) => {
  await provider.verify?.(context)
  await provider.listAccounts?.(context)
  const job = createTestJob({ account })
  await provider.fetchFacts?.(context, job.account)
  await provider.fetchAccountMetrics?.(context, job.account)
  for (const { run } of Object.values(provider.lookups ?? {})) {
    await run(context, job.account, "", chosen)
  }
}
