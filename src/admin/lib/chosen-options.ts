export type Option = { value: string; label: string }

/**
 * What a search found, and after it what is chosen already and was not found:
 * a choice stays in sight, and can be taken back, whatever is searched for.
 *
 * @param found the options that a search found
 * @param chosen the options that are chosen
 * @returns each option once
 */
export const withChosen = (found: Option[], chosen: Option[]): Option[] => [
  ...found,
  ...chosen.filter(
    ({ value }) => !found.some((option) => option.value === value)
  ),
]
