#include "model/offer.h"

namespace model {
namespace {

constexpr std::array<std::string_view, kOfferKinds> kNames = {
    "reminder", "free_shipping", "percent",  "amount",      "gift",    "credit", "buy_one_get_one", "bundle", "sample",
    "spend_gift", "birthday",    "anniversary", "mystery",  "points",  "call",   "virtual_goods",   "pause"};

}  // namespace

std::string_view name_of(OfferKind kind) { return kNames[static_cast<std::size_t>(kind)]; }

std::optional<OfferKind> parse_offer_kind(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<OfferKind>(i);
  }
  return std::nullopt;
}

}  // namespace model
