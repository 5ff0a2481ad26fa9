import { ExclamationCircle } from "@medusajs/icons"
import { Button, Container, Heading, Text } from "@medusajs/ui"
import type { ReactNode } from "react"
import { Link } from "react-router-dom"
import { errorMessage, isNotFound } from "../lib/errors"

type ErrorStateProps = {
  /** What could not be shown, as in "This platform could not be loaded". */
  title: string
  error: unknown
  onRetry: () => void
  /** Where to go when the thing does not exist. */
  back?: { to: string; label: string }
}

/** Stands where content could not be loaded: what happened, and what to do. */
export const ErrorState = ({
  title,
  error,
  onRetry,
  back,
}: ErrorStateProps) => (
  <CalmMessage
    title={isNotFound(error) ? "Not found" : title}
    message={errorMessage(error)}
  >
    {!isNotFound(error) && (
      <Button size="small" variant="secondary" onClick={onRetry}>
        Try again
      </Button>
    )}
    {back && (
      <Button size="small" variant="secondary" asChild>
        <Link to={back.to}>{back.label}</Link>
      </Button>
    )}
  </CalmMessage>
)

type CalmMessageProps = {
  title: string
  message: ReactNode
  children?: ReactNode
}

/** A section with one message and the actions that follow from it. */
export const CalmMessage = ({ title, message, children }: CalmMessageProps) => (
  <Container
    role="alert"
    className="flex min-h-[240px] flex-col items-center justify-center gap-y-4 p-8 text-center"
  >
    <ExclamationCircle className="text-ui-fg-subtle" aria-hidden />
    <div className="flex flex-col items-center gap-y-1">
      <Heading level="h1">{title}</Heading>
      <Text
        size="small"
        className="text-ui-fg-subtle max-w-[480px] text-pretty"
      >
        {message}
      </Text>
    </div>
    <div className="flex flex-wrap items-center justify-center gap-2">
      {children}
    </div>
  </Container>
)
