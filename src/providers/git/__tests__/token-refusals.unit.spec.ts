import {
  type GitHostKind,
  type GitHostServer,
  startGitHost,
} from "../../../../integration-tests/http/support/git-host"
import { exchangeAuthorizationCode } from "../../../oauth/authorization-code"
import { refreshAccessToken } from "../../../oauth/refresh-token"
import { SecretString } from "../../../secrets/secret-string"
import { createServiceFetch } from "../../../http/fetch"
import { readAllowedNetworks } from "../../../http/guard/networks"
import type { SocialProvider } from "../../types"
import { giteaProvider } from "../gitea"
import { githubProvider } from "../github"
import { gitlabProvider } from "../gitlab"

const PROVIDERS: Record<GitHostKind, SocialProvider> = {
  github: githubProvider,
  gitlab: gitlabProvider,
  gitea: giteaProvider,
}

const fetch = createServiceFetch({
  service: "Git",
  timeoutMs: 2_000,
  // The local server that stands in for the service.
  networks: readAllowedNetworks(["127.0.0.0/8", "::1"]) ?? undefined,
})

describe.each<GitHostKind>(["github", "gitlab", "gitea"])(
  "a refusal of %s's token endpoint",
  (kind) => {
    let host: GitHostServer
    beforeAll(async () => {
      host = await startGitHost(kind)
    })
    beforeEach(() => host.reset())
    afterAll(() => host.close())

    const registration = (secret = host.state.client_secret) => {
      const server = PROVIDERS[kind].description.oauth2?.server({
        instance_url: host.url,
      })
      if (!server) {
        throw new Error("The provider has no OAuth 2")
      }
      return {
        server,
        client: {
          client_id: host.state.client_id,
          client_secret: new SecretString(secret),
        },
        fetch,
      }
    }
    const refresh = (refreshToken: string, secret?: string) =>
      refreshAccessToken({
        ...registration(secret),
        refreshToken: new SecretString(refreshToken),
      })

    it("ends the grant when the refresh token is unknown, withdrawn or used up", async () => {
      const gone = { errorClass: "token_invalid", code: "invalid_grant" }
      await expect(refresh("ghr_unknown")).rejects.toMatchObject(gone)

      const { refresh_token } = host.grant()
      await refresh(refresh_token)
      await expect(refresh(refresh_token)).rejects.toMatchObject(gone)

      const withdrawn = host.grant()
      host.withdraw()
      await expect(refresh(withdrawn.refresh_token)).rejects.toMatchObject(gone)
    })

    it("blames the configuration for a wrong client secret, and ends no grant", async () => {
      const { refresh_token } = host.grant()
      await expect(refresh(refresh_token, "wrong")).rejects.toMatchObject({
        errorClass: "config_error",
        code: "invalid_client",
      })
      await expect(refresh(refresh_token)).resolves.toHaveProperty(
        "access_token"
      )
    })

    it("says that an authorization code is not valid", async () => {
      await expect(
        exchangeAuthorizationCode({
          ...registration(),
          code: new SecretString("c-unknown"),
          redirectUri: "http://localhost/callback",
          codeVerifier: new SecretString("v".repeat(43)),
        })
      ).rejects.toMatchObject({
        errorClass: "token_invalid",
        code: "invalid_grant",
      })
    })

    it("is passing when it is no answer of the token endpoint at all", async () => {
      host.answer(502, "<html>Bad gateway</html>")
      await expect(refresh("ghr_x")).rejects.toMatchObject({
        errorClass: "transient",
      })
      host.answer(200, "<html>Welcome</html>")
      await expect(refresh("ghr_x")).rejects.toMatchObject({
        errorClass: "transient",
      })
    })
  }
)
