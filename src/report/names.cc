#include "report/names.h"

#include <algorithm>

namespace report {

using text::Language;
using text::say;
using text::Word;

namespace {

std::string_view in_family(Language language, Word first, std::size_t k) {
  return say(language, static_cast<Word>(static_cast<std::size_t>(first) + k));
}

}  // namespace

std::string_view say_stage(Language language, model::Stage stage) {
  return in_family(language, Word::stage_new, static_cast<std::size_t>(stage));
}

std::string_view say_segment(Language language, model::Segment segment) {
  return in_family(language, Word::segment_champions, static_cast<std::size_t>(segment));
}

std::string say_warning(Language language, std::string_view warning) {
  const std::size_t dot = warning.find('.');
  const std::string_view name = warning.substr(0, dot);
  const std::string model = say_model(dot == std::string_view::npos ? std::string_view{} : warning.substr(dot + 1));
  if (warning == "business.replacement_unknown") return std::string{say(language, Word::business_replacement_unknown)};
  if (warning == "business.hours_unknown") return std::string{say(language, Word::business_hours_unknown)};
  if (name == "business") return std::string{say(language, Word::business_no_events)};
  if (name == "season_unknown") return std::string{say(language, Word::warning_season_unknown)};
  if (name == "amounts_unknown") return std::string{say(language, Word::warning_amounts_unknown)};
  if (name == "no_repeat_purchases") return std::string{say(language, Word::warning_no_repeat_purchases)};
  if (name == "short_history") return std::string{say(language, Word::warning_short_history)};
  if (name == "model_not_judged") return say(language, Word::warning_model_not_judged, fmt::arg("model", model));
  if (name == "no_dropout") return say(language, Word::warning_no_dropout, fmt::arg("model", model));
  if (name == "not_converged") return say(language, Word::warning_not_converged, fmt::arg("model", model));
  return {};
}

std::string calm(std::string_view item) {
  std::string result{item};
  if (std::any_of(item.begin(), item.end(), [](char c) { return c >= 'a' && c <= 'z'; })) return result;
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

std::string say_model(std::string_view model) {
  if (model == "bg_nbd") return "BG/NBD";
  if (model == "pareto_nbd") return "Pareto/NBD";
  if (model == "nbd") return "NBD";
  if (model == "mbg_nbd") return "MBG/NBD";
  if (model == "bg_cnbd_k") return "BG/CNBD-k";
  if (model == "mbg_cnbd_k") return "MBG/CNBD-k";
  if (model == "bg_bb") return "BG/BB";
  if (model == "gamma_gamma") return "Gamma-Gamma";
  return std::string{model};
}

std::string say_rival(Language language, std::string_view rival) {
  if (rival == "winback") return std::string{say(language, Word::rival_winback)};
  if (rival == "recency") return std::string{say(language, Word::rival_recency)};
  if (rival == "btyd") return std::string{say(language, Word::rival_btyd)};
  if (rival == "base_rate") return std::string{say(language, Word::rival_base_rate)};
  return std::string{rival};
}

}  // namespace report
