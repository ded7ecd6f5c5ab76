//! Signatures of tokens (JWS, RFC 7515) by the keys that a provider publishes (JWK, RFC 7517). Only algorithms whose keys are
//! public: what a provider shares with everybody signs nothing.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512,
    RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};
use serde::Deserialize;
use serde_json::Value;

const LONGEST: usize = 64 * 1024;
/// Of one provider; more are not looked at.
const MOST_KEYS: usize = 64;

/// A public key that may have signed a token.
#[derive(Debug, Clone)]
pub struct Key {
    id: Option<String>,
    /// The only algorithm it is for, if it says so.
    algorithm: Option<String>,
    material: Material,
}

#[derive(Debug, Clone)]
enum Material {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    P256(Vec<u8>),
    P384(Vec<u8>),
    Ed25519(Vec<u8>),
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    #[error("the token is not a signed token")]
    Malformed,
    #[error("the token is signed by `{0}`, which is not believed")]
    Algorithm(String),
    #[error("the provider does not publish the token's key")]
    UnknownKey,
    #[error("the token's signature is wrong")]
    Signature,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    /// Extensions that must be understood; none is.
    crit: Option<Value>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

/// The keys of a set that can verify; those of other kinds, and those that make no sense, are left out.
pub fn keys(set: &Value) -> Vec<Key> {
    let listed = set["keys"].as_array().into_iter().flatten();
    let read = listed.filter_map(|key| Key::read(serde_json::from_value(key.clone()).ok()?));
    read.take(MOST_KEYS).collect()
}

/// The payload, if one of `keys` signed it.
pub fn verify(token: &str, keys: &[Key]) -> Result<Vec<u8>, Trouble> {
    let parts: Vec<&str> = if token.len() <= LONGEST { token.split('.').collect() } else { Vec::new() };
    let [header, payload, signature] = parts[..] else { return Err(Trouble::Malformed) };
    let signed = &token[..header.len() + 1 + payload.len()];
    let decoded = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| Trouble::Malformed);
    let header: Header = serde_json::from_slice(&decoded(header)?).map_err(|_| Trouble::Malformed)?;
    if header.crit.is_some() {
        return Err(Trouble::Malformed);
    }
    let Some(algorithm) = Algorithm::named(&header.alg) else {
        return Err(Trouble::Algorithm(header.alg.chars().filter(char::is_ascii_alphanumeric).take(16).collect()));
    };
    let (payload, signature) = (decoded(payload)?, decoded(signature)?);
    let may = |key: &&Key| {
        algorithm.fits(&key.material)
            && key.algorithm.as_ref().is_none_or(|only| *only == header.alg)
            && header.kid.as_ref().is_none_or(|id| key.id.as_ref() == Some(id))
    };
    let candidates: Vec<&Key> = keys.iter().filter(may).collect();
    if candidates.iter().any(|key| algorithm.verifies(&key.material, signed.as_bytes(), &signature)) {
        return Ok(payload);
    }
    // A token that names no key may be signed by one that was published meanwhile.
    match candidates.is_empty() || header.kid.is_none() {
        true => Err(Trouble::UnknownKey),
        false => Err(Trouble::Signature),
    }
}

impl Key {
    fn read(key: Jwk) -> Option<Self> {
        if key.purpose.as_deref().is_some_and(|purpose| purpose != "sig") {
            return None;
        }
        let bytes = |part: &Option<String>| URL_SAFE_NO_PAD.decode(part.as_deref()?.trim_end_matches('=')).ok();
        let point = |length: usize| {
            let (x, y) = (bytes(&key.x)?, bytes(&key.y)?);
            (x.len() == length && y.len() == length).then(|| [&[4], &x[..], &y[..]].concat())
        };
        let material = match (key.kty.as_str(), key.crv.as_deref()) {
            ("RSA", _) => {
                // Some write a sign's zero in front.
                let number = |bytes: Vec<u8>| bytes.into_iter().skip_while(|byte| *byte == 0).collect();
                Material::Rsa { n: number(bytes(&key.n)?), e: number(bytes(&key.e)?) }
            }
            ("EC", Some("P-256")) => Material::P256(point(32)?),
            ("EC", Some("P-384")) => Material::P384(point(48)?),
            ("OKP", Some("Ed25519")) => Material::Ed25519(bytes(&key.x)?),
            _ => return None,
        };
        Some(Self { id: key.kid, algorithm: key.alg, material })
    }
}

