// An identity provider on a port of its own, made of `oidc-provider`. `node provider.mjs CALLBACK [ALGORITHM [AMR...]]` prints its issuer.
// Its page of sign-in has one button; whoever presses it is 张三 of example.com.
import { createServer } from "node:http"
import Provider from "oidc-provider"

const [callback, algorithm = "RS256", ...amr] = process.argv.slice(2)
const server = createServer()
await new Promise((ready) => server.listen(0, "127.0.0.1", ready))
const issuer = `http://127.0.0.1:${server.address().port}`

const person = {
  accountId: "zhang-san",
  claims: () => ({ sub: "zhang-san", email: "zhang.san@example.com", email_verified: true, name: "张三", groups: ["live"] }),
}
const provider = new Provider(issuer, {
  clients: [{
    client_id: "kaibo", client_secret: "a secret/with+signs=", redirect_uris: [callback], response_types: ["code"], grant_types: ["authorization_code"],
    id_token_signed_response_alg: algorithm,
  }],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "groups"] },
  cookies: { keys: ["of this run alone"] },
  enabledJWA: { idTokenSigningAlgValues: ["RS256", "PS256", "ES256", "EdDSA"] },
  features: { devInteractions: { enabled: false } },
  findAccount: () => person,
  interactions: { url: (_, { uid }) => `/interaction/${uid}` },
  loadExistingGrant: async ({ oidc }) => {
    const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId })
    grant.addOIDCScope("openid email profile")
    await grant.save()
    return grant
  },
  jwks: { keys: await keys() },
  pkce: { required: () => true },
})

// Its own keys of development are RSA alone.
async function keys() {
  const { generateKeyPairSync } = await import("node:crypto")
  const kinds = { RS256: ["rsa", { modulusLength: 2048 }], ES256: ["ec", { namedCurve: "P-256" }], EdDSA: ["ed25519", {}] }
  return Object.entries(kinds).map(([name, [kind, options]]) => ({ ...generateKeyPairSync(kind, options).privateKey.export({ format: "jwk" }), kid: name, use: "sig" }))
}

const answer = provider.callback()
server.on("request", (request, response) => {
  void (async () => {
    if (!request.url.startsWith("/interaction/")) return answer(request, response)
    if (request.method === "POST") {
      return provider.interactionFinished(request, response, { login: { accountId: person.accountId, amr: amr.length > 0 ? amr : undefined } })
    }
    response.setHeader("content-type", "text/html; charset=utf-8")
    response.end(`<!doctype html><html lang="zh"><title>公司账号</title><main><h1>公司账号</h1><form method="post"><button>我是张三</button></form></main></html>`)
  })().catch((error) => { response.statusCode = 500; response.end(String(error)) })
})
console.log(issuer)
