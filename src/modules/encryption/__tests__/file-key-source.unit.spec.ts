import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"

import { configuredKeySource } from "../key-sources/configured"
import { everythingItPrints, failureOf, rootOf } from "./support"

const text = (version: number) => rootOf(version).toString("base64")

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "keys-"))
})
afterEach(() => rm(directory, { recursive: true }))

const warnings: string[] = []
beforeEach(() => warnings.splice(0))

async function load(env: NodeJS.ProcessEnv) {
  const source = configuredKeySource(env)
  const keys = await source.load()
  warnings.push(...((await source.check?.()) ?? []))
  return keys.map(({ version, state, secret }) => [
    version,
    state,
    secret.toString("base64"),
  ])
}

async function loadFile(
  content: string,
  env: NodeJS.ProcessEnv = {},
  mode = 0o600
) {
  const file = path.join(directory, "keys.txt")
  await writeFile(file, content)
  await chmod(file, mode)
  return load({ ENCRYPTION_KEY_FILE: file, ...env })
}

async function loadDirectory(
  files: Record<string, string>,
  env: NodeJS.ProcessEnv = {}
) {
  await chmod(directory, 0o700)
  for (const [name, content] of Object.entries(files)) {
    await writeFile(path.join(directory, name), content)
  }
  return load({ ENCRYPTION_KEY_FILE: directory, ...env })
}

describe("keys in a file", () => {
  it("are read with either separator, comments and blank lines; the highest version is the active one", async () => {
    const content = `# the shop's keys\n\n1=${text(1)}\r\n 3 ${text(3)} \n2 = ${text(2)}\n`
    expect(await loadFile(content)).toEqual([
      [1, "decrypt_only", text(1)],
      [3, "active", text(3)],
      [2, "decrypt_only", text(2)],
    ])
    expect(warnings).toEqual([])
  })

  it("have the version that ENCRYPTION_KEY_VERSION names as the active one, later ones pending", async () => {
    const content = [1, 2, 3]
      .map((version) => `${version}=${text(version)}`)
      .join("\n")
    const keys = await loadFile(content, { ENCRYPTION_KEY_VERSION: "2" })
    expect(keys.map(([version, state]) => [version, state])).toEqual([
      [1, "decrypt_only"],
      [2, "active"],
      [3, "pending"],
    ])
  })

  it("that every user can read are used, with a warning that says what to do", async () => {
    await chmod(directory, 0o755)
    expect(await loadFile(`1=${text(1)}`, {}, 0o604)).toHaveLength(1)
    expect(warnings).toEqual([
      expect.stringMatching(/can be read by every user.*chmod o-rwx/),
    ])
  })

  it.each([0o620, 0o602, 0o666])(
    "that others can change (mode %o) are refused",
    async (mode) => {
      const error = await failureOf(() => loadFile(`1=${text(1)}`, {}, mode))
      expect(error.code).toBe("invalid_key")
      expect(error.message).toMatch(/can be changed by other users.*chmod go-w/)
    }
  )

  it.each([0o400, 0o440, 0o640])(
    "that only their user or group can read (mode %o) raise no warning",
    async (mode) => {
      await chmod(directory, 0o755)
      expect(await loadFile(`1=${text(1)}`, {}, mode)).toHaveLength(1)
      expect(warnings).toEqual([])
    }
  )

  it("that all might read raise no warning where only their user may enter the directory", async () => {
    await chmod(directory, 0o700)
    expect(await loadFile(`1=${text(1)}`, {}, 0o644)).toHaveLength(1)
    expect(warnings).toEqual([])
  })

  it("do not promote a higher version by themselves, unless ENCRYPTION_KEY_VERSION names one", async () => {
    const file = path.join(directory, "keys.txt")
    await writeFile(file, `1=${text(1)}`, { mode: 0o600 })
    const guesses = (env: NodeJS.ProcessEnv) =>
      configuredKeySource({ ENCRYPTION_KEY_FILE: file, ...env })
        .active_is_a_guess
    expect(guesses({})).toBe(true)
    expect(guesses({ ENCRYPTION_KEY_VERSION: "1" })).toBe(false)
  })

  it.each<[string, string, NodeJS.ProcessEnv, string, RegExp]>([
    ["no key", "# nothing\n", {}, "missing_key", /holds no key/],
    [
      "a line without version",
      text(1),
      {},
      "invalid_key",
      /Line 1 of .*version=key/,
    ],
    ["version 0", `0=${text(1)}`, {}, "invalid_key", /Line 1 .* key version/],
    [
      "a short key on line 2",
      `1=${text(1)}\n2=${text(2).slice(4)}`,
      {},
      "invalid_key",
      /Line 2 .* 32 random bytes/,
    ],
    [
      "a key of zeros",
      `1=${Buffer.alloc(32).toString("base64")}`,
      {},
      "invalid_key",
      /all zero/,
    ],
    [
      "a version twice",
      `1=${text(1)}\n1=${text(2)}`,
      {},
      "invalid_key",
      /two keys for version 1/,
    ],
    [
      "an unknown active version",
      `1=${text(1)}`,
      { ENCRYPTION_KEY_VERSION: "7" },
      "invalid_key",
      /ENCRYPTION_KEY_VERSION names version 7/,
    ],
    [
      "an active version that is no number",
      `1=${text(1)}`,
      { ENCRYPTION_KEY_VERSION: "new" },
      "invalid_key",
      /ENCRYPTION_KEY_VERSION must name/,
    ],
  ])(
    "are refused with %s, without an echo",
    async (_, content, env, code, message) => {
      const error = await failureOf(() => loadFile(content, env))
      expect(error).toMatchObject({ code })
      expect(error.message).toMatch(message)
      for (const version of [1, 2]) {
        expect(everythingItPrints(error)).not.toContain(text(version).slice(4))
      }
    }
  )

  it("that are not there stop the start with the reason", async () => {
    const error = await failureOf(() =>
      load({ ENCRYPTION_KEY_FILE: path.join(directory, "none") })
    )
    expect(error.code).toBe("invalid_key")
    expect(error.message).toMatch(
      /cannot be read \(ENOENT\).*ENCRYPTION_KEY_FILE/
    )
  })

  it.each(["ENCRYPTION_KEY", "ENCRYPTION_KEY_V3"])(
    "do not mix with %s",
    async (variable) => {
      const error = await failureOf(() =>
        loadFile(`1=${text(1)}`, { [variable]: text(3) })
      )
      expect(error.code).toBe("invalid_key")
      expect(error.message).toContain(
        `Both ENCRYPTION_KEY_FILE and ${variable} are set`
      )
    }
  )

  it("give way to the environment when no file is named", async () => {
    expect(
      await load({ ENCRYPTION_KEY: text(1), ENCRYPTION_KEY_FILE: "" })
    ).toEqual([[1, "active", text(1)]])
  })
})

