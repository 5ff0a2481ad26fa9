import path from "node:path"
import { CLIENT_SECRET, setStage, type Stage } from "./support/stage"

type RefreshTasks = typeof import("./tasks/refresh")

jest.setTimeout(120_000)

describe.each([
  { kept: "erased", AUTO_CLEAR_INVALID_TOKENS: "true" },
  { kept: "kept", AUTO_CLEAR_INVALID_TOKENS: "false" },
])(
  "a process that is taken for dead while it refreshes, where invalid tokens are $kept",
  ({ AUTO_CLEAR_INVALID_TOKENS }) => {
    let stage: Stage<RefreshTasks>

    beforeAll(async () => {
      stage = await setStage<RefreshTasks>({
        tasks: path.join(__dirname, "tasks/refresh.ts"),
        locking: "postgres",
        env: { AUTO_CLEAR_INVALID_TOKENS },
      })
    })

    afterAll(() => stage?.clear())

    it("does not make a connection look alive that has ended in the meantime", async () => {
      const other = await stage.enter("other")
      const [platform] = await other.run("seed", {
        count: 1,
        clientSecret: CLIENT_SECRET,
      })
      await stage.expire(platform)

      let tellStopped: () => void = () => undefined
      const stopped = new Promise<void>((resolve) => {
        tellStopped = resolve
      })
      const slow = await stage.enter("slow", () => tellStopped())
      const late = slow.run("callUntil", {
        platform,
        point: "before the write",
      })
      await stopped
      // As when it stands still for longer than others wait for a sign of life.
      await stage.endLease(platform)

      // The service takes the other one's request for theft: everything has ended.
      expect(await other.run("call", { platform })).toMatchObject({
        failure: "token_invalid: invalid_grant",
      })
      expect(stage.ledger.isAlive(platform)).toBe(false)
      await slow.run("goOn", null)
      await late

      expect((await other.run("call", { platform })).failure).toMatch(
        /^token_invalid: /
      )
      expect(
        await stage.database.query(
          `select token_validity, last_error->>'class' as error
         from social_platform where id = $1`,
          [platform]
        )
      ).toEqual([{ token_validity: "false", error: "token_invalid" }])
    })
  }
)
