import { KeySourceError } from "../errors"
import { type AwsKmsOptions, awsKmsKeySource } from "../key-sources/aws-kms"
import {
  type Answer,
  type Asked,
  type KeyService,
  QUICK,
  startKeyService,
} from "./key-service"
import {
  CONTEXT,
  createService,
  everythingItPrints,
  failureOf,
  rootOf,
} from "./support"

const KEK =
  "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
const SECRET_KEY = "wJalrXUtnFEMI-a-secret-of-aws-that-must-not-show"
const WRAPPED: Record<number, string> = {
  1: Buffer.from("blob of version one").toString("base64"),
  2: Buffer.from("blob of version two").toString("base64"),
}

const fault = (status: number, type: string): Answer => ({
  status,
  body: { __type: type, message: "words of the service" },
})

/** AWS KMS as its API reference describes Decrypt. */
function kms({ method, headers, body }: Asked): Answer {
  if (method !== "POST" || headers["x-amz-target"] !== "TrentService.Decrypt") {
    return fault(400, "UnknownOperationException")
  }
  if (
    !headers.authorization?.startsWith(
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"
    )
  ) {
    return fault(400, "MissingAuthenticationToken")
  }
  if (body.KeyId !== KEK) {
    return fault(400, "IncorrectKeyException")
  }
  const version = [1, 2].find(
    (candidate) => WRAPPED[candidate] === body.CiphertextBlob
  )
  const context = {
    plugin: "medusa-plugin-social-platforms",
    purpose: "credentials",
    version: String(version),
  }
  if (
    !version ||
    JSON.stringify(body.EncryptionContext) !== JSON.stringify(context)
  ) {
    return fault(400, "InvalidCiphertextException")
  }
  return {
    status: 200,
    headers: { "content-type": "application/x-amz-json-1.1" },
    body: {
      KeyId: KEK,
      Plaintext: rootOf(version).toString("base64"),
      EncryptionAlgorithm: "SYMMETRIC_DEFAULT",
    },
  }
}

let service: KeyService
const start = async (
  answer: (asked: Asked) => Answer | undefined,
  port?: number
) => {
  service = await startKeyService(answer, port)
}
afterEach(() => service.stop())

const wrapped = (version: number, blob = WRAPPED[version]) => ({
  version,
  wrapped: blob,
  kek_id: KEK,
})

const source = (options: Partial<AwsKmsOptions> = {}) =>
  awsKmsKeySource({
    keys: [wrapped(1), wrapped(2)],
    region: "eu-central-1",
    endpoint: service.address,
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: SECRET_KEY },
    retry: QUICK,
    ...options,
  })

/** What a role's credentials are read as (AWS SDK reference, container credentials). */
const ROLE: Answer = {
  status: 200,
  body: {
    AccessKeyId: "AKIDEXAMPLE",
    SecretAccessKey: SECRET_KEY,
    Token: "a-session",
    Expiration: new Date(Date.now() + 3_600_000).toISOString(),
  },
}

/** Without credentials of its own: the SDK looks for them. */
const fromRole = () => source({ keys: [wrapped(1)], credentials: undefined })

/**
 * Runs something on a machine whose credentials come from a role, as the SDK
 * finds them in a container.
 *
 * @param answers - of the endpoint that hands them out; the last one stays
 */
