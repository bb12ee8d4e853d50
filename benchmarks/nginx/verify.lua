-- What a gateway on nginx does with a token: find the credential by iss, check the
-- algorithm, the HMAC and the times, tell the app who calls.

local ffi = require "ffi"
local base64 = require "ngx.base64"
local cjson = require "cjson"

ffi.cdef[[
typedef struct evp_md_st EVP_MD;
const EVP_MD *EVP_sha256(void);
unsigned char *HMAC(const EVP_MD *evp_md, const void *key, int key_len,
                    const unsigned char *d, size_t n,
                    unsigned char *md, unsigned int *md_len);
int CRYPTO_memcmp(const void *a, const void *b, size_t len);
]]

local crypto = ffi.C
local sha256 = crypto.EVP_sha256()
local digest = ffi.new("unsigned char[32]")

local credentials = {
  [os.getenv("BENCHMARK_KEY")] = {
    algorithm = "HS256",
    secret = os.getenv("BENCHMARK_MATERIAL"),
    consumer_id = "3c1e5a2f-0d7b-4f8e-9a51-6f0f4f1f2b3c",
    consumer_username = "jack",
    consumer_custom_id = "495aec6a",
  },
}

local function object(segment)
  local text = base64.decode_base64url(segment)
  if not text then return nil end
  local is_json, value = pcall(cjson.decode, text)
  return is_json and type(value) == "table" and value or nil
end

local function is_signed(credential, signed, segment)
  local signature = base64.decode_base64url(segment)
  if not signature or #signature ~= 32 then return false end
  crypto.HMAC(sha256, credential.secret, #credential.secret, signed, #signed, digest, nil)
  return crypto.CRYPTO_memcmp(digest, signature, 32) == 0
end

local function caller(authorization)
  local signed, header, payload, signature = authorization:match(
    "^[Bb]earer (([%w_-]+)%.([%w_-]+))%.([%w_-]+)$")
  if not signed then return nil end
  header, payload = object(header), object(payload)
  local credential = header and payload and credentials[payload.iss]
  if not credential or header.alg ~= credential.algorithm then return nil end
  if not is_signed(credential, signed, signature) then return nil end
  local now = ngx.time()
  if type(payload.exp) ~= "number" or payload.exp <= now then return nil end
  if payload.nbf and (type(payload.nbf) ~= "number" or payload.nbf > now) then
    return nil
  end
  return credential, payload.iss
end

return function()
  local credential, key = caller(ngx.var.http_authorization or "")
  if not credential then
    ngx.header["WWW-Authenticate"] = "Bearer"
    return ngx.exit(ngx.HTTP_UNAUTHORIZED)
  end
  local set = ngx.req.set_header
  set("X-Consumer-ID", credential.consumer_id)
  set("X-Consumer-Username", credential.consumer_username)
  set("X-Consumer-Custom-ID", credential.consumer_custom_id)
  set("X-Credential-Identifier", key)
  ngx.req.clear_header("X-Anonymous-Consumer")
end
