/** Key of the module in the container. */
export const SOCIALS_MODULE = "socials"

/** Prefix under which the module's own container holds the application's providers. */
export const PROVIDER_REGISTRATION_PREFIX = "social_provider_"

/** Under which the module's own container lists the identifiers of those providers. */
export const PROVIDER_IDENTIFIERS = "social_provider_identifiers"

/** Under which the module's own container holds the options that it validated. */
export const SOCIALS_OPTIONS = "social_platforms_options"
