#include "access/password.h"

#include <argon2.h>
#include <sys/random.h>

#include <array>
#include <chrono>
#include <semaphore>

namespace entry {

using base::Code;
using base::fail;
using base::Result;

namespace {

constexpr std::uint32_t kLanes = 1, kSalt = 16, kHash = 32;
constexpr std::size_t kMostBytes = 512;

std::counting_semaphore<2> places{2};

/// One of the two places, for as long as it lives.
class Place {
 public:
  Place() : taken_(places.try_acquire_for(std::chrono::seconds{5})) {}
  ~Place() {
    if (taken_) places.release();
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  explicit operator bool() const { return taken_; }

 private:
  bool taken_;
};

std::string prefix(HashCost cost) { return fmt::format("$argon2id$v=19$m={},t={},p={}$", cost.memory_kib, cost.passes, kLanes); }

}  // namespace

Result<std::string> Passwords::hash(std::string_view password) const {
  if (password.size() > kMostBytes) return fail(Code::invalid_input, "the password is longer than {} bytes", kMostBytes);
  const Place place;
  if (!place) return fail(Code::exhausted, "too many people sign in at once; try again in a moment");
  std::array<std::uint8_t, kSalt> salt{};
  WB_CHECK(getrandom(salt.data(), salt.size(), 0) == static_cast<ssize_t>(salt.size()));
  std::string encoded(argon2_encodedlen(cost_.passes, cost_.memory_kib, kLanes, kSalt, kHash, Argon2_id), '\0');
  const int problem = argon2id_hash_encoded(cost_.passes, cost_.memory_kib, kLanes, password.data(), password.size(), salt.data(),
                                            salt.size(), kHash, encoded.data(), encoded.size());
  if (problem != ARGON2_OK) return fail(Code::exhausted, "the password could not be hashed: {}", argon2_error_message(problem));
  encoded.resize(encoded.find('\0'));
  return encoded;
}

Result<bool> Passwords::check(std::string_view password, const std::string& encoded) const {
  const bool real = encoded.starts_with("$argon2id$") && password.size() <= kMostBytes;
  const Place place;
  if (!place) return fail(Code::exhausted, "too many people sign in at once; try again in a moment");
  // Salt and digest of nobody's password; the cost is that of a true one.
  const std::string tried = real ? encoded : prefix(cost_) + "AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
  const std::string_view offered = password.substr(0, kMostBytes);
  const int verdict = argon2id_verify(tried.c_str(), offered.data(), offered.size());
  if (verdict == ARGON2_MEMORY_ALLOCATION_ERROR) return fail(Code::exhausted, "there is too little memory to check a password");
  return real && verdict == ARGON2_OK;
}

bool Passwords::is_outdated(std::string_view encoded) const { return !encoded.starts_with(prefix(cost_)); }

}  // namespace entry
