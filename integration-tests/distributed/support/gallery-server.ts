import { jsonReply } from "../../../sandbox/http"
import {
  type Simulator,
  startSimulator,
} from "../../../sandbox/networks/simulator"

/** A service that takes everything as often as it is sent; see fixtures/gallery. */
export interface GalleryServer extends Simulator {
  /** The texts of what is public, as often as each is. */
  texts: () => string[]
}

interface Exhibit {
  key: string
  text: string
}

export const startGalleryServer = async (): Promise<GalleryServer> => {
  const exhibits: Exhibit[] = []
  const shown = ({ key }: Exhibit) => ({
    id: key,
    url: `https://gallery.example/${key}`,
  })
  let uploads = 0

  const simulator = await startSimulator(0, ({ method, url, body }) => {
    if (url.pathname === "/uploads") {
      uploads += 1
      return jsonReply(200, { id: `upload-${uploads}` })
    }
    if (url.pathname.startsWith("/uploads/")) {
      return jsonReply(200, {})
    }
    if (method === "GET") {
      const key = url.searchParams.get("key")
      const found = exhibits.find((exhibit) => exhibit.key === key)
      return jsonReply(200, found ? [shown(found)] : [])
    }
    const exhibit: Exhibit = JSON.parse(body.toString())
    exhibits.push(exhibit)
    return jsonReply(200, shown(exhibit))
  })
  return { ...simulator, texts: () => exhibits.map(({ text }) => text) }
}
