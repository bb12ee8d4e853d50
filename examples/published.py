"""The tokens, keys and secrets that the gateways' own documents print.

Kong: "Authenticate Consumers with the JWT plugin", the plugin's overview, and a lab
with FastAPI. APISIX: the page of ``jwt-auth``. They are public, so they open nothing.
"""

KONG_KEY = "YJdmaDvVTJxtcWRCvkMikc8oELgAVNcz"
KONG_SECRET = "C50k0bcahDhLNhLKSUBSR1OMiFGzNZ7X"
KONG_TOKEN = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
    "eyJpc3MiOiJZSmRtYUR2VlRKeHRjV1JDdmtNaWtjOG9FTGdBVk5jeiJ9."
    "xG-DrlD4vcYBqhuhK_jrwFIALvVvU-qTOiNyIfUhn_Y"
)

BLOB_SECRET = "YmxvYiBkYXRh"  # base64 of "blob data"

LAB_KEY = "jwttoken"
LAB_SECRET = "!Qwaszxerdfcv"

JACK_KEY = "jack-key"
JACK_SECRET = "jack-hs256-secret-that-is-very-long"
JACK_TOKEN = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
    "eyJrZXkiOiJqYWNrLWtleSIsIm5iZiI6MTcyOTEzMjI3MX0."
    "UEPXy5jpid624T1XpfjM0PLY73LZPjV3Qt8yZ92kVuU"
)

VAULT_KEY = "jwt-vault-key"
VAULT_SECRET = "vault-hs256-secret-that-is-very-long"
VAULT_TOKEN = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
    "eyJrZXkiOiJqd3QtdmF1bHQta2V5IiwibmJmIjoxNzI5MTMyMjcxfQ."
    "i2pLj7QcQvnlSjB7iV5V522tIV43boQRtee7L0rwlkQ"
)

RSA_PUBLIC_KEY = (
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAoTxe7ZPycrEP0SK4OBA2\n"
    "0OUQsDN9gSFSHVvx/t++nZNrFxzZnV6q6/TRsihNXUIgwaOu5icFlIcxPL9Mf9UJ\n"
    "a5/XCQExp1TxpuSmjkhIFAJ/x5zXrC8SGTztP3SjkhYnQO9PKVXI6ljwgakVCfpl\n"
    "umuTYqI+ev7e45NdK8gJoJxPp8bPMdf8/nHfLXZuqhO/btrDg1x+j7frDNrEw+6B\n"
    "CK2SsuypmYN+LwHfaH4Of7MQFk3LNIxyBz0mdbsKJBzp360rbWnQeauWtDymZxLT\n"
    "ATRNBVyl3nCNsURRTkc7eyknLaDt2N5xTIoUGHTUFYSdE68QWmukYMVGcEHEEPkp\n"
    "aQIDAQAB\n"
    "-----END PUBLIC KEY-----"
)
RSA_TOKEN = (
    "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9."
    "eyJrZXkiOiJqYWNrLWtleSIsIm5iZiI6MTcyOTEzMjI3MX0."
    "K-I13em84kAcyH1jfIJl7ls_4jlwg1GzEzo5_xrDu-3wt3Xa3irS6naUsWpxX-a-hmcZZxRa9zqunqQjUP"
    "4kvn5e3xg2f_KyCR-_ZbwqYEPk3bXeFV1l4iypv6z5L7W1Niharun-dpMU03b1Tz64vhFx6UwxNL5UIZ7b"
    "unDAo_BXZ7Xe8rFhNHvIHyBFsDEXIBgx8lNYMq8QJk3iKxZhZZ5Om7lgYjOOKRgew4WkhBAY0v1AkO77nT"
    "lvSK0OEeeiwhkROyntggyx-S-U222ykMQ6mBLxkP4Cq5qHwXD8AUcLk5mhEij-3QhboYnt7yhKeZ3wDSpc"
    "jDvvL2aasC25ng"
)
