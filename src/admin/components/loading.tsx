import { Container, Skeleton } from "@medusajs/ui"

/** The shape of a detail page while it loads. */
export const DetailSkeleton = () => (
  <div
    role="status"
    aria-label="Loading"
    className="flex w-full flex-col gap-x-4 gap-y-3 xl:grid xl:grid-cols-[minmax(0,_1fr)_440px]"
  >
    <div className="flex flex-col gap-y-3">
      <SectionSkeleton rows={4} />
      <SectionSkeleton rows={3} />
    </div>
    <div className="flex flex-col gap-y-3">
      <SectionSkeleton rows={2} />
    </div>
  </div>
)

type RowsProps = { rows: number }

/** The shape of one section while it loads. */
export const SectionSkeleton = ({ rows }: RowsProps) => (
  <Container className="divide-y p-0">
    <div className="px-6 py-4">
      <Skeleton className="h-7 w-48" />
    </div>
    {Array.from({ length: rows }, (_, row) => (
      <div key={row} className="grid grid-cols-2 gap-4 px-6 py-4">
        <Skeleton className="h-5 w-32" />
        <Skeleton className="h-5 w-full" />
      </div>
    ))}
  </Container>
)

/** The shape of a form while it loads. */
export const FormSkeleton = ({ rows }: RowsProps) => (
  <div role="status" aria-label="Loading" className="flex flex-col gap-y-6">
    {Array.from({ length: rows }, (_, row) => (
      <div key={row} className="flex flex-col gap-y-2">
        <Skeleton className="h-5 w-32" />
        <Skeleton className="h-8 w-full" />
      </div>
    ))}
  </div>
)
