import { appearanceSuite } from "./appearance"
import { composerSuite } from "./composer"
import { connectionsSuite } from "./connections"
import { encryptionSuite } from "./encryption"
import { encryptionForGoodSuite } from "./encryption-for-good"
import { encryptionImportsSuite } from "./encryption-imports"
import { healthSuite } from "./health"
import { networksSuite } from "./networks"
import { platformsSuite } from "./platforms"
import { platformFormsSuite } from "./platform-forms"
import { postsSuite } from "./posts"
import { postSettingsSuite } from "./post-settings"
import { queueSuite } from "./queue"
import { schedulingSuite } from "./scheduling"
import { storySuite } from "./story"
import { createWorld } from "./support/environment"

jest.setTimeout(90_000)

/*
 * One spec file: a store takes a minute to start, and each spec file would
 * start one of its own.
 */
describe("the dashboard", () => {
  const world = createWorld()

  describe("the first hour of a merchant", () => storySuite(world))
  describe("connections", () => connectionsSuite(world))
  describe("platforms", () => platformsSuite(world))
  describe("the health of the connections", () => healthSuite(world))
  describe("the forms of platforms", () => platformFormsSuite(world))
  describe("posts", () => postsSuite(world))
  describe("the files of posts", () => composerSuite(world))
  describe("the settings of posts", () => postSettingsSuite(world))
  describe("the networks", () => networksSuite(world))
  describe("the queue", () => queueSuite(world))
  describe("the schedule of posts", () => schedulingSuite(world))
  describe("the encryption settings", () => encryptionSuite(world))
  describe("imports in the encryption settings", () =>
    encryptionImportsSuite(world))
  describe("every page", () => appearanceSuite(world))
  describe("what cannot be taken back of encryption", () =>
    encryptionForGoodSuite(world))
})
