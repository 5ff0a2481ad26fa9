import { defineProvider } from "../src/provider"

/** A network with one call for a post. */
export default defineProvider({
  description: {
    identifier: "bench",
    label: "Bench",
    description: "Takes its time.",
    category: "social",
    auth_types: ["api_key"],
    credential_fields: [{ name: "api_key", label: "Key", required: true }],
    setting_fields: [
      { name: "base_url", label: "Address", required: true, input: "url" },
    ],
    api: { base_address: ({ base_url }) => String(base_url) },
  },
  listAccounts: async ({ request }) => request("/accounts"),
  limits: () => ({
    text: [{ field: "text", unit: "graphemes", max: 500 }],
    parts: { max: 1, as: "none", media: false },
    media: { required: false, combinations: [], delivery: "push" },
    link: { place: "none", advice: "comment" },
  }),
  publish: async ({ request }, job) => {
    const [{ key, text, published }] = job.parts
    if (!published) {
      await job.arm(0)
      const { id } = await request<{ id: string }>("/posts", {
        method: "POST",
        json: { key, text },
      })
      await job.done(0, { external_id: id, url: null })
    }
    return { state: "published" }
  },
})
