"""Prints golden-foreign-values.json: values as the systems this plugin imports from have stored them.

Needs Python 3 with the package `cryptography` (made with 48.0.0). All inputs are fixed, so that a
second run prints the same file: python3 make_foreign_values.py > golden-foreign-values.json
"""

import base64
import hashlib
import json

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

PLAINTEXTS = {
    "empty": "",
    "one character": "x",
    "15 bytes": "a" * 15,
    "16 bytes": "b" * 16,
    "17 bytes": "c" * 17,
    "token of 200 bytes": "EAAB" * 50,
    "2 KB": "0123456789abcdef" * 128,
    "UTF-8": "pässwörd 密码 🔑",
    "white space and quotes": ' "quoted"\t\\ back\nslash\r\n ',
    "replacement character": "a\ufffdb",
    "JSON": '{"access_token":"A","n":1}',
}

TOKEN_SET = {
    "access_token": "Atza|IwEBIA-golden",
    "refresh_token": "Atzr|IwEBIB-golden",
    "token_type": "bearer",
    "expires_in": 3600,
    "expires_at": "2025-03-04T05:06:07.250000+00:00",
    "scope": "advertising::campaign_management profile",
    "profile_id": "1234567890",
}

SCRYPT = [
    {"N": 16384, "r": 8, "p": 1},
    {"N": 1024, "r": 4, "p": 2},
]


def fixed(name: str, length: int) -> bytes:
    return hashlib.sha512(f"golden {name}".encode()).digest()[:length]


def fernet_values() -> dict:
    keys = [base64.urlsafe_b64encode(fixed(f"fernet key {n}", 32)).decode() for n in (1, 2)]
    texts = {**PLAINTEXTS, "amazon token set": json.dumps(TOKEN_SET)}
    values = []
    for key_index, key in enumerate(keys):
        for name, plaintext in texts.items():
            made = 1_600_000_000 + len(values) * 1_000_003
            # The method behind encrypt_at_time, with the iv that it would draw at random.
            token = Fernet(key)._encrypt_from_parts(
                plaintext.encode(), made, fixed(f"fernet iv {len(values)}", 16)
            )
            values.append(
                {
                    "name": name,
                    "key": key_index,
                    "created_at": made,
                    "plaintext": plaintext,
                    "token": token.decode(),
                }
            )
    return {"keys": keys, "values": values}


def scrypt_values() -> dict:
    secret = "golden-encryption-secret-of-the-vault"
    values = []
    for parameters in SCRYPT:
        for name, plaintext in PLAINTEXTS.items():
            salt = fixed(f"scrypt salt {len(values)}", 16)
            iv = fixed(f"scrypt iv {len(values)}", 12)
            key = Scrypt(
                salt=salt, length=32, n=parameters["N"], r=parameters["r"], p=parameters["p"]
            ).derive(secret.encode())
            sealed = AESGCM(key).encrypt(iv, plaintext.encode(), None)
            ciphertext, tag = sealed[:-16], sealed[-16:]
            values.append(
                {
                    "name": name,
                    "parameters": parameters,
                    "plaintext": plaintext,
                    "value": base64.b64encode(salt + iv + tag + ciphertext).decode(),
                }
            )
    return {"secret": secret, "values": values}


print(json.dumps({"fernet": fernet_values(), "scrypt": scrypt_values()}, indent=2))
