#include "model/campaign.h"

#include <array>

namespace model {
namespace {

constexpr std::array<std::string_view, 3> kCampaigns = {"running", "paused", "ended"};
constexpr std::array<std::string_view, kMessageStates> kMessages = {
    "ready",       "claimed", "attempting", "accepted", "rejected", "unknown",
    "unconfirmed", "dropped", "ghost",      "cancelled"};
constexpr std::array<std::string_view, kResponseKinds> kResponses = {
    "delivered",  "opened",    "clicked",  "bounced_hard", "bounced_soft",
    "complained", "opted_out", "answered", "bought",       "redeemed"};
constexpr std::array<std::string_view, 5> kCodes = {"pool", "issued", "redeemed", "expired", "revoked"};

}  // namespace

std::string_view name_of(CampaignState state) { return kCampaigns[static_cast<std::size_t>(state)]; }
std::string_view name_of(MessageState state) { return kMessages[static_cast<std::size_t>(state)]; }
std::string_view name_of(ResponseKind kind) { return kResponses[static_cast<std::size_t>(kind)]; }
std::string_view name_of(CodeState state) { return kCodes[static_cast<std::size_t>(state)]; }

}  // namespace model
