import { Badge, Text } from "@medusajs/ui"
import { humanize } from "../../lib/format"
import { fieldsFor } from "../../lib/provider-facts"
import type {
  Credential,
  SocialPlatform,
  SocialProvider,
} from "../../../shared/api-types"
import { Section } from "../section"

type PlatformCredentialsProps = {
  platform: SocialPlatform
  provider: SocialProvider | undefined
}

/** Which secrets are stored, and how. Their values never reach the dashboard. */
export const PlatformCredentials = ({
  platform,
  provider,
}: PlatformCredentialsProps) => {
  const fields = provider
    ? fieldsFor(provider.credential_fields, platform.auth_type)
    : []
  const fieldOf = (name: string) => fields.find((field) => field.name === name)

  return (
    <Section title="Credentials">
      {platform.credentials.length === 0 && (
        <Text size="small" className="text-ui-fg-subtle px-6 py-4">
          No credentials are stored.
        </Text>
      )}
      {platform.credentials.map((credential) => (
        <CredentialRow
          key={credential.name}
          credential={credential}
          label={fieldOf(credential.name)?.label ?? humanize(credential.name)}
          preconfigured={fieldOf(credential.name)?.preconfigured ?? false}
        />
      ))}
    </Section>
  )
}

type CredentialRowProps = {
  credential: Credential
  label: string
  preconfigured: boolean
}

const CredentialRow = ({
  credential,
  label,
  preconfigured,
}: CredentialRowProps) => (
  <div className="flex items-center justify-between gap-x-4 px-6 py-4">
    <Text
      size="small"
      weight="plus"
      leading="compact"
      className="text-ui-fg-subtle min-w-0 break-words"
    >
      {label}
    </Text>
    <div className="flex shrink-0 flex-wrap items-center justify-end gap-1">
      {credential.configured ? (
        <>
          <Badge
            size="2xsmall"
            color={credential.storage === "plaintext" ? "red" : "green"}
          >
            {credential.storage === "plaintext" ? "Not encrypted" : "Encrypted"}
          </Badge>
          {credential.key_version !== null && (
            <Badge size="2xsmall">Key {credential.key_version}</Badge>
          )}
        </>
      ) : (
        <Text size="small" leading="compact" className="text-ui-fg-subtle">
          {preconfigured ? "From your application" : "Not set"}
        </Text>
      )}
    </div>
  </div>
)
