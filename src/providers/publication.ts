import type { ZodType } from "@medusajs/framework/zod"
import type { ServiceError } from "../errors/service-error"
import type { SizedStream } from "../http/body"
import type { PostLimits } from "../shared/post-rules/limits"
import type { ProviderContext } from "./types"

/** What the plugin keeps as JSON. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [name: string]: Json | undefined }

/** What a service tells of an account that decides what it takes, such as an instance's limits. */
export type AccountFacts = Readonly<Record<string, Json | undefined>>

/** The account that a publication goes to. */
export interface Destination {
  external_id: string
  kind: string
  name: string
  username: string | null
  url: string | null
  facts: AccountFacts
}

/** How a file is made to fit what a service takes. */
export interface MediaPreset {
  format?: "jpeg" | "png" | "webp"
  /** In bytes. */
  max_bytes?: number
  max_width?: number
  max_height?: number
  /** Width divided by height, from and to; what lies outside is padded or cropped. */
  ratio?: readonly [from: number, to: number]
  /** @default "pad" */
  fit?: "pad" | "crop"
  /**
   * Makes an original anew that tells more than its picture, such as where it
   * was taken. Renditions never tell it.
   */
  strip_metadata?: boolean
}

/** A file of a post. */
export interface Media {
  id: string
  name: string
  kind: "image" | "gif" | "video" | "document"
  content_type: string
  bytes: number
  width: number | null
  height: number | null
  duration_ms: number | null
  alt_text: string | null
  /** The picture that stands for a video: one of its own, or a moment of it, in ms. */
  poster: { media: Media } | { at_ms: number } | null
  /**
   * Opens the whole file, as often as need be; it is never held in memory.
   *
   * @throws {ServiceError} `content_rejected` when it cannot be fetched or has changed
   */
  open: () => Promise<SizedStream>
  /** Opens just the bytes from `start` to `end`, both included. */
  range: (start: number, end: number) => Promise<SizedStream>
  /** An address that the network's servers reach, for this long in s. */
  publicUrl: (ttlSeconds: number) => Promise<string>
  /** The file as the preset wants it; itself where it fits already. */
  as: (preset: MediaPreset) => Promise<Media>
}

/** The address that a post leads to, with what a network shows of it. */
export interface LinkCard {
  url: string
  /** From the linked product, where there is one. */
  title: string | null
  description: string | null
  image: Media | null
}

/** One thing of a publication that becomes public by one call. */
export interface PublicationPart {
  /** 0 is the post itself; what follows is a thread's next entry, or a comment. */
  index: number
  /** The same over all attempts: the idempotency key where the service takes one. */
  key: string
  text: string
  media: readonly Media[]
  /** How long after the part before it, in s. */
  delay_seconds: number
  /** Where it is, once it is out. */
  published: RemoteRef | null
}

/** Something that is public at a service. */
export interface RemoteRef {
  external_id: string
  url: string | null
}

/** How far something has come, for the merchant: "Mastodon processes the video", 40 of 100. */
export interface ShownProgress {
  why: string
  done?: number
  of?: number
}

/** A publication as its provider works on it. */
export interface PublishJob<Settings = Readonly<Record<string, unknown>>> {
  /** The same over all attempts. */
  key: string
  account: Destination
  /** What each of the provider's placements means is its own business. */
  placement: string
  parts: readonly PublicationPart[]
  settings: Settings
  link: LinkCard | null
  /** Where it was written, in BCP 47; null where nobody said it. */
  language: string | null
  /**
   * Runs once for a publication. Its result is sealed and kept: it is there
   * after a crash, in another process, and when this function is called again.
   *
   * @param name - of the step, the same over all attempts
   * @param options - `validForMs`: it runs again when its result is older
   * @throws {ServiceError} when the claim was lost: another worker goes on
   */
  step: <T extends Json | void>(
    name: string,
    run: () => Promise<T>,
    options?: { validForMs?: number }
  ) => Promise<T>
  /**
   * Keeps progress within a step, such as an upload's offset, and prolongs the
   * claim. Returned by `kept` from then on.
   */
  save: (name: string, progress: Json, shown?: ShownProgress) => Promise<void>
  /** What `save` kept under a name. */
  kept: <T extends Json>(name: string) => T | undefined
  /** Forgets a step or what was saved, for example an upload that has expired. */
  forget: (name: string) => Promise<void>
  /**
   * Commits "the next call makes this part public". Call it right before the
   * one call that cannot be repeated; whatever goes wrong afterwards counts as
   * unknown until `recover` or a person has decided. Before the publication's
   * time it does not return: the publication goes on from here when it comes.
   *
   * @param evidence - non-secret facts that `recover` will need
   */
  arm: (part: number, evidence?: Json) => Promise<void>
  /**
   * Commits that a part is out. Nothing touches it again; called once more, it
   * adds the address that the service tells only afterwards.
   */
  done: (part: number, ref: RemoteRef) => Promise<void>
}

/** What has become of a publication that is not out (yet). */
export type UnpublishedProgress =
  /**
   * It goes on at a time; no failure is counted, and no worker is held. With a
   * part that is armed, the service has taken the call and works on it: `recover`
   * is asked at that time what became of it.
   */
  | ({ state: "wait"; until: Date; giveUpAt?: Date } & ShownProgress)
  /** It lies in the service's inbox, where a person publishes it. */
  | { state: "handed_over"; why: string; url?: string }

