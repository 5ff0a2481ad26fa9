/** Key of the module in the container. */
export const ENCRYPTION_MODULE = "encryption"
