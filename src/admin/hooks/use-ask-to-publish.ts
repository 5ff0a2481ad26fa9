import { usePrompt } from "@medusajs/ui"
import { countOf, formatDateTime } from "../lib/format"

/**
 * Asks whether a post shall really go out now.
 *
 * @returns a function of the number of accounts and of the time that the post
 * is planned for, if it is; resolves to true where the person says yes
 */
export const useAskToPublish = () => {
  const prompt = usePrompt()

  return (accounts: number, plannedFor: string | null): Promise<boolean> =>
    prompt({
      title: "Publish this post now?",
      description: plannedFor
        ? `It is planned for ${formatDateTime(plannedFor)}. Publish it now, and it goes out on ${countOf(accounts, "account")} at once.`
        : `It goes out on ${countOf(accounts, "account")} at once.`,
      variant: "confirmation",
      confirmText: "Publish now",
      cancelText: plannedFor ? "Keep the schedule" : "Cancel",
    })
}
