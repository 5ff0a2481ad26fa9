/** The headers that say how much of a limit is used up, as JSON with percentages in it. */
const USAGE_HEADERS = ["x-app-usage", "x-business-use-case-usage"]

const PERCENTAGES = ["call_count", "total_time", "total_cputime"]

/** The highest percentage that the headers of a response name; 0 where they name none. */
export const usageIn = (headers: Headers): number => {
  const found = [0]
  for (const name of USAGE_HEADERS) {
    try {
      JSON.parse(headers.get(name) ?? "null", (key, value: unknown) => {
        if (PERCENTAGES.includes(key) && typeof value === "number") {
          found.push(value)
        }
        return value
      })
    } catch {
      // A header that is no JSON tells nothing.
    }
  }
  return Math.max(...found)
}
