/**
 * Whether a text is a language tag as RFC 5646 (BCP 47) has them, for example
 * `en`, `de-AT` or `zh-Hant`.
 */
export const isLanguageTag = (tag: string): boolean => {
  try {
    return Intl.getCanonicalLocales(tag).length === 1
  } catch {
    return false
  }
}
