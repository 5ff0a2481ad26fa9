import { randomBytes } from "node:crypto"

import {
  isEnvelopeV2,
  openV2,
  sealV2,
} from "../src/modules/encryption/envelope/format-2"
import { context, type Contender, contenders, keyring } from "./contenders"
import * as floors from "./floors"
import {
  compare,
  type Contender as Runnable,
  type Measurement,
  type Plan,
} from "./measure"
import { printTable } from "./table"

const SIZES = [200, 2048]
const PLAN: Plan = { rounds: 201, turn: 1 }

/** Against the bare cipher, from bytes to bytes, with 200 bytes. */
const GOALS = { sealing: 1.35, opening: 1.5 }

const FLOOR = "node:crypto floor, bytes to bytes"
const TEXT_FLOOR = "node:crypto floor, text to text"
const OBJECT = "this plugin, format 2, to and from an object"

type Operation = keyof typeof GOALS

/** A joined string is a tree until someone reads it; a database driver would. */
function flatten(text: string): string {
  Number(text)
  return text
}

const read = (result: string | Promise<string>): string | Promise<string> =>
  typeof result === "string" ? flatten(result) : result.then(flatten)

async function assertRoundTrip(
  { name, seal, open }: Contender,
  text: string
): Promise<string> {
  const stored = await seal(text)
  if ((await open(stored)) !== text) {
    throw new Error(`${name} does not open what it sealed`)
  }
  return stored
}

async function measure(
  operation: Operation,
  text: string,
  peers: readonly Contender[]
): Promise<Measurement[]> {
  const bytes = Buffer.from(text)
  const sealed = floors.sealBytes(bytes)
  // Its nonce stands in the pool, which is filled anew.
  const parts = { ...sealed, iv: Buffer.from(sealed.iv) }
  const storedFloor = floors.sealText(text)
  const envelope = sealV2(keyring.active!, text, context)

  const runs: Runnable[] = [
    {
      name: FLOOR,
      run:
        operation === "sealing"
          ? () => floors.sealBytes(bytes)
          : () => floors.openBytes(parts),
    },
    {
      name: TEXT_FLOOR,
      run:
        operation === "sealing"
          ? () => flatten(floors.sealText(text))
          : () => floors.openText(storedFloor),
    },
    {
      name: OBJECT,
      run:
        operation === "sealing"
          ? () => sealV2(keyring.active!, text, context)
          : () => isEnvelopeV2(envelope) && openV2(keyring, envelope, context),
    },
  ]
  for (const peer of peers) {
    const stored = await assertRoundTrip(peer, text)
    const run =
      operation === "sealing"
        ? () => read(peer.seal(text))
        : () => peer.open(stored)
    runs.push({ name: peer.name, run })
  }
  return compare(runs, PLAN)
}

function print(
  operation: Operation,
  size: number,
  lines: readonly Measurement[]
): void {
  const textFloor = lines.find(({ name }) => name === TEXT_FLOOR)?.ratio ?? NaN
  printTable(
    `${operation} ${size} bytes`,
    ["", "µs", "x bytes floor", "x text floor"],
    lines.map(({ name, microseconds, ratio }) => [
      name,
      microseconds.toFixed(2),
      ratio.toFixed(2),
      (ratio / textFloor).toFixed(2),
    ])
  )
}

function judge(operation: Operation, lines: readonly Measurement[]): void {
  const goal = GOALS[operation]
  const ratio = lines.find(({ name }) => name === OBJECT)?.ratio ?? NaN
  console.log(
    `${ratio <= goal ? "met" : "MISSED"}: ${operation} at ${ratio.toFixed(2)} of the bytes floor, goal ${goal}\n`
  )
}

/** Compares sealing and opening of one value with the bare cipher and with other ways to do it. */
export async function run(): Promise<void> {
  console.log(
    `One value, ${PLAN.rounds} rounds in random order, ${PLAN.turn} ms a turn; medians, and medians of the ratios within a round.\n`
  )
  const peers = await contenders()
  for (const size of SIZES) {
    const text = randomBytes(size / 2).toString("hex")
    for (const operation of ["sealing", "opening"] as const) {
      const lines = await measure(operation, text, peers)
      print(operation, size, lines)
      if (size === 200) {
        judge(operation, lines)
      }
    }
  }
}
