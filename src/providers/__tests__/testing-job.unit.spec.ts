import {
  createTestContext,
  createTestJob,
  ServiceError,
  type SocialProvider,
  workOnTestJob,
} from "../../provider"

/** A wall that takes a message as often as it is sent. */
const wall = ({
  isSure = true,
  failure,
}: { isSure?: boolean; failure?: ServiceError } = {}) => {
  const messages: string[] = []
  const provider: SocialProvider = {
    description: {
      identifier: "wall",
      label: "Wall",
      description: "A wall for messages.",
      category: "social",
      auth_types: ["api_key"],
      credential_fields: [],
      setting_fields: [],
    },
    publish: async (_context, job) => {
      for (const { index, text, published } of job.parts) {
        if (published) {
          continue
        }
        const name = await job.step(`paint ${index}`, async () => `${text}!`)
        await job.arm(index, { name })
        if (failure) {
          throw failure
        }
        messages.push(name)
        await job.done(index, { external_id: name, url: null })
      }
      return { state: "published" }
    },
    recover: async (_context, { evidence }) => {
      const { name } = evidence as { name: string }
      if (!isSure) {
        return { outcome: "unknown" }
      }
      return messages.includes(name)
        ? { outcome: "published", ref: { external_id: name, url: null } }
        : { outcome: "not_published", because: "listing" }
    },
  }
  return { provider, messages, context: createTestContext(provider, {}) }
}

const parts = [{ text: "One" }, { text: "Two" }]

describe("a publication in memory", () => {
  it.each(
    [
      "step paint 0",
      "arm 0",
      "done 0",
      "step paint 1",
      "arm 1",
      "done 1",
    ].flatMap((commit) => [
      ["before", commit] as const,
      ["after", commit] as const,
    ])
  )("goes on once the process has ended %s %s", async (when, commit) => {
    const { provider, messages, context } = wall()
    const job = createTestJob({ parts })
    job.crash(when, commit)

    expect(await workOnTestJob(provider, context, job)).toEqual({
      state: "published",
    })
    expect(messages).toEqual(["One!", "Two!"])
    expect(job.parts.map(({ published }) => published?.external_id)).toEqual([
      "One!",
      "Two!",
    ])
  })

  it("leaves a part to a person that nobody can say anything of", async () => {
    const { provider, context } = wall({ isSure: false })
    const job = createTestJob({ parts })
    job.crash("before", "done 1")

    expect(await workOnTestJob(provider, context, job)).toEqual({
      state: "unknown",
    })
    expect(job.armed).toBe(1)
  })

  it("hands on a clear refusal, with nothing armed", async () => {
    const failure = new ServiceError("content_rejected", "Too long.", {
      code: "too_long",
    })
    const { provider, context } = wall({ failure })
    const job = createTestJob({ parts })

    await expect(workOnTestJob(provider, context, job)).rejects.toBe(failure)
    expect(job.armed).toBeUndefined()
    expect(job.log).toEqual(["step paint 0", "arm 0", "disarm 0"])
  })
})
