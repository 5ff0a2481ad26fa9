interface Reads<Row> {
  running: Promise<Row>
  /** Begins when the running one has ended. */
  next?: Promise<Row>
}

/**
 * Shares reads of a row among those who ask for it at the same time. Nobody
 * gets a row that was read before they asked: who comes while a read is under
 * way waits for the next one, together with all the others.
 */
export const createSharedReads = <Row>() => {
  const readsOf = new Map<string, Reads<Row>>()

  const begin = (id: string, read: () => Promise<Row>): Promise<Row> => {
    const running = read()
    const reads: Reads<Row> = { running }
    readsOf.set(id, reads)
    const end = () => {
      if (readsOf.get(id) === reads && !reads.next) {
        readsOf.delete(id)
      }
    }
    running.then(end, end)
    return running
  }

  return (id: string, read: () => Promise<Row>): Promise<Row> => {
    const reads = readsOf.get(id)
    if (!reads) {
      return begin(id, read)
    }
    reads.next ??= reads.running.then(
      () => begin(id, read),
      () => begin(id, read)
    )
    return reads.next
  }
}
