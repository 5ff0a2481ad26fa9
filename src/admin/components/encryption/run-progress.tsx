import { Button, Text } from "@medusajs/ui"
import { useFocusWhenLost } from "../../hooks/use-focus-when-lost"

type RunProgressProps = {
  title: string
  /** How far it is, in the same unit as `total`. */
  done: number
  /** Null where nobody knows how much there is. */
  total: number | null
  /** What is counted, as in "platforms". */
  unit: string
  isStopping: boolean
  onStop: () => void
}

const numbers = new Intl.NumberFormat()

/** How far a run is, and how to end it. */
export const RunProgress = ({
  title,
  done,
  total,
  unit,
  isStopping,
  onStop,
}: RunProgressProps) => {
  const percent = total ? Math.min(100, Math.round((done / total) * 100)) : 0
  const text =
    total === null
      ? `${numbers.format(done)} ${unit} so far`
      : `${numbers.format(done)} of ${numbers.format(total)} ${unit}`

  return (
    <div
      ref={useFocusWhenLost<HTMLDivElement>()}
      tabIndex={-1}
      role="group"
      aria-label={title}
      className="flex flex-col gap-y-3 px-6 py-4 outline-none"
    >
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <div className="flex flex-col">
          <Text size="small" weight="plus" leading="compact">
            {title}
          </Text>
          <Text size="small" className="text-ui-fg-subtle" role="status">
            {isStopping ? `Stopping after this batch: ${text}` : text}
          </Text>
        </div>
        <Button
          type="button"
          size="small"
          variant="secondary"
          disabled={isStopping}
          onClick={onStop}
        >
          Stop
        </Button>
      </div>
      <div
        role="progressbar"
        aria-label={title}
        aria-valuetext={text}
        {...(total !== null && {
          "aria-valuemin": 0,
          "aria-valuemax": 100,
          "aria-valuenow": percent,
        })}
        className="bg-ui-bg-switch-off h-1.5 overflow-hidden rounded-full"
      >
        <div
          className="bg-ui-bg-interactive h-full rounded-full transition-[width]"
          style={{ width: total === null ? "100%" : `${percent}%` }}
        />
      </div>
    </div>
  )
}
