import type { ServerResponse } from "node:http"
import { brotliCompressSync, constants, gzipSync } from "node:zlib"

export interface GrantedTokens {
  access_token: string
  refresh_token: string
}

/** One way to answer a token request. */
export interface TokenAnswer {
  /** Whether nothing is granted by it: the stored refresh token stays in force. */
  refuses: boolean
  send: (response: ServerResponse, tokens: GrantedTokens) => void
}

/** In every answer that is refused, so that a search finds what was repeated of it. */
export const ECHO = "marked-answer-8b41"

const JSON_TYPE = { "content-type": "application/json" }

/** A success whose members are changed; undefined leaves one out. */
export const granting = (
  members: Record<string, unknown>,
  headers: Record<string, string> = {},
  status = 200
): TokenAnswer => ({
  refuses: false,
  send: (response, tokens) => {
    response
      .writeHead(status, { ...JSON_TYPE, ...headers })
      .end(JSON.stringify({ ...tokens, ...members }))
  },
})

/** An answer as text, with which nothing is granted. */
export const saying = (
  body: unknown,
  status = 200,
  headers: Record<string, string> = JSON_TYPE
): TokenAnswer => ({
  refuses: true,
  send: (response) => {
    response
      .writeHead(status, headers)
      .end(typeof body === "string" ? body : JSON.stringify(body))
  },
})

/** What would have been a success, but for these members. */
export const sayingTokens = (members: Record<string, unknown>): TokenAnswer =>
  saying({
    access_token: `${ECHO}-access`,
    refresh_token: `${ECHO}-refresh`,
    token_type: "Bearer",
    expires_in: 3600,
    ...members,
  })

/** Writes to the connection itself. */
const raw = (
  write: (socket: NonNullable<ServerResponse["socket"]>) => void
) => ({
  refuses: true,
  send: ({ socket }: ServerResponse) => {
    if (socket) {
      write(socket)
    }
  },
})

const HUGE_BYTES = 20 * 1024 * 1024

/** Sends 20 MB as fast as they are taken; `sent` tells how many bytes were. */
export const huge = (sent: (bytes: number) => void): TokenAnswer => ({
  refuses: true,
  send: (response) => {
    const chunk = Buffer.alloc(65_536, ECHO)
    let written = 0
    response.writeHead(200, JSON_TYPE)
    response.write(`{"access_token":"`)
    const write = () => {
      while (written < HUGE_BYTES && !response.destroyed) {
        written += chunk.length
        if (!response.write(chunk)) {
          return
        }
      }
      response.end()
    }
    response.on("drain", write)
    response.on("close", () => sent(written))
    write()
  },
})

const BOMB = Buffer.alloc(64 * 1024 * 1024, " ")

const packed = (encoding: string, body: Buffer): TokenAnswer => ({
  refuses: true,
  send: (response) => {
    response
      .writeHead(200, { ...JSON_TYPE, "content-encoding": encoding })
      .end(body)
  },
})

/** 64 MB of spaces in some kilobytes. */
export const gzipBomb = (): TokenAnswer => packed("gzip", gzipSync(BOMB))

/** The same, in some hundred bytes. */
export const brotliBomb = (): TokenAnswer =>
  packed(
    "br",
    brotliCompressSync(BOMB, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 1 },
    })
  )

/** A byte now and then, without end. */
export const trickling: TokenAnswer = {
  refuses: true,
  send: (response) => {
    response.writeHead(200, JSON_TYPE)
    response.write(`{"access_token":"${ECHO}`)
    const timer = setInterval(() => response.write("."), 20)
    response.on("close", () => clearInterval(timer))
  },
}

const BEGINNING = `{"access_token":"${ECHO}`

/** Resets the connection in the middle of the body. */
export const breakingOff = raw((socket) => {
  socket.write(
    `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n${BEGINNING}`,
    () => setTimeout(() => socket.resetAndDestroy(), 50)
  )
})

/** Ends the connection politely, before the body is whole. */
export const endingEarly = raw((socket) => {
  socket.end(
    `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n${BEGINNING}`
  )
})

/** Speaks another protocol. */
export const noHttp = raw((socket) => {
  socket.end(`SSH-2.0-${ECHO}\r\n`)
})

/** More headers than anybody has. */
export const hugeHeaders = raw((socket) => {
  socket.end(
    `HTTP/1.1 200 OK\r\nx-filler: ${ECHO.repeat(10_000)}\r\ncontent-length: 2\r\n\r\n{}`
  )
})
