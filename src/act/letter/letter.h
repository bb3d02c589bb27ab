#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "act/letter/language.h"
#include "act/letter/links.h"
#include "base/error.h"
#include "base/time.h"
#include "liquid/template.h"
#include "model/message.h"

namespace act::letter {

/// A file of a letter or of a partial.
struct Source {
  std::string path;      ///< "templates/letters/five-letters/memory.zh-CN.mjml", "…/partials/footer.en.liquid"
  std::string text;
  std::string compiled;  ///< HTML made from MJML or plain text with the lines on top; empty for .html and partials
  std::string shown;     ///< the file as it is named to people; empty: the path
  std::size_t first_line = 1;  ///< where in that file the text begins
};

/// What the program ships: its letters, and its partials.
std::vector<Source> shipped_letters();
std::vector<Source> shipped_partials();

/// The page letters of plain text stand in (see read_plain).
std::string_view shipped_frame();

/// Partials ("footer.zh-CN.liquid", "address.liquid") of one language.
class Partials {
 public:
  const liquid::Template* find(std::string_view name) const;
  void add(std::string name, liquid::Template made) { templates_.insert_or_assign(std::move(name), std::move(made)); }

 private:
  std::map<std::string, liquid::Template, std::less<>> templates_;
};

/// A letter in one language.
struct Variant {
  Language language = Language::en;
  std::string file;
  liquid::Template subject;
  liquid::Template html;
  liquid::Template source;                    ///< the file as it was written, for what is said of its lines
  std::optional<liquid::Template> preheader;  ///< shown by `html`; here for what is said of its line
  std::size_t html_bytes = 0;
  std::optional<liquid::Template> title;  ///< of a short message; none: the subject
  std::optional<liquid::Template> brief;  ///< its text; none: only e-mail can carry this letter
  std::optional<liquid::Template> link;   ///< where it leads; none: the shop
  struct Filled {
    std::string channel, id;
    std::vector<std::pair<std::string, liquid::Template>> fields;
  };
  std::vector<Filled> templates;  ///< of providers
};

/// A letter in its languages, read once. Immutable.
struct Letter {
  std::string id;  ///< "five-letters/memory"
  model::Purpose purpose = model::Purpose::marketing;
  bool uses_offer = false;   ///< it shows the offer in any case: of no use after the code's end
  bool gives_money = false;  ///< it names an offer in any case, or says `money: yes` or `adults_only: yes`
  bool asks = false;         ///< it shows links.survey, where there is one
  std::string survey;        ///< which survey; empty = the usual one
  std::vector<Variant> variants;
};

/// All letters, with their partials. Immutable, shared between threads.
class Letters {
 public:
  /// Reads the letters and the partials; a later source replaces an earlier one of the same name and language. The error
  /// names file, line, and what to do.
  static base::Result<Letters> load(std::span<const Source> letters, std::span<const Source> partials);

  /// Null when there is none of that name.
  const Letter* find(std::string_view id) const;
  std::vector<std::string> ids() const;
  const Partials& partials(Language language) const { return partials_[static_cast<std::size_t>(language)]; }
  std::span<const Letter> all() const { return letters_; }

 private:
  std::vector<Letter> letters_;  ///< by id
  std::array<Partials, kLanguages> partials_;
};

/// For whom and when a letter is rendered.
struct Occasion {
  Language reader = Language::en;
  Language shop = Language::en;
  base::Instant now;
  const base::Zone* zone = nullptr;  ///< the reader's clock; UTC without one
  bool strict = true;                ///< a variable that is not there is an error, not an empty place
  LinkRewrite link;                  ///< gives tracking links; none: links stay
  std::string_view open_url;         ///< of the picture that tells of an opening; empty: none
  std::string_view channel = "email";  ///< another one: the short form, where there is one, with what its provider's template needs
};

/// The variant a reader gets.
const Variant& variant_for(const Letter& letter, Language reader, Language shop);

/// Subject, HTML and plain text for one reader. `data` as `value_of` makes it. Fails with the missing variable or the
/// limit. Safe from several threads.
base::Result<model::Content> render(const Letters& letters, const Letter& letter, const liquid::Value& data, const Occasion& occasion);

}  // namespace act::letter
