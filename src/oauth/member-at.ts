/**
 * Reads a member of a response, at any depth.
 *
 * @param path - names separated by dots, such as `team.id`
 * @returns undefined where there is none
 */
export const memberAt = (value: unknown, path: string): unknown =>
  path
    .split(".")
    .reduce<unknown>(
      (current, name) =>
        typeof current === "object" &&
        current !== null &&
        Object.hasOwn(current, name)
          ? (current as Record<string, unknown>)[name]
          : undefined,
      value
    )
