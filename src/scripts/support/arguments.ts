import { MedusaError } from "@medusajs/framework/utils"

/** What was written behind the script's name. */
export interface ScriptArguments {
  /** Without the word `apply` a script tells what it would do and changes nothing. */
  apply: boolean
  overwrite: boolean
  /** The other words, in order. */
  words: string[]
}

const refuse = (message: string): MedusaError =>
  new MedusaError(MedusaError.Types.INVALID_DATA, message)

/**
 * Reads the words behind a script's name.
 *
 * @param usage - the words that the script takes, for the error
 * @param words - the least and the most words beside `apply` and `overwrite`
 */
export const readArguments = (
  args: string[],
  usage: string,
  [least, most]: [least: number, most: number]
): ScriptArguments => {
  const words = args.filter((word) => word !== "apply" && word !== "overwrite")
  if (words.length < least || words.length > most) {
    throw refuse(`Give this script the words: ${usage}`)
  }
  return {
    apply: args.includes("apply"),
    overwrite: args.includes("overwrite"),
    words,
  }
}

/** A key version that was written behind a script's name. */
export const readVersion = (word: string): number => {
  if (!/^[1-9][0-9]{0,4}$/.test(word)) {
    throw refuse("The key version must be a whole number from 1 to 32767.")
  }
  return Number(word)
}
