#include "adapter/smtp/dkim.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "adapter/smtp/header_text.h"
#include "base/base64.h"
#include "base/email.h"
#include "base/hash.h"

namespace adapter::smtp {
namespace {

using base::Code;
using base::fail;
using base::Result;

constexpr int kLeastBits = 2048;
constexpr std::size_t kMostLine = 72;

constexpr std::array<std::string_view, 13> kSigned = {
    "from",        "from",         "to",          "subject",          "date",
    "message-id",  "reply-to",     "list-id",     "list-unsubscribe", "list-unsubscribe-post",
    "feedback-id", "mime-version", "content-type"};

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string_view as_text(base::Digest& digest) { return {reinterpret_cast<const char*>(digest.data()), digest.size()}; }

struct Field {
  std::string name;        // lower case
  std::string_view whole;  // with its folds, without the last CRLF
};

std::vector<Field> fields_of(std::string_view header) {
  std::vector<Field> fields;
  while (!header.empty()) {
    std::size_t end = header.find("\r\n");
    while (end != std::string_view::npos && end + 2 < header.size() && is_blank(header[end + 2]))
      end = header.find("\r\n", end + 2);
    const std::string_view whole = header.substr(0, end);
    header = end == std::string_view::npos ? std::string_view{} : header.substr(end + 2);
    const std::size_t colon = whole.find(':');
    if (colon == std::string_view::npos) continue;
    std::string name{whole.substr(0, colon)};
    while (!name.empty() && is_blank(name.back())) name.pop_back();
    std::ranges::transform(name, name.begin(), lower);
    fields.push_back({std::move(name), whole});
  }
  return fields;
}

std::string folded_base64(std::string_view bytes, std::size_t column) {
  std::string out;
  for (const char c : base::to_base64(bytes)) {
    if (column == kMostLine) {
      out += "\r\n ";
      column = 1;
    }
    out += c;
    ++column;
  }
  return out;
}

Result<std::string> raw_signature(EVP_PKEY* key, DkimAlgorithm algorithm, std::string_view text) {
  const std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>> context{EVP_MD_CTX_new()};
  // RFC 8463 §3: Ed25519 signs the SHA-256 of the text.
  base::Digest hashed{};
  const bool ed25519 = algorithm == DkimAlgorithm::ed25519_sha256;
  if (ed25519) {
    hashed = base::sha256(text);
    text = as_text(hashed);
  }
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t size = 0;
  if (EVP_DigestSignInit(context.get(), nullptr, ed25519 ? nullptr : EVP_sha256(), nullptr, key) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size()) != 1)
    return fail(Code::internal, "the DKIM key cannot sign");
  std::string signature(size, '\0');
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes, text.size()) != 1)
    return fail(Code::internal, "the DKIM key cannot sign");
  signature.resize(size);
  return signature;
}

std::string take(const Bio& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

}  // namespace

std::string relaxed_body(std::string_view body) {
  std::string out;
  out.reserve(body.size() + 2);
  std::size_t empty_lines = 0;
  while (!body.empty()) {
    const std::size_t end = body.find("\r\n");
    std::string_view line = body.substr(0, end);
    body = end == std::string_view::npos ? std::string_view{} : body.substr(end + 2);
    while (!line.empty() && is_blank(line.back())) line.remove_suffix(1);
    if (line.empty()) {
      ++empty_lines;
      continue;
    }
    for (; empty_lines > 0; --empty_lines) out += "\r\n";
    bool blank = false;
    for (const char c : line) {
      if (is_blank(c)) {
        blank = true;
        continue;
      }
      if (blank) out += ' ';
      blank = false;
      out += c;
    }
    out += "\r\n";
  }
  return out;
}

std::string relaxed_field(std::string_view field) {
  const std::size_t colon = std::min(field.find(':'), field.size());
  std::string out;
  for (const char c : field.substr(0, colon)) {
    if (!is_blank(c)) out += lower(c);
  }
  out += ':';
  bool blank = false, begun = false;
  for (const char c : field.substr(std::min(colon + 1, field.size()))) {
    if (c == '\r' || c == '\n') continue;
    if (is_blank(c)) {
      blank = begun;
      continue;
    }
    if (blank) out += ' ';
    blank = false;
    begun = true;
    out += c;
  }
  return out;
}

struct DkimSigner::State {
  Key key;
  DkimAlgorithm algorithm = DkimAlgorithm::rsa_sha256;
  std::string domain;
  std::string selector;
};

DkimSigner::DkimSigner(std::unique_ptr<State> state) : state_(std::move(state)) {}
DkimSigner::DkimSigner(DkimSigner&&) noexcept = default;
DkimSigner& DkimSigner::operator=(DkimSigner&&) noexcept = default;
DkimSigner::~DkimSigner() = default;

