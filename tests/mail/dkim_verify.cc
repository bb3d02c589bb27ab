#include "tests/mail/dkim_verify.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "base/base64.h"

namespace tests {
namespace {

std::string lowered(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::string without(std::string text, std::string_view characters) {
  std::erase_if(text, [&](char c) { return characters.find(c) != std::string_view::npos; });
  return text;
}
constexpr std::string_view kSpace = " \t\r\n";

std::string trimmed(const std::string& text, std::string_view characters = kSpace) {
  const std::size_t first = text.find_first_not_of(characters);
  return first == std::string::npos ? std::string{} : text.substr(first, text.find_last_not_of(characters) - first + 1);
}

/// Runs of blanks as one.
std::string squeezed(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\t';
    if (!blank || !out.ends_with(' ')) out += blank ? ' ' : c;
  }
  return out;
}

/// The field with the value of its tag b= taken out.
std::string without_signature(const std::string& field) {
  for (std::size_t at = field.find(';'); at != std::string::npos; at = field.find(';', at + 1)) {
    std::size_t name = field.find_first_not_of(kSpace, at + 1);
    if (name == std::string::npos || field[name] != 'b') continue;
    const std::size_t equals = field.find_first_not_of(kSpace, name + 1);
    if (equals == std::string::npos || field[equals] != '=') continue;
    const std::size_t end = field.find(';', equals);
    return field.substr(0, equals + 1) + (end == std::string::npos ? std::string{} : field.substr(end));
  }
  return field;
}

std::map<std::string, std::string> tags_of(const std::string& text) {
  std::map<std::string, std::string> tags;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find(';', at), text.size());
    const std::string tag = text.substr(at, end - at);
    at = end + 1;
    const std::size_t equals = tag.find('=');
    if (equals == std::string::npos) continue;
    tags[without(tag.substr(0, equals), kSpace)] = trimmed(tag.substr(equals + 1));
  }
  return tags;
}

struct Field {
  std::string name, raw;  // raw: without the last CRLF
};

std::string canonical_field(const std::string& raw, bool relaxed) {
  if (!relaxed) return raw;
  const std::size_t colon = raw.find(':');
  const std::string value = trimmed(squeezed(without(raw.substr(colon + 1), "\r\n")));
  return lowered(trimmed(raw.substr(0, colon))) + ":" + value;
}

std::string canonical_body(const std::string& body, bool relaxed) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < body.size();) {
    const std::size_t end = body.find("\r\n", at);
    std::string line = body.substr(at, end == std::string::npos ? end : end - at);
    at = end == std::string::npos ? body.size() : end + 2;
    if (relaxed) {
      line = squeezed(line);
      if (line.ends_with(' ')) line.pop_back();
    }
    lines.push_back(line);
  }
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  std::string out;
  for (const std::string& line : lines) out += line + "\r\n";
  return out.empty() && !relaxed ? "\r\n" : out;
}

std::string sha256(const std::string& text) {
  std::string digest(32, '\0');
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(digest.data()), &size, EVP_sha256(), nullptr);
  return digest;
}

bool signature_holds(const std::string& key_bytes, bool ed25519, std::string text, const std::string& signature) {
  const auto* data = reinterpret_cast<const unsigned char*>(key_bytes.data());
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key{
      ed25519 ? EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, data, key_bytes.size())
              : d2i_PUBKEY(nullptr, &data, static_cast<long>(key_bytes.size())),
      EVP_PKEY_free};
  if (!key) return false;
  if (ed25519) text = sha256(text);
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context{EVP_MD_CTX_new(), EVP_MD_CTX_free};
  return EVP_DigestVerifyInit(context.get(), nullptr, ed25519 ? nullptr : EVP_sha256(), nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
                          reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
}

std::string verify_one(const Field& signature, const std::vector<Field>& fields, const std::string& body,
                       const std::map<std::string, std::string>& dns) {
  auto tags = tags_of(signature.raw.substr(signature.raw.find(':') + 1));
  const auto record = dns.find(tags["s"] + "._domainkey." + tags["d"]);
  if (record == dns.end()) return "no key";
  auto key = tags_of(record->second);
  const std::string key_bytes = base::from_mail_base64(key["p"]);
  if (key_bytes.empty()) return "revoked key";
  const std::string c = tags.contains("c") ? tags["c"] : "simple/simple";
  const bool relaxed_header = c.starts_with("relaxed");
  const bool relaxed_body = c.ends_with("/relaxed");
  if (base::to_base64(sha256(canonical_body(body, relaxed_body))) != without(tags["bh"], kSpace)) return "body changed";
  std::string names = without(lowered(tags["h"]), kSpace);
  std::vector<Field> left = fields;
  std::string text;
  bool covers_from = false;
  while (!names.empty()) {
    const std::size_t colon = std::min(names.find(':'), names.size());
    const std::string name = names.substr(0, colon);
    names.erase(0, colon + 1);
    covers_from = covers_from || name == "from";
    const auto found = std::find_if(left.rbegin(), left.rend(), [&](const Field& field) { return field.name == name; });
    if (found == left.rend()) continue;
    text += canonical_field(found->raw, relaxed_header) + "\r\n";
    left.erase(std::next(found).base());
  }
  if (!covers_from) return "From is not signed";
  text += canonical_field(without_signature(signature.raw), relaxed_header);
  const bool ed25519 = tags["a"] == "ed25519-sha256";
  if (!signature_holds(key_bytes, ed25519, text, base::from_mail_base64(tags["b"]))) return "signature is wrong";
  return {};
}

}  // namespace

DkimVerdict verify_dkim(std::string_view message, const std::map<std::string, std::string>& dns) {
  const std::string whole{message};
  const std::size_t gap = whole.find("\r\n\r\n");
  const std::string head = whole.substr(0, gap == std::string::npos ? gap : gap + 2);
  const std::string body = gap == std::string::npos ? std::string{} : whole.substr(gap + 4);
  std::vector<Field> fields;
  for (std::size_t at = 0; at < head.size();) {
    std::size_t end = head.find("\r\n", at);
    while (end != std::string::npos && end + 2 < head.size() && (head[end + 2] == ' ' || head[end + 2] == '\t'))
      end = head.find("\r\n", end + 2);
    const std::string raw = head.substr(at, end == std::string::npos ? end : end - at);
    at = end == std::string::npos ? head.size() : end + 2;
    fields.push_back({lowered(trimmed(raw.substr(0, raw.find(':')))), raw});
  }
  DkimVerdict verdict;
  for (const Field& field : fields) {
    if (field.name != "dkim-signature") continue;
    ++verdict.signatures;
    const std::string why = verify_one(field, fields, body, dns);
    if (why.empty()) {
      ++verdict.good;
    } else {
      verdict.why = why;
    }
  }
  return verdict;
}

}  // namespace tests
