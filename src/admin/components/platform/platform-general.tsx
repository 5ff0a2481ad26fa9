import { SectionRow } from "@medusajs/dashboard/components"
import { ExclamationCircle, PencilSquare, Trash } from "@medusajs/icons"
import { toast, usePrompt } from "@medusajs/ui"
import { useRef, useState } from "react"
import { useNavigate } from "react-router-dom"
import { useDeleteSocialPlatform } from "../../hooks/use-social-platforms"
import { errorMessage } from "../../lib/errors"
import { formatDateTime } from "../../lib/format"
import {
  AUTH_TYPE_LABELS,
  categoryLabel,
  platformBadge,
} from "../../lib/labels"
import { holdsAccess } from "../../lib/provider-facts"
import type { SocialPlatform, SocialProvider } from "../../../shared/api-types"
import { ExternalLink } from "../external-link"
import { MoreActions } from "../more-actions"
import { Section } from "../section"
import { StateBadge } from "../state-badge"
import { MarkInvalidPrompt } from "./mark-invalid-prompt"

type PlatformSectionProps = {
  platform: SocialPlatform
  provider: SocialProvider | undefined
}

/** The head of the detail page: what this platform is, and edit and delete. */
export const PlatformGeneral = ({
  platform,
  provider,
}: PlatformSectionProps) => (
  <Section
    title={platform.name}
    level="h1"
    badges={<StateBadge badge={platformBadge(platform)} fallback="" />}
    actions={<PlatformMenu platform={platform} />}
  >
    <SectionRow
      title="Service"
      value={
        provider?.docs_url ? (
          <ExternalLink href={provider.docs_url}>{provider.label}</ExternalLink>
        ) : (
          (provider?.label ?? platform.provider)
        )
      }
    />
    <SectionRow title="Category" value={categoryLabel(platform.category)} />
    <SectionRow
      title="Authentication"
      value={AUTH_TYPE_LABELS[platform.auth_type] ?? platform.auth_type}
    />
    {platform.description && (
      <SectionRow title="Description" value={platform.description} />
    )}
    {platform.base_url && (
      <SectionRow title="Base URL" value={platform.base_url} />
    )}
    <SectionRow title="Created" value={formatDateTime(platform.created_at)} />
  </Section>
)

type PlatformMenuProps = { platform: SocialPlatform }

const PlatformMenu = ({ platform }: PlatformMenuProps) => {
  const removeWithConfirmation = useRemovePlatform(platform)
  const menu = useRef<HTMLButtonElement>(null)
  const [isMarking, setIsMarking] = useState(false)
  const markInvalid = {
    icon: <ExclamationCircle />,
    label: "Mark as needing reconnection",
    onClick: () => setIsMarking(true),
  }

  return (
    <>
      <MoreActions
        buttonRef={menu}
        label={`More actions for ${platform.name}`}
        groups={[
          {
            actions: [
              { icon: <PencilSquare />, label: "Edit", to: "edit" },
              ...(holdsAccess(platform) ? [markInvalid] : []),
            ],
          },
          {
            actions: [
              {
                icon: <Trash />,
                label: "Delete",
                onClick: () => void removeWithConfirmation(),
              },
            ],
          },
        ]}
      />
      <MarkInvalidPrompt
        platform={platform}
        isOpen={isMarking}
        onClose={() => setIsMarking(false)}
        returnTo={menu}
      />
    </>
  )
}

const useRemovePlatform = (platform: SocialPlatform) => {
  const prompt = usePrompt()
  const navigate = useNavigate()
  const remove = useDeleteSocialPlatform(platform.id)

  return async () => {
    const confirmed = await prompt({
      title: `Delete ${platform.name}?`,
      description:
        "Its credentials and accounts are deleted with it. Posts that are already published stay at the service. This cannot be undone.",
      confirmText: "Delete",
      cancelText: "Cancel",
    })
    if (!confirmed) {
      return
    }
    try {
      await remove.mutateAsync()
      toast.success(`${platform.name} deleted`)
      navigate("/social-platforms", { replace: true })
    } catch (error) {
      toast.error("The platform was not deleted", {
        description: errorMessage(error),
      })
    }
  }
}
