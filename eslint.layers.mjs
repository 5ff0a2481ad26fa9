/** From the top to the bottom: each may import what stands below it. */
const UPWARD = ["admin", "api", "jobs", "subscribers", "scripts", "workflows"]
const CORE = ["publishing", "credentials", "modules"]

/**
 * Imports point one way: api, workflows, publishing and credentials, then the
 * modules. The dashboard speaks HTTP and shares nothing but `src/shared`.
 */
const FORBIDDEN = [
  {
    files: ["src/admin/**/*.{ts,tsx}"],
    forbidden: [...UPWARD.slice(1), ...CORE, "providers", "oauth", "http"],
    reason: "The dashboard speaks HTTP, and shares src/shared with the server.",
  },
  {
    files: ["src/shared/**/*.ts"],
    forbidden: [...UPWARD, ...CORE, "providers", "oauth", "http", "secrets"],
    reason: "src/shared is pure: it runs in the browser too.",
  },
  {
    files: ["src/workflows/**/*.ts"],
    forbidden: ["admin", "api"],
    reason: "Nothing imports routes or the dashboard.",
  },
  {
    files: ["src/publishing/**/*.ts"],
    forbidden: UPWARD,
    reason: "The publishing engine never imports workflows or routes.",
  },
  {
    files: ["src/credentials/**/*.ts"],
    forbidden: [...UPWARD, "publishing"],
    reason: "Credentials never import workflows or routes.",
  },
  {
    files: ["src/providers/**/*.ts"],
    forbidden: [...UPWARD, ...CORE],
    reason: "Providers know nothing of modules, credentials or workflows.",
  },
  {
    files: ["src/modules/**/*.ts"],
    forbidden: [...UPWARD, "publishing", "credentials"],
    reason: "Modules never import upward.",
  },
  {
    files: ["src/oauth/**/*.ts", "src/http/**/*.ts"],
    forbidden: [...UPWARD, ...CORE, "providers"],
    reason: "Protocol code knows nothing of the plugin.",
  },
]

/** What ESLint is told of it, apart from the rest so that a test can ask it quickly. */
export const layers = FORBIDDEN.map(({ files, forbidden, reason }) => ({
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
}))
