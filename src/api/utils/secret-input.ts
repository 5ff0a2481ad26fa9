import { z } from "@medusajs/framework/zod"

/*
 * Validators for input that may hold a secret. For a value of the wrong type
 * Medusa's own message repeats the value, to the client and in the log.
 */

/** An object with members of any kind. */
export const secretRecord = (name: string) =>
  z.custom<Record<string, unknown>>(
    (value) =>
      typeof value === "object" && value !== null && !Array.isArray(value),
    { message: `${name} must be an object.` }
  )

/**
 * Text of limited length.
 *
 * @param maxLength - in UTF-16 code units
 */
export const secretText = (name: string, maxLength: number) =>
  z.custom<string>(
    (value) =>
      typeof value === "string" && value !== "" && value.length <= maxLength,
    { message: `${name} must be text of 1 to ${maxLength} characters.` }
  )
