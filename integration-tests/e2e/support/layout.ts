import type { Page } from "playwright-core"
import { settle } from "./browser-session"

/**
 * What does not fit into the window's width: a page that scrolls sideways, a
 * part that sticks out, a button whose words are cut off. The stock table
 * scrolls inside its own frame, which is how it is meant to be read on a phone.
 *
 * @returns a description of each
 */
export const wideElements = async (page: Page): Promise<string[]> => {
  await settle(page)
  return page.evaluate(() => {
    const describe = (element: Element) =>
      `${element.tagName.toLowerCase()} "${element.textContent?.trim().slice(0, 60)}"`
    const content =
      document.querySelector('[role="dialog"]') ??
      document.querySelector("main")
    if (!content) {
      return ["There is no content."]
    }

    const scrolls = [document.documentElement, content].filter(
      ({ scrollWidth, clientWidth }) => scrollWidth > clientWidth
    )
    const inTable = (element: Element) => element.closest("table") !== null
    const sticksOut = [...content.querySelectorAll("*")].filter((element) => {
      const { left, right, width } = element.getBoundingClientRect()
      const isHidden = width <= 1
      return (
        !isHidden && !inTable(element) && (left < 0 || right > innerWidth + 1)
      )
    })
    const cutOff = [...content.querySelectorAll("button, a")].filter(
      (element) =>
        !inTable(element) &&
        element.scrollWidth > element.clientWidth + 1 &&
        getComputedStyle(element).display !== "inline"
    )
    return [
      ...scrolls.map((element) => `scrolls sideways: ${describe(element)}`),
      ...sticksOut.map((element) => `sticks out: ${describe(element)}`),
      ...cutOff.map((element) => `is cut off: ${describe(element)}`),
    ]
  })
}
