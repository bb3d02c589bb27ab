#include "console/words.h"

#include "model/churn.h"

namespace console {

using text::Language;
using text::say;
using text::Word;

namespace {

/// Catalogue entries of one family stand in the order of the enumeration they name.
std::string_view in_family(Language language, Word first, std::size_t index) {
  return say(language, static_cast<Word>(static_cast<std::size_t>(first) + index));
}

}  // namespace

std::string say_channel(Language language, std::string_view channel) {
  constexpr std::pair<std::string_view, Word> kChannels[] = {
      {"email", Word::story_channel_email}, {"sms", Word::story_channel_sms},       {"phone", Word::story_channel_phone},     {"push", Word::story_channel_push},
      {"wechat", Word::story_channel_wechat}, {"in_app", Word::story_channel_in_app}, {"webhook", Word::story_channel_webhook}, {"*", Word::story_channel_all}};
  for (const auto& [name, word] : kChannels) {
    if (name == channel) return std::string{say(language, word)};
  }
  return std::string{channel};
}

std::string_view say_state(Language language, model::MessageState state) {
  return in_family(language, Word::message_state_ready, static_cast<std::size_t>(state));
}

std::string_view say_response(Language language, model::ResponseKind kind) {
  return in_family(language, Word::response_delivered, static_cast<std::size_t>(kind));
}

std::string say_churn_reason(Language language, std::string_view reason) {
  for (std::size_t i = 0; i < model::kChurnReasons; ++i) {
    if (model::name_of(static_cast<model::ChurnReason>(i)) == reason) return std::string{in_family(language, Word::churn_short_silence, i)};
  }
  return std::string{reason};
}

std::string say_letter(std::string_view letter) {
  const std::size_t slash = letter.find('/');
  if (slash == std::string_view::npos) return std::string{letter};
  return std::string{letter.substr(0, slash)} + ": " + std::string{letter.substr(slash + 1)};
}

std::string masked(std::string_view address) {
  const std::size_t at = address.rfind('@');
  if (at != std::string_view::npos) {
    std::size_t first = at > 0 ? 1 : 0;
    while (first < at && (static_cast<unsigned char>(address[first]) & 0xC0) == 0x80) ++first;  // a whole character
    return std::string{address.substr(0, first)} + "…" + std::string{address.substr(at)};
  }
  if (address.size() <= 5) return "…";
  return std::string{address.substr(0, 3)} + "…" + std::string{address.substr(address.size() - 2)};
}

}  // namespace console
