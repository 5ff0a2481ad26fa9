import { Button, Text, toast, usePrompt } from "@medusajs/ui"
import { useRaiseFloor } from "../../hooks/use-encryption"
import type { useKeyOperation } from "../../hooks/use-key-operation"
import {
  type EncryptionTask,
  STRICT_FLOOR,
  type TaskAction,
  tasksOf,
} from "../../lib/encryption-tasks"
import { errorMessage } from "../../lib/errors"
import type { Badge } from "../../lib/labels"
import type { EncryptionStatus } from "../../../shared/encryption-types"
import { Section } from "../section"
import { StateBadge } from "../state-badge"
import { OperationPanel } from "./operation-panel"

type EncryptionOverviewProps = {
  status: EncryptionStatus
  operation: ReturnType<typeof useKeyOperation>
  /** Whether something runs, and nothing else may begin. */
  isBusy: boolean
}

const ACTIONS: Record<TaskAction, string> = {
  "seal-plaintext": "Seal plaintext",
  "re-encrypt": "Re-encrypt",
  "raise-floor": "Require encryption for good",
}

/** How things stand, what is left to do, and what is being done about it. */
export const EncryptionOverview = ({
  status,
  operation: { run, change, verify },
  isBusy,
}: EncryptionOverviewProps) => {
  const raiseFloor = useRaiseFloorWhenAsked()
  const tasks = tasksOf(status)

  const act = (action: TaskAction) =>
    void (action === "raise-floor" ? raiseFloor() : change(action, status))

  return (
    <Section
      title="Encryption"
      level="h1"
      badges={<StateBadge badge={badgeOf(tasks)} fallback="" />}
      actions={
        <Button
          size="small"
          variant="secondary"
          disabled={isBusy}
          onClick={() => void verify(status)}
        >
          Verify everything
        </Button>
      }
    >
      <OperationPanel
        state={run.state}
        onStop={run.stop}
        onClose={run.forget}
      />
      {tasks.length === 0 ? (
        <Text size="small" className="text-ui-fg-subtle px-6 py-4">
          Every stored secret is encrypted under key version{" "}
          {status.active_version}, and nothing else is accepted. There is
          nothing to do.
        </Text>
      ) : (
        <ul aria-label="What is left to do" className="divide-y">
          {tasks.map((task) => (
            <Task key={task.id} task={task} isBusy={isBusy} onAct={act} />
          ))}
        </ul>
      )}
    </Section>
  )
}

type TaskProps = {
  task: EncryptionTask
  isBusy: boolean
  onAct: (action: TaskAction) => void
}

const Task = ({ task, isBusy, onAct }: TaskProps) => {
  const { fact, advice, action } = task

  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 px-6 py-4">
      <div className="flex min-w-0 flex-1 basis-[320px] flex-col gap-y-1">
        <Text
          size="small"
          weight="plus"
          className="text-ui-fg-base text-pretty"
        >
          {fact}
        </Text>
        <Text size="small" className="text-ui-fg-subtle text-pretty">
          {advice}
        </Text>
      </div>
      {action && (
        <Button
          size="small"
          variant={task.urgency === "info" ? "secondary" : "primary"}
          disabled={isBusy}
          onClick={() => onAct(action)}
        >
          {ACTIONS[action]}
        </Button>
      )}
    </li>
  )
}

const badgeOf = (tasks: EncryptionTask[]): Badge => {
  if (tasks.some(({ urgency }) => urgency === "error")) {
    return { label: "Secrets cannot be read", color: "red" }
  }
  return tasks.some(({ urgency }) => urgency === "warning")
    ? { label: "Work left", color: "orange" }
    : { label: "All encrypted", color: "green" }
}

const useRaiseFloorWhenAsked = () => {
  const prompt = usePrompt()
  const raise = useRaiseFloor()

  return async () => {
    const confirmed = await prompt({
      title: "Require encryption for good?",
      description:
        "From now on plaintext and format 1 are refused, in every process and whatever its environment says. This is stored in the database and cannot be taken back: an older release that writes plaintext could no longer be used.",
      confirmText: "Require encryption",
      cancelText: "Cancel",
    })
    if (!confirmed) {
      return
    }
    try {
      await raise.mutateAsync(STRICT_FLOOR)
      toast.success("Encryption is required", {
        description: "Plaintext and format 1 are refused from now on.",
      })
    } catch (error) {
      toast.error("The policy was not changed", {
        description: errorMessage(error),
      })
    }
  }
}
