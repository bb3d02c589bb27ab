#pragma once

#include <string>
#include <vector>

#include "app/steps.h"
#include "text/language.h"

namespace app {

/// Something a customer wrote, for showing it.
struct Quote {
  std::string kind;
  base::Day day;
  std::string text;
};

/// The reasons of a whole shop, for a person.
std::string describe_reasons(const AnalyzeStep& step, text::Language language);

/// One line for the end of `analyze`; empty where nothing was found.
std::string describe_reasons_briefly(const AnalyzeStep& step, text::Language language);

/// One customer's reasons with what speaks for them. `row` is theirs in the profiles.
std::string describe_reasons_of(const AnalyzeStep& step, std::size_t row, const std::vector<Quote>& quotes, text::Language language);

/// The same as JSON; docs/formats.md lists the keys.
std::string reasons_json(const AnalyzeStep& step);
std::string reasons_json_of(const AnalyzeStep& step, std::size_t row, const std::vector<Quote>& quotes);

}  // namespace app
