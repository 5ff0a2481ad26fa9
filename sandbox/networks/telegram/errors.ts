/** A refusal as the Bot API words it. */
export class BotError extends Error {
  /**
   * @param code HTTP status and `error_code`
   * @param description what is wrong
   * @param parameters what a program needs to go on
   */
  constructor(
    readonly code: number,
    readonly description: string,
    readonly parameters?: Record<string, unknown>
  ) {
    super(description)
  }
}

export const badRequest = (
  what: string,
  parameters?: Record<string, unknown>
): BotError => new BotError(400, `Bad Request: ${what}`, parameters)
