import { html } from "../../html"
import type { Reply } from "../../http"
import { messageReply, pageReply } from "../../layout"
import {
  type Simulator,
  type SimulatorRequest,
  startSimulator,
} from "../simulator"
import { answerRest } from "./rest"
import { newSite, type Post, RestError, type Site, type User } from "./site"

export type WordPressSimulator = Simulator & {
  /** What the site is and has: tests change it. */
  site: Site
  /** What readers see, oldest first. */
  posts(): Post[]
  /** Makes a new site of it. */
  reset(): void
}

const json = (status: number, body: object): Reply => ({
  status,
  headers: { "content-type": "application/json; charset=UTF-8" },
  body: JSON.stringify(body),
})

const letters = (password: string): string => password.replace(/[^a-z\d]/gi, "")

/**
 * Who is logged in.
 *
 * @throws RestError 401 for a login that is not right
 */
const userOf = (
  { users, strips_authorization, application_passwords }: Site,
  { headers: { authorization = "" } }: SimulatorRequest
): User | null => {
  const [, login] = /^Basic (.+)$/.exec(authorization) ?? []
  if (!login || strips_authorization || !application_passwords) {
    return null
  }
  const [name, ...rest] = Buffer.from(login, "base64").toString().split(":")
  const user = users.find(({ slug }) => slug === name)
  if (!user) {
    throw new RestError(
      401,
      "invalid_username",
      "<strong>Error:</strong> Unknown username. Check again or try your email address."
    )
  }
  if (letters(rest.join(":")) !== letters(user.application_password)) {
    throw new RestError(
      401,
      "incorrect_password",
      "The provided password is an invalid application password."
    )
  }
  return user
}

/** The route that is asked for; null for a page of the site. */
const routeOf = ({ plain_permalinks }: Site, url: URL): string | null => {
  const asked =
    url.searchParams.get("rest_route") ??
    (plain_permalinks
      ? null
      : (/^\/wp-json(\/.*)?$/.exec(url.pathname)?.[1] ?? null))
  return asked && (asked.replace(/\/+$/, "") || "/")
}

/** Leaves of a response what `_fields` asks for. */
const fieldsOf = (body: object, fields: string | null): object => {
  if (!fields) {
    return body
  }
  const wanted = fields.split(",")
  const pick = (one: object) =>
    Object.fromEntries(
      Object.entries(one).filter(([name]) => wanted.includes(name))
    )
  return Array.isArray(body) ? body.map(pick) : pick(body)
}

const restReply = (
  site: Site,
  request: SimulatorRequest,
  route: string,
  home: string
): Reply => {
  if (site.page_instead_of_rest) {
    return messageReply(
      site.page_instead_of_rest,
      "Blocked",
      "Your access to this site has been limited by the site owner."
    )
  }
  try {
    const user = userOf(site, request)
    const { status, body } = answerRest(site, { ...request, route, user, home })
    return json(status, fieldsOf(body, request.url.searchParams.get("_fields")))
  } catch (error) {
    if (!(error instanceof RestError)) {
      throw error
    }
    const { status, code, message, params } = error
    return json(status, {
      code,
      message,
      data: { status, ...(params && { params }) },
    })
  }
}

const isPublic = ({ status }: Post): boolean => status === "publish"

const siteReply = (site: Site, { pathname, searchParams }: URL): Reply => {
  const [, file] = /^\/wp-content\/uploads\/([^/]+)$/.exec(pathname) ?? []
  const media = site.media.find((one) => one.file === file)
  if (media) {
    return {
      status: 200,
      headers: { "content-type": media.mime_type },
      body: media.content,
    }
  }
  const id = Number(searchParams.get("p"))
  const slug = pathname.replace(/^\/|\/$/g, "")
  const posts = site.posts.filter(
    (post) =>
      isPublic(post) && (id ? post.id === id : !slug || post.slug === slug)
  )
  if ((id || slug) && !posts.length) {
    return messageReply(404, "Page not found", "There is nothing here.")
  }
  const articles = posts.map(
    (post) =>
      html`<article class="card post">
        <h2>${post.title || "Untitled"}</h2>
        ${{ markup: post.content }}
      </article>`
  )
  return pageReply(
    200,
    "WordPress, simulated",
    html`<h1>WordPress, simulated</h1>
      ${articles.length ? articles : html`<p>Nothing published yet.</p>`}`
  )
}

/**
 * Starts a WordPress site: its REST API with application passwords, and a page
 * that shows what was published.
 *
 * @param port - 0 takes a free one
 */
export const startWordPress = async (
  port: number
): Promise<WordPressSimulator> => {
  const site = newSite()
  const simulator = await startSimulator(port, (request, home) => {
    const route = routeOf(site, request.url)
    return route
      ? restReply(site, request, route, home)
      : siteReply(site, request.url)
  })
  return {
    ...simulator,
    site,
    posts: () => site.posts.filter(isPublic),
    reset: () => {
      Object.assign(site, newSite())
      simulator.forget()
    },
  }
}
