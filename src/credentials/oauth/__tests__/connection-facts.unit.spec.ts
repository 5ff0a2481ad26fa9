import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { createServiceFetch } from "../../../http/fetch"
import { BUILT_IN_PROVIDERS } from "../../../providers/catalog"
import type {
  ConnectionFact,
  ProviderDescription,
} from "../../../providers/types"
import { SecretString } from "../../../secrets/secret-string"
import { factsOfGrant, factsOfRedirect } from "../connection-facts"

const descriptionOf = (identifier: string): ProviderDescription =>
  BUILT_IN_PROVIDERS.find(
    ({ description }) => description.identifier === identifier
  )!.description

const tokens = {
  access_token: new SecretString("granted-token"),
  expires_at: null,
  refresh_token_expires_at: null,
  scopes: null,
}

describe("Mailchimp's data centre", () => {
  let server: Server
  let address: string
  let answer: object
  let asked: (string | undefined)[]

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request.headers.authorization)
      response
        .writeHead(200, { "content-type": "application/json" })
        .end(JSON.stringify(answer))
    })
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/oauth2/metadata`
  })
  afterAll(() => server.close())
  beforeEach(() => {
    asked = []
  })

  /** Its description, asking this server in place of login.mailchimp.com. */
  const mailchimp = (): ProviderDescription => {
    const description = descriptionOf("mailchimp")
    const here = (fact: ConnectionFact): ConnectionFact => ({
      ...fact,
      from: "address" in fact.from ? { ...fact.from, address } : fact.from,
    })
    const { oauth2 } = description
    return {
      ...description,
      oauth2: oauth2 && { ...oauth2, facts: oauth2.facts?.map(here) },
    }
  }
  const read = () =>
    factsOfGrant(
      mailchimp(),
      tokens,
      {},
      createServiceFetch({ service: "Mailchimp", timeoutMs: 2_000 })
    )

  it("is asked for with the new token", async () => {
    answer = { dc: "us6", api_endpoint: "https://us6.api.mailchimp.com" }
    expect(await read()).toEqual({ data_center: "us6" })
    expect(asked).toEqual(["OAuth granted-token"])
  })

  it.each([[{ dc: "evil.example/" }], [{ dc: { us6: 1 } }], [{}]])(
    "is refused when it is %j",
    async (body) => {
      answer = body
      await expect(read()).rejects.toMatchObject({
        errorClass: "config_error",
        code: "unsuitable_setting",
      })
    }
  )
})

it("chooses where Zoho's code is exchanged, among Zoho's own servers", () => {
  const zoho = descriptionOf("zoho_crm")
  const told = factsOfRedirect(
    zoho,
    new URLSearchParams({ "accounts-server": "https://accounts.zoho.eu" })
  )
  expect(zoho.oauth2?.server(told).token_endpoint).toBe(
    "https://accounts.zoho.eu/oauth/v2/token"
  )
  for (const server of [
    "https://accounts.zoho.eu.evil.example",
    "https://accounts.zoho.eu@evil.example",
    "http://accounts.zoho.eu",
    "https://accounts.zoho.eu\n",
  ]) {
    expect(() =>
      factsOfRedirect(zoho, new URLSearchParams({ "accounts-server": server }))
    ).toThrow(/data_center/)
  }
})

it("sends people to Salesforce's own login until their organisation is known", () => {
  const server = descriptionOf("salesforce").oauth2?.server
  expect(server?.({}).token_endpoint).toBe(
    "https://login.salesforce.com/services/oauth2/token"
  )
  expect(server?.({ my_domain: "acme" }).token_endpoint).toBe(
    "https://acme.my.salesforce.com/services/oauth2/token"
  )
})
