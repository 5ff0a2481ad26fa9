import { AssertionError } from "node:assert"
import {
  isServiceError,
  ServiceError,
  type ServiceErrorClass,
} from "../errors/service-error"
import { createServiceFetch, type ServiceFetch } from "../http/fetch"
import { readAllowedNetworks } from "../http/guard/networks"
import { SecretString } from "../secrets/secret-string"
import type { AuthType } from "../shared/enums"
import { createApiContext } from "./api-client"
import { findProviderProblems } from "./contract"
import {
  publishingTests,
  type PublishingTestOptions,
} from "./testing-publishing"
import type { ProviderContext, SocialProvider } from "./types"

/*
 * What the author of a provider tests it with, in any test runner. It needs no
 * Medusa and no database.
 */

export interface TestContextOptions {
  /** @default the provider's first authentication type */
  auth_type?: AuthType
  /** Settings besides the defaults of the description. */
  settings?: Record<string, unknown>
  /** Credentials by name, in clear. */
  credentials?: Record<string, string>
  /** What the account has of its own, in place of credentials of the same name. */
  account_credentials?: Record<string, string>
  /**
   * Answers in place of the service.
   *
   * @default a real request, to private addresses too
   */
  fetch?: ServiceFetch
  signal?: AbortSignal
}

const TEST_TIMEOUT_MS = 5_000

/** The same for all contexts: connections that lead there are used again. */
const LOCAL_TOO = readAllowedNetworks(true) ?? undefined

/**
 * Makes what a provider's operations work with, without a platform: the same
 * client, with the credentials that you give it.
 *
 * @example
 * const context = createTestContext(provider, {
 *   settings: { base_url: server.url },
 *   credentials: { api_key: "a-key" },
 * })
 * expect(await provider.verify(context)).toContain("Ada")
 */
export const createTestContext = (
  { description }: SocialProvider,
  {
    auth_type,
    settings,
    credentials: ofPlatform = {},
    account_credentials = {},
    fetch,
    signal,
  }: TestContextOptions
): ProviderContext => {
  const credentials = { ...ofPlatform, ...account_credentials }
  return createApiContext(description, {
    auth_type: auth_type ?? description.auth_types[0],
    settings: {
      ...Object.fromEntries(
        description.setting_fields
          .filter((field) => field.default !== undefined)
          .map((field) => [field.name, field.default])
      ),
      ...settings,
    },
    credential: async (name) => {
      if (!credentials[name]) {
        throw new ServiceError(
          "config_error",
          `The test has no credential "${name}".`,
          { code: "missing_credential" }
        )
      }
      return new SecretString(credentials[name])
    },
    fetch: fetch ?? realFetch(description.label, signal),
    networks: LOCAL_TOO,
    signal,
  })
}

/** Sends real requests, to private addresses too. */
const realFetch = (service: string, signal?: AbortSignal): ServiceFetch =>
  createServiceFetch({
    service,
    timeoutMs: TEST_TIMEOUT_MS,
    signal,
    networks: LOCAL_TOO,
  })

/** One promise of a provider, to be run as a test. */
export interface ContractTest {
  title: string
  /** @throws {AssertionError} saying what is wrong */
  run: () => Promise<void>
}

/** Operations that need nothing but a context. */
const PLAIN_OPERATIONS = ["verify", "fetchProfile", "listAccounts"] as const

type PlainOperation = (typeof PLAIN_OPERATIONS)[number]

const violation = (message: string): AssertionError =>
  new AssertionError({ message })

export interface ContractTestOptions extends Omit<TestContextOptions, "fetch"> {
  /**
   * What to publish, for a provider that publishes: without it, `publish` and
   * `recover` are left out.
   */
  publishing?: PublishingTestOptions
}

const json = (
  status: number,
  body: object,
  headers: Record<string, string> = {}
): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json", ...headers },
  })

/**
 * What the plugin relies on in every provider: that its description is sound,
 * and that its operations tell apart what must be told apart when the service
 * refuses, is busy or out of order, without repeating a credential.
 *
 * With `publishing`, a provider publishes, again and again, to the service that
 * its settings lead to or that `fetch` is: that a part goes out once, whatever
 * crashes or gets lost.
 *
 * @param options - settings and credentials that the operations need
 * @returns tests for any runner
 *
 * @example
 * for (const { title, run } of contractTests(provider, { credentials })) {
 *   test(title, run)
 * }
 */
export const contractTests = (
  provider: SocialProvider,
  { publishing, ...options }: ContractTestOptions = {}
): ContractTest[] => [
  {
    title: "has a sound description",
    run: async () => {
      const problems = findProviderProblems(provider)
      if (problems.length) {
        throw violation(problems.join(" "))
      }
    },
  },
  ...PLAIN_OPERATIONS.filter((name) => provider[name]).flatMap((name) =>
    operationTests(provider, name, options)
  ),
  ...(publishing
    ? publishingTests(provider, publishing, (fetch) =>
        createTestContext(provider, {
          ...options,
          fetch: fetch(
            publishing.fetch ?? realFetch(provider.description.label)
          ),
        })
      )
    : []),
]

const operationTests = (
  provider: SocialProvider,
  name: PlainOperation,
  options: TestContextOptions
): ContractTest[] => {
  const failing = (fetch: ServiceFetch) =>
    failureOf(provider, name, { ...options, fetch })
  const expectClass = async (
    response: () => Response,
    ...classes: ServiceErrorClass[]
  ) => {
    const error = await failing(async () => response())
    if (!classes.includes(error.errorClass)) {
      throw violation(
        `${name} threw "${error.errorClass}" (${error.message}), and should throw ${classes.join(" or ")}.`
      )
    }
    return error
  }

  return [
    {
      title: `${name} takes a 401 for a refusal of the credentials`,
      run: async () => {
        await expectClass(() => json(401, {}), "token_invalid", "token_expired")
      },
    },
    {
      title: `${name} takes a 429 for "too fast", and says until when`,
      run: async () => {
        const error = await expectClass(
          () => json(429, {}, { "retry-after": "60" }),
          "rate_limited"
        )
        if (!error.retryAt) {
          throw violation(`${name} loses what Retry-After says: use retryAt.`)
        }
      },
    },
    {
      title: `${name} takes a 503 for something that passes`,
      run: async () => {
        await expectClass(() => json(503, {}), "transient")
      },
    },
    {
      title: `${name} takes a proxy's page for something that passes`,
      run: async () => {
        const page = () =>
          new Response("<html><body>Bad gateway</body></html>", {
            status: 502,
            headers: { "content-type": "text/html" },
          })
        await expectClass(page, "transient")
      },
    },
    {
      title: `${name} repeats no credential that a service repeats`,
      run: async () => {
        const values = Object.values(options.credentials ?? {})
        const error = await failing(async () =>
          json(400, { error: { code: "bad", message: values.join(" ") } })
        )
        if (values.some((value) => error.message.includes(value))) {
          throw violation(`${name} repeats a credential in its error message.`)
        }
      },
    },
  ]
}

/** The `ServiceError` that an operation throws. */
const failureOf = async (
  provider: SocialProvider,
  name: PlainOperation,
  options: TestContextOptions
) => {
  const outcome = await Promise.resolve(
    provider[name]?.(createTestContext(provider, options))
  ).then(
    () => undefined,
    (error: unknown) => error
  )
  if (outcome === undefined) {
    throw violation(`${name} takes a refusal for a success.`)
  }
  if (!isServiceError(outcome)) {
    throw violation(
      `${name} threw "${String(outcome)}", which is no ServiceError.`
    )
  }
  return outcome
}
