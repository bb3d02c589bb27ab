#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/reason.h"
#include "stats/text_model.h"

namespace understand::reasons {

/// A text whose topic is known: the customer chose the reason from a list when writing it.
struct OwnText {
  std::string text;
  std::size_t topic = 0;
};

/// The topics one kind of business knows: its reasons without "unclear", then "content" (satisfied).
struct TopicNames {
  std::vector<std::string> id;
  std::vector<std::vector<std::string>> also;

  static TopicNames of(const model::ReasonRules& rules, std::string_view business);
  std::size_t content() const { return id.size() - 1; }
  std::size_t reasons() const { return id.size() - 1; }

  /// The topic of that name or of another name of it; nothing for an unknown one.
  std::optional<std::size_t> find(std::string_view name) const;
};

/// What texts are about. Learned from the seed sentences and from a shop's own answers: with n of its own for a topic
/// that topic's seeds weigh 40/(40 + n), so that the shop's words take over as they grow.
class Topics {
 public:
  /// `texts.classes` seeds are needed for at least two topics.
  static base::Result<Topics> learn(const model::ReasonRules& rules, const TopicNames& names, const std::vector<OwnText>& own);

  /// Probability of each topic, all equally likely beforehand. Even shares for a text without a known word.
  std::vector<double> about(std::string_view text) const;

  /// Below this probability of the likeliest topic the text is called unclear.
  double threshold() const { return threshold_; }
  const stats::TextCheck& check() const { return model_->check(); }

 private:
  std::optional<stats::TextModel> model_;
  std::size_t topics_ = 0;
  double threshold_ = 0;
};

}  // namespace understand::reasons
