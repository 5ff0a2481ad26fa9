import { REDACTED, type SecretString } from "./secret-string"

/** Shorter than this a value is no secret, and replacing it would garble the text. */
const MIN_LENGTH = 4

/** How a value is written inside JSON and inside an address. */
const formsOf = (value: string): string[] => [
  value,
  JSON.stringify(value).slice(1, -1),
  encodeURIComponent(value),
]

/**
 * Replaces known secrets in a text: what {@link redactText} cannot recognise,
 * because a service repeats it without saying what it is.
 *
 * @param text - an outside service's answer
 * @param secrets - what it was sent
 * @returns the text with `[redacted]` in the place of each
 */
export const eraseValues = (
  text: string,
  secrets: Iterable<SecretString>
): string => {
  const forms = [...secrets]
    .map((secret) => secret.reveal())
    .filter((value) => value.length >= MIN_LENGTH)
    .flatMap(formsOf)
    // The longest first: one secret may be the beginning of another.
    .sort((a, b) => b.length - a.length)
  return forms.reduce((rest, form) => rest.replaceAll(form, REDACTED), text)
}
