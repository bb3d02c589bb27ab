#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace model {

/// A text in en, zh-CN and zh-TW, in that order.
using InLanguages = std::array<std::string, 3>;

/// Who can do something about a reason.
enum class Actor : std::uint8_t { product, operations, nobody };

/// What to do for those who left for a reason.
struct Playbook {
  std::string id;
  InLanguages name;
  InLanguages text;
};

/// Why a customer left (presets/reasons.yaml).
struct Reason {
  std::string id;
  InLanguages name;
  Actor actor = Actor::nobody;
  std::string playbook;
  bool blocks = false;                 ///< win-back waits until it is fixed
  double share = 0;                    ///< assumed weight among those who leave
  std::vector<std::string> business;   ///< only there; empty = everywhere
  std::vector<std::string> also;       ///< other names of it
};

/// Where a sign of a reason comes from.
enum class EvidenceSource : std::uint8_t { transactions, paths, words };

/// Something a customer did or that happened to them.
struct Signal {
  std::string id;
  InLanguages name;
  EvidenceSource source = EvidenceSource::transactions;
  std::map<std::string, double> ratios;  ///< by reason: how many times as often as among other leavers; absent = 1
};

/// What customers say about each topic, for the classifier.
struct SeedText {
  std::string topic;  ///< a reason's id, or "content": satisfied
  std::string text;
};

/// Everything about reasons that is data.
struct ReasonRules {
  std::vector<Playbook> playbooks;
  std::vector<Reason> reasons;  ///< "unclear" among them
  std::vector<Signal> signals;
  std::map<std::string, double> speech;  ///< by kind of feedback: chance that the words are about why they leave
  std::vector<SeedText> seeds;
  double prior_weight = 40;  ///< stated reasons the assumed shares are worth
  double ratio_weight = 20;  ///< stated reasons an assumed ratio is worth
  double cap = 50;           ///< no single piece of evidence moves the odds by more
  double least = 0.4;        ///< below this the verdict is "unclear"
  double listed = 0.15;      ///< further reasons are named from here on
  double product_blocks_from = 0.6;
  double need_gone_from = 0.8;
  std::int32_t speech_days = 45;  ///< words count from so many days before the last purchase on
};

inline std::string_view name_of(Actor actor) {
  switch (actor) {
    case Actor::product: return "product";
    case Actor::operations: return "operations";
    case Actor::nobody: return "nobody";
  }
  return "";
}

inline std::string_view name_of(EvidenceSource source) {
  switch (source) {
    case EvidenceSource::transactions: return "transactions";
    case EvidenceSource::paths: return "paths";
    case EvidenceSource::words: return "words";
  }
  return "";
}

}  // namespace model
