#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/import.h"
#include "port/store.h"

namespace collect {

/// An e-mail address in its normal form (base::EmailAddress::normal) without blanks; empty when it is none, or is masked
/// with stars.
std::string normal_email(std::string_view text);

/// A phone number as + and digits where the country is known (Chinese mobile numbers get +86), digits alone
/// otherwise; empty when it is none, or is masked with stars.
std::string normal_phone(std::string_view text);

/// Keeps contact data out of the warehouse: addresses become pseudonyms, and go to the Store. Used from one thread.
/// Memory is bounded: a customer met again after many others is stored again, which changes nothing.
class ContactBook {
 public:
  /// With `dry` nothing is stored; pseudonyms are the same.
  ContactBook(port::ContactStore& store, bool dry);

  /// The pseudonym of a normalised address; valid until the next call.
  base::Result<std::string_view> pseudonym(const std::string& address);

  base::Result<void> remember(model::ContactPoint point);
  base::Result<void> flush();
  std::uint64_t stored() const { return stored_; }

  /// Counts a number that gets no text messages, once for each number: a landline, or none at all.
  void count_without_texts(std::string_view phone, bool landline);
  std::uint64_t landlines() const { return landlines_; }
  std::uint64_t wrong_phones() const { return wrong_phones_; }

 private:
  static constexpr std::size_t kCached = 1 << 15;
  static constexpr std::size_t kBatch = 4096;
  struct Known {
    std::string address;
    std::string pseudonym;
  };
  port::ContactStore& store_;
  bool dry_;
  std::vector<Known> known_;
  std::vector<std::uint64_t> remembered_;
  std::vector<model::ContactPoint> pending_;
  std::uint64_t stored_ = 0;
  std::uint64_t landlines_ = 0, wrong_phones_ = 0;
  std::vector<std::uint64_t> counted_;  ///< hashes of numbers without texts, by slot
};

}  // namespace collect
