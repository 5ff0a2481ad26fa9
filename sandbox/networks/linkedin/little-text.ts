const RESERVED = /[\\|{}@[\]()<>#*_~]/

/** What stands at the beginning of a text in LinkedIn's format, the first that fits. */
const ELEMENTS: [RegExp, (found: RegExpExecArray) => string][] = [
  [/^\\([\\|{}@[\]()<>#*_~])/, ([, sign]) => sign],
  [
    /^\{hashtag\|(?:\\#|＃)\|((?:\\.|[^\\|{}@[\]()<>#*~])+)\}/u,
    ([, word]) => `#${word.replace(/\\(.)/g, "$1")}`,
  ],
  [
    /^@\[((?:\\.|[^\\\]])+)\]\(urn:li:(?:organization|person):[\w-]+\)/,
    ([, name]) => name.replace(/\\(.)/g, "$1"),
  ],
  [/^#([\p{L}\p{N}]+)/u, ([whole]) => whole],
  [/^[^\\|{}@[\]()<>#*_~]+/u, ([whole]) => whole],
]

/**
 * What a reader sees of a post's text. At a reserved character that is not
 * escaped LinkedIn stops, and says nothing.
 */
export function readLittleText(text: string): string {
  let rest = text
  let shown = ""
  while (rest) {
    const [found, show] = ELEMENTS.map(
      ([pattern, show]) => [pattern.exec(rest), show] as const
    ).find(([match]) => match) ?? [null, null]
    if (!found) {
      break
    }
    shown += show(found)
    rest = rest.slice(found[0].length)
  }
  return RESERVED.test(rest[0] ?? "") ? shown : shown + rest
}
