#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "model/message.h"

namespace act::letter {

/// The lines between "---" that a letter begins with: "key: text" each.
struct FrontMatter {
  std::string_view subject;    ///< Liquid, one line
  std::string_view preheader;  ///< Liquid, one line; may be empty
  std::size_t subject_line = 0;
  std::size_t preheader_line = 0;
  std::string_view title;      ///< Liquid: the title of a short message; empty: the subject
  std::string_view brief;      ///< "short: …", Liquid: the text for channels other than e-mail; `{{ link }}` is where it leads
  std::string_view link;       ///< Liquid: where a short message leads
  std::size_t title_line = 0, brief_line = 0, link_line = 0;
  /// "template.sms: SMS_1 | name = {{ customer.first_name }} | days = 3": what a provider's own template is filled with.
  struct Template {
    std::string_view channel, id;
    std::vector<std::pair<std::string_view, std::string_view>> fields;
    std::size_t line = 0;
  };
  std::vector<Template> templates;
  model::Purpose purpose = model::Purpose::marketing;
  bool gives_money = false;    ///< "money: yes" or "adults_only: yes": spending offers and pressure by scarcity or streaks, which minors never get
  std::string_view survey;     ///< "survey: nps": which one links.survey leads to; may be empty
  std::string_view body;       ///< what follows
  std::size_t body_line = 1;   ///< the line of the file it begins on
};

/// Views into `text`. Fails with file, line and what to do when there is none, or a key is unknown or stands twice.
base::Result<FrontMatter> read_front_matter(std::string_view file, std::string_view text, std::size_t first_line = 1);

}  // namespace act::letter
