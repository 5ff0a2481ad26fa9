import assert from "node:assert/strict"
import { writeFileSync } from "node:fs"
import path from "node:path"
import ts from "typescript"
import manifest from "../../package.json"

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

const plugin = manifest.name

const CODE = `
import type { MedusaContainer } from "@medusajs/framework/types"
import { preparePlatform } from "${plugin}/credentials"
import {
  type ProviderDescription,
  type SocialProvider,
  countGraphemes,
  defineProvider,
} from "${plugin}/provider"
import type { PlatformBody, PlatformChangeBody } from "${plugin}/types"
import { createSocialPlatformWorkflow } from "${plugin}/workflows"

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

/**
 * Checks that code which uses the package's entries compiles, and that their
 * declarations lack nothing that they refer to.
 *
 * @param app - folder of an application that has the package installed
 */
export function checkDeclarations(app: string): void {
  const file = path.join(app, "uses-types.ts")
  writeFileSync(file, CODE)
  const program = ts.createProgram([file], APPLICATION)
  const ours = path.join("node_modules", plugin)
  const sources = program
    .getSourceFiles()
    .filter(({ fileName }) => fileName === file || fileName.includes(ours))
  assert.ok(sources.length > 1, "the package's declarations were not found")
  const problems = sources.flatMap((source) =>
    program
      .getSemanticDiagnostics(source)
      .filter(({ code }) => source.fileName === file || MISSING.includes(code))
  )
  assert.deepEqual(problems.map(describeProblem), [])
}

const describeProblem = ({ file, messageText }: ts.Diagnostic): string =>
  `${file && path.basename(file.fileName)}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`
