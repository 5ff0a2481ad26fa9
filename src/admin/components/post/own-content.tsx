import { Button, Input, Label, Select, Textarea, toast } from "@medusajs/ui"
import { useId } from "react"
import { useSaveDefaultSettings } from "../../hooks/use-account-publishing"
import {
  type AccountContent,
  isOwn,
  NOTHING_OWN,
  type WrittenContent,
} from "../../lib/account-content"
import { errorMessage } from "../../lib/errors"
import type { AccountPublishing } from "../../../shared/post-types"
import { MediaField } from "./media-field"
import { PartsField } from "./parts-field"
import { SettingsForm } from "./settings-form"

type OwnContentProps = {
  accountId: string
  publishing: AccountPublishing
  /** The post, which is followed where nothing is said. */
  post: WrittenContent
  value: AccountContent
  onChange: (own: AccountContent) => void
}

/** What one account gets in place of the post's own. */
export const OwnContent = ({
  accountId,
  publishing,
  post,
  value,
  onChange,
}: OwnContentProps) => {
  const id = useId()
  const first = publishing.placements[0].value
  const set = (change: Partial<AccountContent>) =>
    onChange({ ...value, ...change })

  return (
    <div className="flex flex-col gap-y-4">
      <Placement publishing={publishing} value={value} onChange={onChange} />
      <SettingsForm
        accountId={accountId}
        schema={publishing.settings_schema}
        defaults={publishing.default_settings}
        lookups={publishing.lookups}
        off={publishing.limits.settings_off}
        value={value.settings}
        onChange={(settings) => set({ settings })}
      />
      {Object.keys(value.settings).length > 0 && (
        <SaveAsDefault
          accountId={accountId}
          settings={{ ...publishing.default_settings, ...value.settings }}
        />
      )}
      <div className="flex flex-col gap-y-1">
        <Label htmlFor={`${id}-text`} size="xsmall">
          Text for this account
        </Label>
        <Textarea
          id={`${id}-text`}
          rows={4}
          value={value.caption ?? post.caption}
          onChange={({ target }) => set({ caption: target.value })}
        />
      </div>
      <div className="flex flex-col gap-y-1">
        <Label htmlFor={`${id}-link`} size="xsmall">
          Link for this account
        </Label>
        <Input
          id={`${id}-link`}
          size="small"
          type="url"
          placeholder="https://"
          value={value.link ?? post.link}
          onChange={({ target }) => set({ link: target.value })}
        />
      </div>
      <div className="flex flex-col gap-y-1">
        <Label htmlFor={`${id}-language`} size="xsmall">
          Language for this account
        </Label>
        <Input
          id={`${id}-language`}
          size="small"
          placeholder="Left empty, as the post; such as de-AT"
          value={value.language ?? ""}
          onChange={({ target }) =>
            set({ language: target.value.trim() || null })
          }
        />
      </div>
      {value.media === null ? (
        <Button
          type="button"
          size="small"
          variant="transparent"
          className="w-fit"
          onClick={() => set({ media: post.media })}
        >
          Choose other files for this account
        </Button>
      ) : (
        <div role="group" aria-label="Files for this account">
          <MediaField
            value={value.media}
            limits={[publishing.limits]}
            onChange={(media) => set({ media })}
          />
        </div>
      )}
      {publishing.limits.parts.as !== "none" && value.parts === null && (
        <Button
          type="button"
          size="small"
          variant="transparent"
          className="w-fit"
          onClick={() => set({ parts: post.parts })}
        >
          Write other parts for this account
        </Button>
      )}
      {value.parts !== null && (
        <div role="group" aria-label="Parts for this account">
          <PartsField
            value={value.parts}
            limits={[publishing.limits]}
            onChange={(parts) => set({ parts })}
          />
        </div>
      )}
      {isOwn(value, first) && (
        <Button
          type="button"
          size="small"
          variant="secondary"
          className="w-fit"
          onClick={() => onChange({ ...NOTHING_OWN, placement: first })}
        >
          Reset to the post
        </Button>
      )}
    </div>
  )
}

type PlacementProps = Pick<OwnContentProps, "publishing" | "value" | "onChange">

const Placement = ({ publishing, value, onChange }: PlacementProps) => {
  const id = useId()
  const { placements } = publishing
  if (placements.length < 2) {
    return null
  }
  return (
    <div className="flex flex-col gap-y-1">
      <Label htmlFor={id} size="xsmall">
        Place
      </Label>
      <Select
        size="small"
        value={value.placement ?? placements[0].value}
        onValueChange={(placement) => onChange({ ...value, placement })}
      >
        <Select.Trigger id={id}>
          <Select.Value />
        </Select.Trigger>
        <Select.Content>
          {placements.map((place) => (
            <Select.Item key={place.value} value={place.value}>
              {place.label}
            </Select.Item>
          ))}
        </Select.Content>
      </Select>
    </div>
  )
}

type SaveAsDefaultProps = {
  accountId: string
  settings: Record<string, unknown>
}

const SaveAsDefault = ({ accountId, settings }: SaveAsDefaultProps) => {
  const save = useSaveDefaultSettings(accountId)

  const run = async () => {
    try {
      await save.mutateAsync(settings)
      toast.success("Saved for new posts on this account")
    } catch (error) {
      toast.error("The settings were not saved", {
        description: errorMessage(error),
      })
    }
  }

  return (
    <Button
      type="button"
      size="small"
      variant="transparent"
      className="w-fit"
      isLoading={save.isPending}
      onClick={() => void run()}
    >
      Use these settings for new posts
    </Button>
  )
}