/** What has become of a publication so far. */
export type Progress =
  /** All parts are out, and `done` was called for each. */
  { state: "published" } | UnpublishedProgress

/** A part whose outcome is not known: its call was armed, and no response came. */
export interface LostCall<
  Settings = Readonly<Record<string, unknown>>,
> extends Pick<
  PublishJob<Settings>,
  "key" | "account" | "placement" | "parts" | "settings" | "link" | "kept"
> {
  part: PublicationPart
  armed_at: Date
  evidence: Json
}

/**
 * What a service says of a part whose outcome got lost. `not_published` leads
 * to another attempt: say it only where the service can be sure.
 */
export type Recovery =
  | { outcome: "published"; ref: RemoteRef }
  | {
      outcome: "not_published"
      /** Why that is sure: the service takes the same key once, lists all there is, or holds it still. */
      because: "key_reuse" | "listing" | "draft" | "session"
      /** What the service has refused it with after it had taken it: decides in place of the lost response. */
      error?: ServiceError
    }
  /** The service has it, and says how far it is: nothing is lost. */
  | { outcome: "taken"; progress: UnpublishedProgress }
  | { outcome: "ask_again"; at: Date }
  | { outcome: "unknown" }

/** What has become of a part that was published. */
export type PostState =
  /** It is there. `url`: its address, where that was not known at first. */
  | { state: "public"; url?: string | null }
  /** The service has it no more: somebody has deleted it, or it has ended. */
  | { state: "gone" }
  /** The service has taken it down. */
  | {
      state: "rejected"
      /** In the service's words, for the merchant. */
      reason: string
    }

/** One choice of a look-up. */
export interface LookupOption {
  value: string
  label: string
  hint?: string
}

/** A list that a setting is chosen from: boards, channels, flairs. */
export interface Lookup {
  label: string
  /** Whether it takes words to search for. */
  search: boolean
  /** How long the service's list may be reused, in s. */
  ttl_seconds: number
  /**
   * The settings that the list depends on, as a board's sections do on the
   * board: `run` gets as many of them as are chosen.
   */
  depends_on?: readonly string[]
  run: (
    context: ProviderContext,
    account: Destination,
    query: string,
    chosen?: Readonly<Record<string, unknown>>
  ) => Promise<LookupOption[]>
}

/** What a service tells of a choice that decides what may be posted with it, as a community's demands. */
export interface ChoiceFacts {
  /** The settings that it depends on: `run` gets as many of them as are chosen. */
  depends_on: readonly string[]
  /** How long it may be reused, in s. */
  ttl_seconds: number
  run: (
    context: ProviderContext,
    account: Destination,
    chosen: Readonly<Record<string, unknown>>
  ) => Promise<AccountFacts>
}

/** How many posts an account takes in a moving window of time. */
export interface QuotaRule {
  /** As the merchant reads it: "posts a day". */
  label: string
  count: number
  /** In s. */
  window_seconds: number
  /**
   * What counts as one: a publication, or each of its parts, where a thread of
   * three is three posts.
   *
   * @default "publication"
   */
  per?: "publication" | "part"
}

/** A figure of a post or an account at a moment. */
export interface Metric {
  name: string
  value: number
}

/** What a service that publishes brings: pure rules, settings and operations. */
export interface PublishingOperations {
  /** Where on an account a post can go; the first is the default. */
  placements?: readonly { value: string; label: string }[]
  /** What one post may have: pure, and the same for server and dashboard. */
  limits?(
    account: Pick<Destination, "kind" | "facts">,
    choice: { placement: string; settings: Readonly<Record<string, unknown>> }
  ): PostLimits
  /** What a merchant may choose for each publication. */
  settings?: ZodType
  lookups?: Readonly<Record<string, Lookup>>
  /** How much an account takes; a function where that depends on the account. */
  quotas?:
    | readonly QuotaRule[]
    | ((account: Pick<Destination, "kind" | "facts">) => readonly QuotaRule[])
  /** Reads what decides the account's limits. */
  fetchFacts?(
    context: ProviderContext,
    account: Destination
  ): Promise<AccountFacts>
  /**
   * Read while a post is written, checked and scheduled: `limits` finds it among
   * the account's facts. Where the service does not tell it, it is not there; and
   * it is not while a post is being published, which asks for itself.
   */
  choice_facts?: ChoiceFacts
  /**
   * Publishes. It is called again until it says that it is done: after a crash,
   * a wait, or a failure that passes. What it has achieved is in the job's
   * steps; parts that are out have `published`.
   *
   * @throws {ServiceError}
   */
  publish?(context: ProviderContext, job: PublishJob): Promise<Progress>
  /** Finds out what became of an armed part. */
  recover?(context: ProviderContext, lost: LostCall): Promise<Recovery>
  /**
   * Which post an address leads to, as a person copies it from the service.
   *
   * @returns its external id; null where it is no address of a post
   */
  readPermalink?(account: Destination, url: string): string | null
  /** Deletes what is public. */
  remove?(
    context: ProviderContext,
    account: Destination,
    ref: RemoteRef
  ): Promise<void>
  /** Asks what has become of a part that was published, when its figures are read. */
  fetchPostState?(
    context: ProviderContext,
    account: Destination,
    ref: RemoteRef
  ): Promise<PostState>
  fetchPostMetrics?(
    context: ProviderContext,
    account: Destination,
    ref: RemoteRef
  ): Promise<Metric[]>
  fetchAccountMetrics?(
    context: ProviderContext,
    account: Destination
  ): Promise<Metric[]>
}
