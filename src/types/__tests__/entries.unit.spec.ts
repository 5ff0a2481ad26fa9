import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs"
import path from "node:path"
import ts from "typescript"

jest.setTimeout(300_000)

const ROOT = path.resolve(__dirname, "../../..")

/** What the application imports, by entry; these come in its build as declarations. */
const ENTRIES = ["provider", "credentials", "types", "workflows"]

/**
 * As in the tsconfig.json of a new Medusa application. That leaves declarations
 * unchecked: what these lack becomes `any`, so here they are looked at.
 */
const APPLICATION: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2021,
  module: ts.ModuleKind.Node16,
  moduleResolution: ts.ModuleResolutionKind.Node16,
  esModuleInterop: true,
  emitDecoratorMetadata: true,
  experimentalDecorators: true,
  strict: true,
  types: ["node"],
  noEmit: true,
}

/** What TypeScript says of a name, a member or a file that is not there. */
const MISSING = [2304, 2307, 2339, 2503, 2550, 2552, 2583, 2694, 2724]

const CODE = `
import type { MedusaContainer } from "@medusajs/framework/types"
import { preparePlatform } from "./src/credentials/index.js"
import {
  type ProviderDescription,
  type SocialProvider,
  countGraphemes,
  defineProvider,
} from "./src/provider/index.js"
import type { PlatformBody, PlatformChangeBody } from "./src/types/index.js"
import { createSocialPlatformWorkflow } from "./src/workflows/index.js"

const body: PlatformBody = { name: "Harbour", provider: "harbour" }
export const change: PlatformChangeBody = { name: "Harbour (new)" }

export const connect = async (container: MedusaContainer) => {
  const platform = await preparePlatform(container, body)
  await createSocialPlatformWorkflow(container).run({ input: { platform } })
}

export const fits = (text: string): boolean => countGraphemes(text) <= 300
export const make = (description: ProviderDescription) => {
  const provider: SocialProvider = { description }
  return defineProvider(provider)
}
`

describe("the package's entries", () => {
  let folder: string
  beforeAll(() => {
    const parent = path.join(ROOT, ".data")
    mkdirSync(parent, { recursive: true })
    folder = mkdtempSync(path.join(parent, "application-"))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it("compile in a new Medusa application, whose language is ES2021", () => {
    writeDeclarations(folder)
    const file = path.join(folder, "use-plugin.ts")
    writeFileSync(file, CODE)

    const program = ts.createProgram([file], APPLICATION)
    const sources = program
      .getSourceFiles()
      .filter(({ fileName }) => fileName.startsWith(folder))
    expect(sources.length).toBeGreaterThan(ENTRIES.length)
    const problems = sources.flatMap((source) =>
      program
        .getSemanticDiagnostics(source)
        .filter(
          ({ code }) => source.fileName === file || MISSING.includes(code)
        )
    )
    expect(problems.map(describeProblem)).toEqual([])
  })
})

/** Writes the entries' declarations, as the package's build does. */
const writeDeclarations = (folder: string): void => {
  const { config } = ts.readConfigFile(
    path.join(ROOT, "tsconfig.json"),
    ts.sys.readFile
  )
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT)
  const program = ts.createProgram(
    ENTRIES.map((entry) => path.join(ROOT, "src", entry, "index.ts")),
    {
      ...options,
      emitDeclarationOnly: true,
      inlineSourceMap: false,
      outDir: folder,
    }
  )
  program.emit()
}

const describeProblem = ({ file, messageText }: ts.Diagnostic): string =>
  `${file && path.basename(file.fileName)}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`
