#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"

namespace adapter::smtp {

enum class DkimAlgorithm : std::uint8_t { rsa_sha256, ed25519_sha256 };

/// A private key and where its public half stands: the TXT record `selector._domainkey.domain`.
struct DkimKey {
  std::string domain;
  std::string selector;
  std::string private_key;  ///< PEM
};

/// A new private key as PEM: RSA with 2048 bits (RFC 8301), or Ed25519 (RFC 8463).
base::Result<std::string> new_dkim_key(DkimAlgorithm algorithm);

/// Signs letters (RFC 6376), relaxed/relaxed. The signature covers the header fields a letter of ours has and those
/// nobody may add: From (twice, so that a second one breaks it), To, Subject, Date, Message-ID, Reply-To, List-Id,
/// List-Unsubscribe, List-Unsubscribe-Post, Feedback-ID, MIME-Version, Content-Type. Signing is safe from several
/// threads at once.
class DkimSigner {
 public:
  /// Refuses keys that are no RSA of at least 2048 bits and no Ed25519 key.
  static base::Result<DkimSigner> open(const DkimKey& key);

  DkimSigner(DkimSigner&&) noexcept;
  DkimSigner& operator=(DkimSigner&&) noexcept;
  ~DkimSigner();

  /// The field "DKIM-Signature: …\r\n" to be put before the message. The message has CRLF line ends. The same message
  /// and time give the same bytes.
  base::Result<std::string> sign(std::string_view message, base::Instant at) const;

  /// What the TXT record has to say: "v=DKIM1; k=rsa; p=…".
  std::string public_record() const;

  /// "selector._domainkey.domain"
  std::string record_name() const;

 private:
  struct State;
  explicit DkimSigner(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// The body in relaxed form (RFC 6376 §3.4.4).
std::string relaxed_body(std::string_view body);

/// One header field in relaxed form, without its line end (RFC 6376 §3.4.2). `field` may be folded.
std::string relaxed_field(std::string_view field);

}  // namespace adapter::smtp
