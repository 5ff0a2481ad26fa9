import medusa from "@medusajs/eslint-plugin"
import jest from "eslint-plugin-jest"

const { default: plugin } = medusa

/** The strict preset with each of its warnings made an error. */
const strict = plugin.configs.strict.map((block) => {
  if (!block.rules) {
    return block
  }
  const rules = Object.fromEntries(
    Object.entries(block.rules).map(([rule, setting]) => [
      rule,
      Array.isArray(setting) ? ["error", ...setting.slice(1)] : "error",
    ])
  )
  return { ...block, rules }
})

/** Imports point one way: api, workflows, credentials, then the modules. */
const layers = [
  {
    files: ["src/modules/**/*.ts"],
    forbidden: [
      "credentials",
      "workflows",
      "api",
      "admin",
      "jobs",
      "subscribers",
    ],
    reason: "Modules never import upward.",
  },
  {
    files: ["src/oauth/**/*.ts"],
    forbidden: [
      "modules",
      "providers",
      "credentials",
      "workflows",
      "api",
      "admin",
    ],
    reason: "src/oauth is protocol code: it knows nothing of the plugin.",
  },
  {
    files: ["src/providers/**/*.ts"],
    forbidden: ["modules", "credentials", "workflows", "api", "admin"],
    reason: "Providers know nothing of modules, credentials or workflows.",
  },
  {
    files: ["src/credentials/**/*.ts"],
    forbidden: ["workflows", "api", "admin", "jobs", "subscribers"],
    reason: "Credentials never import workflows or routes.",
  },
  {
    files: ["src/workflows/**/*.ts"],
    forbidden: ["api", "admin"],
    reason: "Nothing imports routes or the dashboard.",
  },
]

export default [
  {
    ignores: [
      "**/.medusa/**",
      "**/.data/**",
      "**/dist/**",
      "**/node_modules/**",
      "static/**",
    ],
  },
  ...strict,
  {
    // The published tsconfig.json covers `src` only; type-aware rules need the
    // program that a file belongs to.
    files: ["**/*.ts"],
    languageOptions: { parserOptions: { project: "./tsconfig.check.json" } },
  },
  {
    files: ["src/admin/**/*.{ts,tsx}"],
    languageOptions: {
      parserOptions: { project: "./src/admin/tsconfig.json" },
    },
  },
  {
    files: ["**/*.{ts,tsx,js,mjs}"],
    rules: {
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-debugger": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-var": "error",
      "prefer-const": "error",
    },
  },
  {
    files: ["src/**/*.{ts,tsx}"],
    rules: {
      // Medusa's logger, so that the operator decides what is written where.
      "no-console": "error",
    },
  },
  {
    // A test that does not run proves nothing, and hides that it does not.
    files: ["**/*.spec.ts", "integration-tests/**/*.ts"],
    plugins: { jest },
    rules: {
      "jest/no-disabled-tests": "error",
      "jest/no-focused-tests": "error",
    },
  },
  {
    // Programs of their own, outside Medusa: no MedusaError to catch there.
    files: ["dev/**", "sandbox/**", "bench/**", "*.config.{js,mjs,ts}"],
    rules: { "@medusajs/use-medusa-error-not-generic-error": "off" },
  },
  ...layers.map(({ files, forbidden, reason }) => ({
    files,
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              regex: `^\\.{1,2}/(.*/)?(${forbidden.join("|")})(/|$)`,
              message: reason,
            },
          ],
        },
      ],
    },
  })),
]
