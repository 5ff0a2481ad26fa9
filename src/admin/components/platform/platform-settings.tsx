import { SectionRow } from "@medusajs/dashboard/components"
import { Text } from "@medusajs/ui"
import { humanize } from "../../lib/format"
import { optionLabel } from "../../lib/labels"
import type {
  SettingValue,
  SocialPlatform,
  SocialProvider,
} from "../../../shared/api-types"
import { Section } from "../section"

type PlatformSettingsProps = {
  platform: SocialPlatform
  provider: SocialProvider | undefined
}

/** The settings that are no secret, as they are stored. */
export const PlatformSettings = ({
  platform,
  provider,
}: PlatformSettingsProps) => {
  const settings = Object.entries(platform.api_config ?? {}).filter(
    ([, value]) => value !== null
  )
  const fieldOf = (name: string) =>
    provider?.setting_fields.find((field) => field.name === name)
  const labelOf = (name: string) => fieldOf(name)?.label ?? humanize(name)
  const isChoice = (name: string) => fieldOf(name)?.input === "select"

  return (
    <Section title="Settings">
      {settings.length === 0 ? (
        <Text size="small" className="text-ui-fg-subtle px-6 py-4">
          This platform has no settings of its own.
        </Text>
      ) : (
        settings.map(([name, value]) => (
          <SectionRow
            key={name}
            title={labelOf(name)}
            value={isChoice(name) ? optionLabel(show(value)) : show(value)}
          />
        ))
      )}
    </Section>
  )
}

const show = (value: SettingValue): string => {
  if (typeof value === "boolean") {
    return value ? "Yes" : "No"
  }
  return typeof value === "object" ? JSON.stringify(value) : String(value)
}
