import axe from "axe-core"
import type { Page } from "playwright-core"
import { settle } from "./visitor"

/**
 * Checks what the plugin shows with axe: the content region, or the dialog in
 * front of it. Medusa's own shell around it is not ours to judge.
 *
 * @returns one line for each element that breaks a rule
 */
export const violationsOf = async (
  page: Page,
  theme: "light" | "dark"
): Promise<string[]> => {
  await page.evaluate((name) => {
    // What Medusa's own switch does, without its menu.
    const { classList, style } = document.documentElement
    classList.remove("light", "dark")
    classList.add(name)
    style.colorScheme = name
  }, theme)
  await settle(page)
  await page.evaluate(axe.source)
  return page.evaluate(async () => {
    const dialog = document.querySelector('[role="dialog"]')
    const { axe } = window as unknown as { axe: typeof import("axe-core") }
    const { violations } = await axe.run(dialog ?? "main")
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`)
    )
  })
}
