#pragma once

#include <string>
#include <string_view>

#include "model/profile.h"
#include "text/language.h"

namespace report {

std::string_view say_stage(text::Language language, model::Stage stage);
std::string_view say_segment(text::Language language, model::Segment segment);

/// The sentence for a warning's stable name ("season_unknown", "no_dropout.pareto_nbd", …); empty for an unknown one.
std::string say_warning(text::Language language, std::string_view warning);

/// A product's name as it stands in a sentence: names all in capitals, as tills print them, become small letters.
std::string calm(std::string_view item);

/// A purchase model by its proper name: "BG/NBD" for bg_nbd.
std::string say_model(std::string_view model);

/// How a rival of the out-of-time check is called.
std::string say_rival(text::Language language, std::string_view rival);

}  // namespace report
