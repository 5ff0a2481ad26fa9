const UNITS = ["bytes", "kB", "MB", "GB"]

/**
 * Writes a size as a person reads it: `5242880` → `5 MB`.
 *
 * @param bytes how many
 * @returns the size in its largest fitting unit of 1024, with at most one decimal
 */
export const sizeInWords = (bytes: number): string => {
  let size = bytes
  let unit = 0
  while (size >= 1024 && unit < UNITS.length - 1) {
    size /= 1024
    unit += 1
  }
  return `${Math.round(size * 10) / 10} ${UNITS[unit]}`
}
