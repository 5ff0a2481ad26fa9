import axe from "axe-core"
import type { Page } from "playwright-core"
import { settle } from "./browser-session"

export type Theme = "light" | "dark"

/** Shows the page in a theme: what Medusa's own switch does, without its menu. */
export const showIn = (page: Page, theme: Theme): Promise<void> =>
  page.evaluate((name) => {
    const { classList, style } = document.documentElement
    classList.remove("light", "dark")
    classList.add(name)
    style.colorScheme = name
  }, theme)

/**
 * Checks what the plugin shows with axe: the content region, or the dialog in
 * front of it. Medusa's own shell around it is not ours to judge.
 *
 * @param rules only these; all of them where none are named
 * @returns one line for each element that breaks a rule
 */
export const violationsOf = async (
  page: Page,
  rules?: string[]
): Promise<string[]> => {
  await settle(page)
  await page.evaluate(axe.source)
  return page.evaluate(async (runOnly) => {
    const dialog = document.querySelector('[role="dialog"]')
    const { axe } = window as unknown as { axe: typeof import("axe-core") }
    const { violations } = await axe.run(
      dialog ?? "main",
      runOnly ? { runOnly } : {}
    )
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(
        ({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`
      )
    )
  }, rules)
}