enum Algorithm {
    Rsa(&'static RsaParameters),
    P256,
    P384,
    Ed25519,
}

impl Algorithm {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "RS256" => Self::Rsa(&RSA_PKCS1_2048_8192_SHA256),
            "RS384" => Self::Rsa(&RSA_PKCS1_2048_8192_SHA384),
            "RS512" => Self::Rsa(&RSA_PKCS1_2048_8192_SHA512),
            "PS256" => Self::Rsa(&RSA_PSS_2048_8192_SHA256),
            "PS384" => Self::Rsa(&RSA_PSS_2048_8192_SHA384),
            "PS512" => Self::Rsa(&RSA_PSS_2048_8192_SHA512),
            "ES256" => Self::P256,
            "ES384" => Self::P384,
            // The one name of RFC 8037, the other of RFC 9864.
            "EdDSA" | "Ed25519" => Self::Ed25519,
            _ => return None,
        })
    }

    fn fits(&self, material: &Material) -> bool {
        matches!(
            (self, material),
            (Self::Rsa(_), Material::Rsa { .. })
                | (Self::P256, Material::P256(_))
                | (Self::P384, Material::P384(_))
                | (Self::Ed25519, Material::Ed25519(_))
        )
    }

    fn verifies(&self, material: &Material, signed: &[u8], signature: &[u8]) -> bool {
        let by = |algorithm: &'static dyn VerificationAlgorithm, key: &[u8]| {
            UnparsedPublicKey::new(algorithm, key).verify(signed, signature).is_ok()
        };
        match (self, material) {
            (Self::Rsa(parameters), Material::Rsa { n, e }) => {
                RsaPublicKeyComponents { n, e }.verify(parameters, signed, signature).is_ok()
            }
            (Self::P256, Material::P256(key)) => by(&ECDSA_P256_SHA256_FIXED, key),
            (Self::P384, Material::P384(key)) => by(&ECDSA_P384_SHA384_FIXED, key),
            (Self::Ed25519, Material::Ed25519(key)) => by(&ED25519, key),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    // The examples of RFC 7515, appendices A.2 (RS256) and A.3 (ES256), and of RFC 8037, appendix A.4 (EdDSA).
    const RSA_N: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
    const RS256: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
    const ES256: &str = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    const EDDSA: &str = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

    fn published() -> Value {
        json!({"keys": [
            {"kty": "oct", "k": "c2VjcmV0"},
            {"kty": "RSA", "use": "enc", "n": RSA_N, "e": "AQAB"},
            {"kty": "RSA", "n": RSA_N, "e": "AQAB"},
            {"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},
            {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
            {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
        ]})
    }

    #[test]
    fn the_standards_examples_verify() {
        let keys = keys(&published());
        assert_eq!(keys.len(), 3, "what cannot verify is left out");
        for token in [RS256, ES256, EDDSA] {
            assert!(verify(token, &keys).is_ok(), "{token}");
        }
        let payload = verify(EDDSA, &keys).expect("verified");
        assert_eq!(payload, b"Example of Ed25519 signing");
    }

    #[test]
    fn no_bit_may_change() {
        let keys = keys(&published());
        for token in [RS256, ES256, EDDSA] {
            let (rest, signature) = token.rsplit_once('.').expect("three parts");
            let mut bytes = URL_SAFE_NO_PAD.decode(signature).expect("base64");
            bytes[7] ^= 1;
            let forged = format!("{rest}.{}", URL_SAFE_NO_PAD.encode(&bytes));
            assert!(verify(&forged, &keys).is_err());
            let (header, _) = rest.split_once('.').expect("two parts");
            let forged = format!("{header}.{}.{signature}", URL_SAFE_NO_PAD.encode(br#"{"iss":"mallory"}"#));
            assert!(verify(&forged, &keys).is_err());
        }
    }

    #[track_caller]
    fn refused(header: Value, expected: Trouble) {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let token = format!("{}.{}.{}", part(&header), part(&json!({"iss": "joe"})), URL_SAFE_NO_PAD.encode([0; 64]));
        assert_eq!(verify(&token, &keys(&published())), Err(expected));
    }

    #[test]
    fn what_anybody_could_sign_is_not_believed() {
        for algorithm in ["none", "None", "HS256", "HS512", "", "ES256K"] {
            refused(json!({"alg": algorithm}), Trouble::Algorithm(algorithm.into()));
        }
        refused(json!({"alg": "ES256", "crit": ["exp"]}), Trouble::Malformed);
        refused(json!({"alg": "ES384"}), Trouble::UnknownKey);
        refused(json!({"alg": "ES256", "kid": "another"}), Trouble::UnknownKey);
        refused(json!({"alg": 7}), Trouble::Malformed);
        for text in ["", "a.b", "a.b.c.d", "..", &"a".repeat(LONGEST + 1)] {
            assert_eq!(verify(text, &keys(&published())), Err(Trouble::Malformed));
        }
    }

    #[test]
    fn a_key_for_one_algorithm_serves_no_other() {
        let mut set = published();
        set["keys"][2]["alg"] = "PS256".into();
        assert_eq!(verify(RS256, &keys(&set)), Err(Trouble::UnknownKey));
        assert!(keys(&json!([])).is_empty() && keys(&json!({"keys": [7, {"kty": "RSA"}]})).is_empty());
    }
}