Result<std::string> new_dkim_key(DkimAlgorithm algorithm) {
  const Key key{algorithm == DkimAlgorithm::rsa_sha256
                    ? EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(kLeastBits))
                    : EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")};
  const Bio out{BIO_new(BIO_s_mem())};
  if (!key || PEM_write_bio_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
    return fail(Code::internal, "OpenSSL could not make a DKIM key");
  return take(out);
}

Result<DkimSigner> DkimSigner::open(const DkimKey& key) {
  auto state = std::make_unique<State>();
  auto domain = base::parse_domain(key.domain);
  if (!domain) return fail(Code::invalid_input, "the DKIM domain '{}': {}", key.domain, domain.error().message);
  state->domain = std::move(*domain);
  auto selector = base::parse_domain(key.selector + ".example");
  if (!selector)
    return fail(Code::invalid_input, "the DKIM selector '{}' is no part of a domain name; use letters and digits",
                key.selector);
  state->selector = selector->substr(0, selector->size() - std::string_view{".example"}.size());
  const Bio in{BIO_new_mem_buf(key.private_key.data(), static_cast<int>(key.private_key.size()))};
  // A key under a passphrase must fail instead of asking the terminal for it.
  state->key.reset(PEM_read_bio_PrivateKey(
      in.get(), nullptr, [](char*, int, int, void*) { return -1; }, nullptr));
  if (!state->key)
    return fail(Code::invalid_input, "the DKIM key of selector '{}' is no private key in PEM without passphrase",
                key.selector);
  switch (EVP_PKEY_get_base_id(state->key.get())) {
    case EVP_PKEY_RSA:
      state->algorithm = DkimAlgorithm::rsa_sha256;
      if (EVP_PKEY_get_bits(state->key.get()) < kLeastBits)
        return fail(Code::invalid_input, "the DKIM key of selector '{}' has {} bits; receivers want {} or more",
                    key.selector, EVP_PKEY_get_bits(state->key.get()), kLeastBits);
      break;
    case EVP_PKEY_ED25519: state->algorithm = DkimAlgorithm::ed25519_sha256; break;
    default: return fail(Code::invalid_input, "the DKIM key of selector '{}' is neither RSA nor Ed25519", key.selector);
  }
  return DkimSigner{std::move(state)};
}

Result<std::string> DkimSigner::sign(std::string_view message, base::Instant at) const {
  const std::size_t gap = message.find("\r\n\r\n");
  const std::string_view header = gap == std::string_view::npos ? message : message.substr(0, gap + 2);
  const std::string_view body = gap == std::string_view::npos ? std::string_view{} : message.substr(gap + 4);
  std::vector<Field> fields = fields_of(header);

  base::Digest body_hash = base::sha256(relaxed_body(body));
  std::string names = "h=", text;
  std::size_t column = 3;
  for (const std::string_view name : kSigned) {
    if (names.size() > 2) names += ':', ++column;
    if (column + name.size() > kMostLine) names += "\r\n  ", column = 2;
    names += name;
    column += name.size();
    // RFC 6376 §5.4.2: of several fields the last not yet taken; one that is not there signs its absence.
    const auto found = std::ranges::find(fields.rbegin(), fields.rend(), name, &Field::name);
    if (found == fields.rend()) continue;
    text += relaxed_field(found->whole) + "\r\n";
    found->name.clear();
  }
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
  std::string field =
      fmt::format("DKIM-Signature: v=1; a={}; c=relaxed/relaxed; d={};\r\n s={}; t={};\r\n {};\r\n bh={};\r\n b=",
                  state_->algorithm == DkimAlgorithm::rsa_sha256 ? "rsa-sha256" : "ed25519-sha256", state_->domain,
                  state_->selector, seconds, names, base::to_base64(as_text(body_hash)));
  text += relaxed_field(field);
  WB_ASSIGN(const std::string signature, raw_signature(state_->key.get(), state_->algorithm, text));
  field += folded_base64(signature, 3);
  field += "\r\n";
  return field;
}

std::string DkimSigner::public_record() const {
  if (state_->algorithm == DkimAlgorithm::ed25519_sha256) {
    std::array<unsigned char, 32> raw{};
    std::size_t size = raw.size();
    WB_CHECK(EVP_PKEY_get_raw_public_key(state_->key.get(), raw.data(), &size) == 1 && size == raw.size());
    return "v=DKIM1; k=ed25519; p=" + base::to_base64({reinterpret_cast<const char*>(raw.data()), raw.size()});
  }
  const Bio out{BIO_new(BIO_s_mem())};
  WB_CHECK(i2d_PUBKEY_bio(out.get(), state_->key.get()) == 1);
  return "v=DKIM1; k=rsa; p=" + base::to_base64(take(out));
}

std::string DkimSigner::record_name() const { return state_->selector + "._domainkey." + state_->domain; }

}  // namespace adapter::smtp
