import type { MetricsAt } from "../../shared/post-types"

interface Figure {
  name: string
  value: number
  measured_at: Date
}

/** Puts the figures of one moment together, in the order of time. */
export const seriesOf = (figures: Figure[]): MetricsAt<Date>[] => {
  const moments = new Map<number, MetricsAt<Date>>()
  for (const { name, value, measured_at } of figures) {
    const time = measured_at.getTime()
    const moment = moments.get(time) ?? { measured_at, values: {} }
    moment.values[name] = value
    moments.set(time, moment)
  }
  return [...moments.values()]
}
