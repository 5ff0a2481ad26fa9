import { toast } from "@medusajs/ui"
import { useState } from "react"
import { rememberConnecting } from "../lib/connecting-platform"
import { errorMessage } from "../lib/errors"
import type { SocialPlatform } from "../../shared/api-types"
import { useStartConnection } from "./use-social-platforms"

/**
 * Takes the person to the service, where they allow the store to use it.
 *
 * @returns a function of the platform, which resolves to false where the way
 * there could not be found and the person was told; and whether they are on it
 */
export const useConnect = () => {
  const start = useStartConnection()
  const [isLeaving, setIsLeaving] = useState(false)

  const connect = async ({
    id,
    provider,
  }: Pick<SocialPlatform, "id" | "provider">): Promise<boolean> => {
    try {
      const { location } = await start.mutateAsync({
        provider,
        platformId: id,
      })
      setIsLeaving(true)
      rememberConnecting(id)
      window.location.assign(location)
      return true
    } catch (error) {
      toast.error("The connection could not be started", {
        description: errorMessage(error),
      })
      return false
    }
  }

  return { connect, isConnecting: start.isPending || isLeaving }
}
