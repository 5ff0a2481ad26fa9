import { serveMedia } from "../../serve"

export const GET = serveMedia

export const HEAD = serveMedia
