import { validateColumns } from "../columns"
import { asValue, createContainer } from "@medusajs/framework/awilix"
import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"

import { MissingKeyError } from "../errors"
import keyringLoader from "../loaders/keyring"
import { resolvePolicy } from "../policy"
import EncryptionModuleService from "../service"
import type { EncryptionModuleOptions } from "../types"
import { failureOf, material, rootOf } from "./support"

const READING = "SOCIAL_PLATFORMS_ENCRYPTION_READING"
const WRITING = "SOCIAL_PLATFORMS_ENCRYPTION_WRITING"
const MINIMUM = "SOCIAL_PLATFORMS_MINIMUM_ENVELOPE_FORMAT"

describe("policy", () => {
  it("is strict by default and reads format 1", () => {
    const strict = {
      reading: "require-encrypted",
      writing: "encrypted",
      minimum_envelope_format: 1,
    }
    expect(resolvePolicy(undefined, {})).toEqual(strict)
    expect(
      resolvePolicy({}, { [READING]: "", [WRITING]: "", [MINIMUM]: "" })
    ).toEqual(strict)
  })

  it("takes the plugin's options, and the environment before them", () => {
    const options = {
      reading: "warn",
      writing: "dual",
      minimum_envelope_format: 2,
    } as const
    expect(resolvePolicy(options, {})).toEqual(options)
    const env = { [READING]: "migrate", [WRITING]: "encrypted", [MINIMUM]: "1" }
    expect(resolvePolicy(options, env)).toEqual({
      reading: "migrate",
      writing: "encrypted",
      minimum_envelope_format: 1,
    })
  })

  it.each([
    [
      { reading: "lenient" },
      {},
      /encryption\.reading must be one of: "require-encrypted", "warn", "migrate"/,
    ],
    [
      { writing: "plain" },
      {},
      /encryption\.writing must be one of: "encrypted", "dual"/,
    ],
    [
      { minimum_envelope_format: "2" },
      {},
      /encryption\.minimum_envelope_format must be one of: 1, 2/,
    ],
    [{ minimum_envelope_format: 3 }, {}, /must be one of: 1, 2/],
    [{ reading: null }, {}, /encryption\.reading must be one of/],
    [
      {},
      { [READING]: "yes" },
      /SOCIAL_PLATFORMS_ENCRYPTION_READING must be one of: require-encrypted, warn, migrate/,
    ],
    [
      {},
      { [WRITING]: "both" },
      /SOCIAL_PLATFORMS_ENCRYPTION_WRITING must be one of: encrypted, dual/,
    ],
    [
      {},
      { [MINIMUM]: "02" },
      /SOCIAL_PLATFORMS_MINIMUM_ENVELOPE_FORMAT must be one of: 1, 2/,
    ],
    [
      { minimum_format: 2 },
      {},
      /encryption\.minimum_format does not exist. Known: .*minimum_envelope_format/,
    ],
  ])(
    "refuses %j with %j and names the allowed values",
    (options, env, message) => {
      expect(() => resolvePolicy(options as never, env)).toThrow(message)
    }
  )
})

describe("start of the module", () => {
  const environment = process.env

  beforeEach(() => {
    process.env = { PATH: environment.PATH }
  })
  afterEach(() => {
    process.env = environment
  })

  /** PostgreSQL as long as the registry's tables do not exist. */
  const unmigratedDatabase = {
    raw: async (statement: string) => {
      if (statement.includes("to_regclass")) {
        return { rows: [{ is_there: false }] }
      }
      throw Object.assign(new Error("relation does not exist"), {
        code: "42P01",
      })
    },
  }

  async function start(
    options?: EncryptionModuleOptions & Record<string, unknown>
  ) {
    const container = createContainer()
    container.register({
      logger: asValue({ info: jest.fn(), warn: jest.fn() }),
      [ContainerRegistrationKeys.PG_CONNECTION]: asValue(unmigratedDatabase),
    })
    await keyringLoader({
      container: container as unknown as MedusaContainer,
      options,
    })
    return new EncryptionModuleService(container.cradle as never)
  }

  it("builds a working service from the environment", async () => {
    process.env.ENCRYPTION_KEY = rootOf(2).toString("base64")
    process.env.ENCRYPTION_KEY_VERSION = "2"
    process.env.ENCRYPTION_KEY_V1 = rootOf(1).toString("base64")
    const service = await start({
      encryption: { writing: "dual" },
      providers: [],
    })
    expect(await service.activeKeyVersion()).toBe(2)
    expect(
      (await service.keyVersions()).map(({ version, state }) => [
        version,
        state,
      ])
    ).toEqual([
      [1, "decrypt_only"],
      [2, "active"],
    ])
    expect((await service.policy()).writing).toBe("dual")
    expect((await service.decrypt(await service.encrypt("x"))).reveal()).toBe(
      "x"
    )
  })

  it("takes keys from another source when the options name one", async () => {
    const service = await start({
      encryption: {
        key_source: { name: "test", load: async () => [material(41)] },
      },
    })
    expect(await service.activeKeyVersion()).toBe(41)
  })

  it("stops without a key and says how to make one", async () => {
    const error = await failureOf(() => start())
    expect(error).toBeInstanceOf(MissingKeyError)
    expect(error.message).toContain(
      "ENCRYPTION_KEY environment variable must be set"
    )
  })

  it("stops on a bad policy", async () => {
    process.env.ENCRYPTION_KEY = rootOf(1).toString("base64")
    process.env[READING] = "sometimes"
    await expect(start()).rejects.toThrow(
      /SOCIAL_PLATFORMS_ENCRYPTION_READING must be one of/
    )
  })
})

describe("the columns of the application's own tables", () => {
  it("are taken with the names that they need", () => {
    const columns = [
      { table: "supplier", column: "api_key" },
      {
        table: "carrier",
        column: "secret",
        id_column: "code",
        context: { table: "c", field: "s" },
      },
    ]
    expect(validateColumns(columns)).toEqual(columns)
    expect(validateColumns(undefined)).toEqual([])
  })

  it.each([
    ["no list", {}],
    ["an entry without a column", [{ table: "supplier" }]],
    ["a misspelt name", [{ table: "supplier", column: "key", idcolumn: "id" }]],
    ["half a context", [{ table: "a", column: "b", context: { table: "a" } }]],
    ["an empty name", [{ table: "", column: "b" }]],
    ["a table of the plugin", [{ table: "social_platform", column: "name" }]],
    ["null", [null]],
  ])("are refused at start with %s", (_, columns) => {
    expect(() => validateColumns(columns)).toThrow(/encryption\.columns/)
  })
})
