import { findEntities } from "../../shared/post-rules/entities"

/*
 * The format of a post's text: learn.microsoft.com/linkedin/marketing/
 * community-management/shares/little-text-format. A reserved character that is
 * not escaped is no error: LinkedIn leaves out all that follows it.
 */

const RESERVED = /[\\|{}@[\]()<>#*_~]/g

/** How people write a mention: `@[Acme](urn:li:organization:1)`. */
const MENTION =
  /@\[([^\]\n]{1,200})\]\((urn:li:(?:organization|person):[\w-]+)\)/g

const escaped = (text: string): string => text.replace(RESERVED, "\\$&")

interface Element {
  start: number
  end: number
  little: string
}

const mentionsIn = (text: string): Element[] =>
  [...text.matchAll(MENTION)].map(({ 0: whole, 1: name, 2: urn, index }) => ({
    start: index,
    end: index + whole.length,
    little: `@[${escaped(name)}](${urn})`,
  }))

const hashtagsIn = (text: string): Element[] =>
  findEntities(text)
    .filter(({ kind }) => kind === "hashtag")
    .map(({ value, start, end }) => ({
      start,
      end,
      little: `{hashtag|${escaped(value[0])}|${escaped(value.slice(1))}}`,
    }))

/** A text as LinkedIn takes it: hashtags and mentions work, all else is as it is written. */
export const toLittleText = (text: string): string => {
  const elements = [...mentionsIn(text), ...hashtagsIn(text)].sort(
    (left, right) => left.start - right.start
  )
  let little = ""
  let at = 0
  for (const { start, end, little: element } of elements) {
    // A hashtag within a mention is part of its name.
    if (start >= at) {
      little += escaped(text.slice(at, start)) + element
      at = end
    }
  }
  return little + escaped(text.slice(at))
}

/** A text where mentions are names, for places that know no others. */
export const withoutMentions = (text: string): string =>
  text.replace(MENTION, "$1")

/** What a reader sees of a text in LinkedIn's format. */
export const shownText = (little: string): string =>
  little
    .replace(
      /\{hashtag\|\\?([#＃])\|((?:\\.|[^}\\])*)\}/gu,
      (_, sign: string, word: string) => `${sign}${word}`
    )
    .replace(/@\[((?:\\.|[^\]\\])*)\]\(urn:[^)\s]*\)/g, "$1")
    .replace(/\\([\\|{}@[\]()<>#*_~])/g, "$1")

/** The characters of a text without spaces and line breaks, which LinkedIn changes. */
const essenceOf = (text: string): string =>
  shownText(text)
    .normalize("NFC")
    .replace(/[\s\u200b\ufeff]+/g, "")

/** Whether two texts in LinkedIn's format show the same. */
export const showsSame = (left: string, right: string): boolean =>
  essenceOf(left) === essenceOf(right)
