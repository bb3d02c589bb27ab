#include "collect/contacts.h"

#include "base/email.h"
#include "base/random.h"

namespace collect {

using base::Result;

std::string normal_email(std::string_view text) {
  if (text.find('*') != std::string_view::npos) return {};
  std::string written;
  for (const char c : text) {
    if (c != ' ' && c != '\t') written += c;
  }
  const auto address = base::parse_email(written);
  return address ? address->normal() : std::string{};
}

std::string normal_phone(std::string_view text) {
  if (text.find('*') != std::string_view::npos) return {};
  std::string digits;
  bool plus = false;
  for (const char c : text) {
    if (c == '+')
      plus = true;
    else if (c >= '0' && c <= '9')
      digits += c;
    else if (c != ' ' && c != '-' && c != '(' && c != ')' && c != '.' && c != '\'')
      return {};
  }
  if (!plus && digits.starts_with("00")) {
    plus = true;
    digits.erase(0, 2);
  }
  const auto chinese = [](std::string_view d) { return d.size() == 11 && d[0] == '1' && d[1] >= '3'; };
  if (!plus && chinese(digits)) return "+86" + digits;
  if (!plus && digits.size() == 13 && digits.starts_with("86") && chinese(std::string_view{digits}.substr(2)))
    return "+" + digits;
  if (digits.size() < 7 || digits.size() > 15) return {};
  return (plus ? "+" : "") + digits;
}

ContactBook::ContactBook(port::ContactStore& store, bool dry)
    : store_(store), dry_(dry), known_(kCached), remembered_(kCached, 0) {}

Result<std::string_view> ContactBook::pseudonym(const std::string& address) {
  Known& known = known_[base::stable_hash(address) % kCached];
  if (known.address != address || known.pseudonym.empty()) {
    WB_ASSIGN(known.pseudonym, store_.pseudonym(address));
    known.address = address;
  }
  return known.pseudonym;
}

Result<void> ContactBook::remember(model::ContactPoint point) {
  if (dry_) return {};
  const std::uint64_t slot = base::stable_hash(point.customer_id, base::stable_hash(point.channel));
  const std::uint64_t content =
      base::stable_hash(point.address, base::stable_hash(point.name, slot + (point.opted_out ? 1 : 0))) | 1;
  std::uint64_t& seen = remembered_[slot % kCached];
  if (seen == content) return {};
  seen = content;
  pending_.push_back(std::move(point));
  return pending_.size() >= kBatch ? flush() : Result<void>{};
}

void ContactBook::count_without_texts(std::string_view phone, bool landline) {
  const std::uint64_t hash = base::stable_hash(phone) | 1;
  counted_.resize(kCached, 0);
  std::uint64_t& seen = counted_[(hash >> 1) % kCached];
  if (seen == hash) return;
  seen = hash;
  ++(landline ? landlines_ : wrong_phones_);
}

Result<void> ContactBook::flush() {
  if (pending_.empty()) return {};
  WB_TRY(store_.put(pending_));
  stored_ += pending_.size();
  pending_.clear();
  return {};
}

}  // namespace collect
