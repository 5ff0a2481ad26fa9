/**
 * Numbers that a service documents without certainty: they are settings of the
 * platform, and facts of its accounts from then on.
 *
 * @param given - settings or facts, in which they may be missing
 * @param usual - what holds where nothing else was said
 */
export const withUsual = <Name extends string>(
  given: Readonly<Record<string, unknown>>,
  usual: Readonly<Record<Name, number>>
): Record<Name, number> =>
  Object.fromEntries(
    Object.entries<number>(usual).map(([name, value]) => {
      const said = Number(given[name])
      return [name, said > 0 ? said : value]
    })
  ) as Record<Name, number>