async function withRole(
  answers: Answer[],
  run: () => Promise<void>
): Promise<void> {
  let count = 0
  const role = await startKeyService(
    () => answers[Math.min(count++, answers.length - 1)]
  )
  const before = { ...process.env }
  Object.assign(process.env, {
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${role.address}/credentials`,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_CONFIG_FILE: "/dev/null",
  })
  for (const name of [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_PROFILE",
  ]) {
    delete process.env[name]
  }
  // The SDK asks that endpoint again after a second, and gives it as long.
  const wait = global.setTimeout
  const hurried = jest
    .spyOn(global, "setTimeout")
    .mockImplementation(((work: () => void, ms?: number) =>
      wait(work, ms === 1000 ? 100 : ms)) as typeof setTimeout)
  try {
    await run()
  } finally {
    hurried.mockRestore()
    process.env = before
    await role.stop()
  }
}

async function refusal(
  options: Partial<AwsKmsOptions> = {}
): Promise<KeySourceError> {
  const error = await failureOf(() => source(options).load())
  const printed = everythingItPrints(error)
  for (const secret of [
    SECRET_KEY,
    WRAPPED[1],
    WRAPPED[2],
    "words of the service",
  ]) {
    expect(printed).not.toContain(secret)
  }
  expect(error).toBeInstanceOf(KeySourceError)
  return error as KeySourceError
}

describe("keys wrapped by AWS KMS", () => {
  it("are unwrapped with key and encryption context, the highest version as the active one", async () => {
    await start(kms)
    const keys = await source().load()
    expect(keys.map(({ version, state }) => [version, state])).toEqual([
      [1, "decrypt_only"],
      [2, "active"],
    ])
    expect(keys.map(({ secret }) => secret)).toEqual([rootOf(1), rootOf(2)])
    expect(service.asked[0].body).toEqual({
      CiphertextBlob: WRAPPED[1],
      KeyId: KEK,
      EncryptionAlgorithm: "SYMMETRIC_DEFAULT",
      EncryptionContext: {
        plugin: "medusa-plugin-social-platforms",
        purpose: "credentials",
        version: "1",
      },
    })
  })

  it("are unwrapped once, by callers at the same time and later", async () => {
    await start(kms)
    const shared = source()
    await Promise.all([shared.load(), shared.load()])
    await shared.load()
    expect(service.asked).toHaveLength(2)
  })

  it("keep working when KMS is lost later", async () => {
    await start(kms)
    const { service: encryption } = createService({
      keys: await source().load(),
    })
    const envelope = await encryption.encrypt("a token", CONTEXT)
    await service.stop()
    expect((await encryption.decrypt(envelope, CONTEXT)).reveal()).toBe(
      "a token"
    )
    expect((await encryption.encrypt("another", CONTEXT)).keyVersion).toBe(2)
  })

  it("do not unwrap under the encryption context of another version", async () => {
    await start(kms)
    const error = await refusal({ keys: [wrapped(1, WRAPPED[2])] })
    expect(error).toMatchObject({ code: "key_unwrap_failed", keyVersion: 1 })
    expect(error.message).toContain("InvalidCiphertextException")
    expect(service.asked).toHaveLength(1)
  })

  it.each([
    ["AccessDeniedException", "key_source_denied"],
    ["UnrecognizedClientException", "key_source_denied"],
    ["ExpiredTokenException", "key_source_denied"],
    ["IncorrectKeyException", "key_unwrap_failed"],
    ["DisabledException", "key_unwrap_failed"],
    ["NotFoundException", "key_unwrap_failed"],
  ])("are given up at once on %s", async (type, code) => {
    await start(() => fault(400, type))
    const error = await refusal({ keys: [wrapped(1)] })
    expect(error).toMatchObject({ code, keyVersion: 1 })
    expect(error.message).toContain(type)
    expect(error.message).toContain(KEK)
    expect(service.asked).toHaveLength(1)
  })

  it.each([
    ["ThrottlingException", 400],
    ["DependencyTimeoutException", 503],
    ["KMSInternalException", 500],
    ["KeyUnavailableException", 500],
  ])("are asked for again after %s", async (type, status) => {
    let failures = 2
    await start((asked) => (failures-- > 0 ? fault(status, type) : kms(asked)))
    const keys = await source({ keys: [wrapped(1)] }).load()
    expect(keys[0].secret).toEqual(rootOf(1))
    expect(service.asked).toHaveLength(3)
  })

  it("are asked for again while the machine's role has no credentials, then say what to do, and can be asked for once it has", async () => {
    await start(kms)
    const answers: Answer[] = [{ status: 404, body: {} }]
    await withRole(answers, async () => {
      const one = fromRole()
      const error = await failureOf(() => one.load())
      expect(error).toMatchObject({
        code: "key_source_unavailable",
        message: expect.stringMatching(
          /after 4 tries: the AWS SDK has found no credentials .*give this server a role/
        ),
      })
      answers[0] = ROLE
      expect((await one.load())[0].secret).toEqual(rootOf(1))
    })
  })

  it("are asked for again after the role's credentials have expired, with its new ones", async () => {
    let isExpired = true
    await start((asked) => {
      const answer = isExpired
        ? fault(400, "ExpiredTokenException")
        : kms(asked)
      isExpired = false
      return answer
    })
    const past = new Date(Date.now() - 60_000).toISOString()
    const expired = {
      ...ROLE,
      body: { ...(ROLE.body as object), Expiration: past },
    }
    await withRole([expired, ROLE], async () => {
      expect((await fromRole().load())[0].secret).toEqual(rootOf(1))
    })
    expect(service.asked).toHaveLength(2)
  })

  it("give up after the set number of tries, and can be asked for again", async () => {
    let throttled = true
    await start((asked) =>
      throttled ? fault(400, "ThrottlingException") : kms(asked)
    )
    const one = source({ keys: [wrapped(1)] })
    const error = await failureOf(() => one.load())
    expect(error).toMatchObject({
      code: "key_source_unavailable",
      keyVersion: 1,
    })
    expect(error.message).toContain("after 4 tries")
    expect(service.asked).toHaveLength(4)

    throttled = false
    expect((await one.load())[0].secret).toEqual(rootOf(1))
  })

  it("stop the start with a clear message when KMS is down, and start once it is up", async () => {
    await start(kms)
    const port = Number(new URL(service.address).port)
    const one = source()
    await service.stop()
    const error = await failureOf(() => one.load())
    expect(error.code).toBe("key_source_unavailable")
    expect(error.message).toMatch(/aws-kms .* after 4 tries: .*start again/)

    await start(kms, port)
    expect((await one.load())[1].secret).toEqual(rootOf(2))
  })

  it("do not wait for ever for an answer", async () => {
    await start(() => undefined)
    const error = await refusal({
      retry: { attempts: 2, base_delay: 1, timeout: 50 },
    })
    expect(error.code).toBe("key_source_unavailable")
  })

  it("are refused before any request when a wrapped key is no base64", async () => {
    await start(kms)
    const error = await failureOf(() =>
      source({ keys: [wrapped(1, "not base64!")] }).load()
    )
    expect(error).toMatchObject({ code: "invalid_key", keyVersion: 1 })
    expect(error.message).not.toContain("not base64!")
    expect(service.asked).toHaveLength(0)
  })
})