describe("keys in a directory", () => {
  it("are named by their versions, with or without a line break behind the key", async () => {
    expect(await loadDirectory({ "1": text(1), "2": `${text(2)}\n` })).toEqual([
      [1, "decrypt_only", text(1)],
      [2, "active", text(2)],
    ])
  })

  it("may be a mounted secret, with links and hidden entries", async () => {
    await chmod(directory, 0o700)
    await mkdir(path.join(directory, "..2026_11_20"))
    await writeFile(path.join(directory, "..2026_11_20", "4"), text(4))
    await symlink("..2026_11_20", path.join(directory, "..data"))
    await symlink("..data/4", path.join(directory, "4"))
    expect(await load({ ENCRYPTION_KEY_FILE: directory })).toEqual([
      [4, "active", text(4)],
    ])
  })

  it("are judged one by one, and not by the directory that all may enter", async () => {
    await writeFile(path.join(directory, "1"), text(1), { mode: 0o600 })
    await chmod(directory, 0o755)
    await load({ ENCRYPTION_KEY_FILE: directory })
    expect(warnings).toEqual([])

    await chmod(path.join(directory, "1"), 0o660)
    const error = await failureOf(() =>
      load({ ENCRYPTION_KEY_FILE: directory })
    )
    expect(error.message).toContain(`chmod go-w ${path.join(directory, "1")}`)
  })

  it("may be readable by all in a directory that others cannot enter", async () => {
    await writeFile(path.join(directory, "1"), text(1))
    await chmod(path.join(directory, "1"), 0o644)
    await chmod(directory, 0o700)
    await load({ ENCRYPTION_KEY_FILE: directory })
    expect(warnings).toEqual([])
    await chmod(directory, 0o755)
    await load({ ENCRYPTION_KEY_FILE: directory })
    expect(warnings).toEqual([
      expect.stringMatching(/can be read by every user.*chmod o-rwx/),
    ])
  })

  it("are refused when one has another name, so that none is overlooked", async () => {
    const error = await failureOf(() =>
      loadDirectory({ "1": text(1), v2: text(2) })
    )
    expect(error.code).toBe("invalid_key")
    expect(error.message).toMatch(/The name of .*v2 must name a key version/)
  })

  it("are missed when it is empty", async () => {
    expect((await failureOf(() => loadDirectory({}))).code).toBe("missing_key")
  })
})
