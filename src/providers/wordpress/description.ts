import { instanceAddress } from "../instance-address"
import type { ProviderDescription, ProviderSettings } from "../types"
import { readWordPressError, WORDPRESS_ERROR_RULES } from "./error-rules"

/** What people copy from the address bar behind their site's address. */
const INSIDE = /\/(?:wp-json|wp-admin|wp-login\.php|index\.php)(?:\/.*)?$/

/**
 * Where the site is.
 *
 * @returns null where nobody has said it
 * @throws {ServiceError} `config_error` for an address without https
 */
export const siteAddress = ({
  instance_url,
}: ProviderSettings): string | null =>
  instance_url
    ? instanceAddress("WordPress", instance_url).replace(INSIDE, "")
    : null

/** A site with WordPress 5.6 or newer, at any host. */
export const wordpressDescription: ProviderDescription = {
  identifier: "wordpress",
  label: "WordPress",
  description:
    "Publishes articles with images and videos on your WordPress site, with an application password.",
  category: "social",
  categories: ["social"],
  auth_types: ["basic"],
  credential_fields: [
    {
      name: "application_password",
      label: "Application password",
      required: true,
      help: "In WordPress: Users, Profile, Application Passwords. Give it a name such as Medusa, and copy what is shown, with or without its spaces. The password of the login does not work.",
    },
  ],
  setting_fields: [
    {
      name: "instance_url",
      label: "Address of the site",
      required: true,
      input: "url",
      help: "For example https://blog.example.com. It must have https: WordPress takes application passwords over nothing else.",
    },
    {
      name: "username",
      label: "User name",
      required: true,
      input: "text",
      help: "Of the user whose application password it is. To publish, the user needs the role Author, Editor or Administrator.",
    },
    {
      name: "max_upload_mb",
      label: "Largest upload in MB",
      required: false,
      input: "number",
      default: "8",
      help: "WordPress shows it under Media, Add New Media File.",
    },
  ],
  docs_url:
    "https://developer.wordpress.org/rest-api/using-the-rest-api/authentication/#basic-authentication-with-application-passwords",
  api: {
    base_address: siteAddress,
    authentication: () => ({
      in: "login",
      user: { setting: "username" },
      password: { credential: "application_password" },
    }),
    read_error: readWordPressError,
  },
  error_rules: WORDPRESS_ERROR_RULES,
}
