import { ServiceError } from "../../../errors/service-error"
import type { ProviderSettings } from "../../types"
import type { TemplateSetting } from "./types"

const PLACEHOLDER = /\{(\w+)\}/g

/** RFC 1123, section 2.1: nothing else may become part of a host name. */
const HOST_LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i

/** No character with a meaning of its own in a path, a query or a header. */
const SEGMENT = /^(?!\.{1,2}$)[\w.:@-]{1,200}$/

const refuse = (code: string, message: string): never => {
  throw new ServiceError("config_error", message, { code })
}

const isHostPart = (value: string, { multi_label }: TemplateSetting): boolean =>
  (multi_label ? value.split(".") : [value]).every((label) =>
    HOST_LABEL.test(label)
  )

/**
 * A setting's value, or else its default.
 *
 * @throws {ServiceError} `config_error` when there is neither
 */
export const settingValue = (
  service: string,
  settings: ProviderSettings,
  { name, label, default: fallback }: TemplateSetting
): string => {
  const value = String(settings[name] ?? fallback ?? "").trim()
  return (
    value ||
    refuse(
      "missing_setting",
      `${service} needs the setting "${name}" (${label}). Enter it in the platform's settings.`
    )
  )
}

/** What a setting puts into an address, after nothing in it can lead elsewhere. */
const insertOf = (
  service: string,
  setting: TemplateSetting,
  value: string,
  inHost: boolean
): string => {
  const { name, options, inserts, label } = setting
  if (options) {
    return options.includes(value)
      ? (inserts?.[value] ?? value)
      : refuse(
          "invalid_setting",
          `The setting "${name}" for ${service} must be one of: ${options.join(", ")}.`
        )
  }
  if (inHost && !isHostPart(value, setting)) {
    return refuse(
      "invalid_setting",
      `The setting "${name}" for ${service} (${label}) must be the name alone, of letters, digits and hyphens, without the rest of the address.`
    )
  }
  if (!SEGMENT.test(value)) {
    return refuse(
      "invalid_setting",
      `The setting "${name}" for ${service} (${label}) may have letters, digits and the characters . _ : @ - only.`
    )
  }
  return value
}

/**
 * Inserts settings into an address, or into a part of one. A value can neither
 * leave its place in the path nor choose another host: in the host only labels
 * of a host name and fixed options are taken.
 *
 * @param service - the service's name, for messages
 * @param text - an address that starts with its scheme, a path or a header value
 * @param definitions - the settings that may be inserted
 * @param settings - the platform's settings
 * @throws {ServiceError} `config_error` for a missing or unsuitable setting; the
 * value is not repeated
 */
export const fillAddress = (
  service: string,
  text: string,
  definitions: readonly TemplateSetting[],
  settings: ProviderSettings
): string => {
  const endOfHost = /^https:\/\/[^/]*/.exec(text)?.[0].length ?? 0

  return text.replace(PLACEHOLDER, (whole, name: string, offset: number) => {
    const definition = definitions.find((setting) => setting.name === name)
    return definition
      ? insertOf(
          service,
          definition,
          settingValue(service, settings, definition),
          offset < endOfHost
        )
      : whole
  })
}

/** Names of the settings and credentials that a text inserts. */
export const placeholdersOf = (text: string): string[] =>
  [...text.matchAll(PLACEHOLDER)].map(([, name]) => name)

/**
 * The API's base address: the one that the operator gave, for a service at an
 * address of its own, or else the template's. Changing the former asks for the
 * credentials again, since it decides where they are sent.
 *
 * @throws {ServiceError} `config_error` when it is no web address
 */
export const apiAddress = (
  service: string,
  api: string,
  definitions: readonly TemplateSetting[],
  settings: ProviderSettings
): string => {
  const own = settings.base_url
  if (own === undefined || own === null || own === "") {
    return fillAddress(service, api, definitions, settings)
  }
  const isAddress =
    typeof own === "string" &&
    URL.canParse(own) &&
    /^https?:$/.test(new URL(own).protocol)
  return isAddress
    ? own.replace(/\/+$/, "")
    : refuse(
        "invalid_setting",
        `The base URL for ${service} must be an address that starts with https://.`
      )
}
