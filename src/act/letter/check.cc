#include "act/letter/check.h"

#include <algorithm>
#include <set>

#include "act/letter/data.h"
#include "act/letter/urgency.h"

namespace act::letter {
namespace {

/// "orders.last" and "recommendations[]" of "orders.last.date" and "recommendations[].name".
bool is_part_of(std::string_view path, std::string_view known) {
  return known.starts_with(path) && (known.size() == path.size() || known[path.size()] == '.' || known[path.size()] == '[');
}

bool is_known(std::string_view path, const Known& known) {
  return std::ranges::any_of(known_variables(), [&](std::string_view one) { return is_part_of(path, one); }) ||
         std::ranges::any_of(known.more_variables, [&](const std::string& one) { return is_part_of(path, one); });
}

/// The size of a list or text is no variable of its own, and its first and last are any of its elements, unless there is
/// a member of that name.
bool exists(std::string_view path, const Known& known) {
  std::string resolved;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find_first_of(".[", 1), path.size());
    const std::string_view segment = path.substr(0, end);
    path.remove_prefix(end);
    if (is_known(resolved + std::string(segment), known)) {
      resolved += segment;
    } else if ((segment == ".first" || segment == ".last") && is_known(resolved + "[]", known)) {
      resolved += "[]";
    } else {
      return segment == ".size" && path.empty();
    }
  }
  return true;
}

/// One variant's problems, each told once.
class Check {
 public:
  Check(const Letters& letters, const Letter& letter, const Variant& variant, const Known& known, std::vector<Problem>& problems)
      : letter_(letter), variant_(variant), partials_(letters.partials(variant.language)), known_(known), problems_(problems) {}

  void run(const Letters& letters) {
    const auto find = [this](std::string_view name) { return partials_.find(name); };
    std::vector<liquid::Variable> used;
    std::vector<const liquid::Template*> parts{&variant_.subject};
    for (const auto* part : {&variant_.preheader, &variant_.title, &variant_.brief, &variant_.link}) {
      if (*part) parts.push_back(&**part);
    }
    for (const Variant::Filled& filled : variant_.templates) {
      for (const auto& [field, part] : filled.fields) parts.push_back(&part);
    }
    parts.push_back(&variant_.source);
    for (const liquid::Template* part : parts) {
      for (const liquid::Variable& name : liquid::partials_used(*part)) {
        if (partials_.find(name.path) == nullptr)
          say(name.where, name.line, fmt::format("there is no partial '{}'; check its name, or add {}.liquid", name.path, name.path));
      }
      for (liquid::Variable& one : liquid::variables(*part, find)) used.push_back(std::move(one));
      for (const liquid::LiteralText& text : liquid::literal_texts(*part)) {
        for (const Urgency& hurry : find_urgency(text.text, text.line)) {
          say(variant_.file, hurry.line,
              fmt::format("'{}' hurries the reader in plain words; write it from the facts, as {{{{ offer.ends_at }}}} or {{{{ product.stock }}}}, or leave it out",
                          hurry.phrase));
        }
      }
    }
    for (const liquid::Variable& one : used) variable(one);
    // What the parts of its frame bring in stands in the compiled text only.
    std::vector<liquid::Variable> whole = liquid::variables(variant_.html, find);
    for (const liquid::Variable& one : whole) {
      if (std::ranges::find(used, one.path, &liquid::Variable::path) == used.end()) variable(one);
    }
    if (letter_.purpose == model::Purpose::marketing) links(whole);
    if (variant_.html_bytes > kMostHtmlBytes)
      say(variant_.file, 1, fmt::format("the letter is {} bytes long, and mail services cut it off past {}; make it shorter", variant_.html_bytes, kMostHtmlBytes));
    trial(letters);
  }

 private:
  void say(std::string_view file, std::size_t line, std::string sentence) {
    if (!said_.insert(fmt::format("{}:{}:{}", file, line, sentence)).second) return;
    problems_.push_back({std::string(file), line, std::move(sentence)});
  }

  void variable(const liquid::Variable& one) {
    if (one.path.starts_with("event.") && !one.path.starts_with("event.items")) return;  // whatever the shop sends with it
    if (one.path.starts_with("facts.") && one.path != "facts.size") {
      const std::string_view key = std::string_view(one.path).substr(6, one.path.find_first_of(".[", 6) - 6);
      const auto fact = std::ranges::find(known_.facts, key, &KnownFact::key);
      if (fact == known_.facts.end()) {
        say(one.where, one.line, fmt::format("there is no fact '{}'; add it to facts.yaml with its source and its last day, or leave the claim out", key));
      } else if (fact->expires && *fact->expires < known_.today) {
        say(one.where, one.line, fmt::format("the fact '{}' held until {}; check it and set a new last day in facts.yaml, or leave the claim out", key,
                                             base::to_string(*fact->expires)));
      }
      return;
    }
    if (!exists(one.path, known_))
      say(one.where, one.line, fmt::format("there is no variable '{}'; docs/letters.md lists those there are", one.path));
  }

  void links(const std::vector<liquid::Variable>& used) {
    const auto has = [&](std::string_view path) { return std::ranges::find(used, path, &liquid::Variable::path) != used.end(); };
    if (!has("links.unsubscribe"))
      say(variant_.file, 1, "the letter has no link to unsubscribe; add {% render 'footer' %}, or {{ links.unsubscribe }}");
    if (!has("links.less_often") && !has("links.preferences"))
      say(variant_.file, 1, "the letter has no link to choose or to get fewer; add {% render 'footer' %}, or {{ links.less_often }}");
  }

  /// Renders it for an invented customer: mistakes of its logic and limits show only then.
  void trial(const Letters& letters) {
    const LetterData data = sample_data(variant_.language);
    Occasion occasion;
    occasion.reader = occasion.shop = variant_.language;
    occasion.strict = false;
    occasion.now = base::Instant{data.today};
    if (const auto made = render(letters, letter_, value_of(data), occasion); !made) {
      const std::string& message = made.error().message;
      say(variant_.file, 1, fmt::format("it cannot be rendered: {}", message));
    } else if (made->subject.empty()) {
      say(variant_.file, 2, "the subject comes out empty for an invented customer");
    }
  }

  const Letter& letter_;
  const Variant& variant_;
  const Partials& partials_;
  const Known& known_;
  std::vector<Problem>& problems_;
  std::set<std::string> said_;
};

}  // namespace

std::vector<Problem> check(const Letters& letters, const Letter& letter, const Known& known) {
  std::vector<Problem> problems;
  for (const Variant& variant : letter.variants) {
    std::vector<Problem> own;
    Check(letters, letter, variant, known, own).run(letters);
    std::ranges::stable_sort(own, {}, [&](const Problem& p) { return std::pair(p.file != variant.file, p.line); });
    problems.insert(problems.end(), std::make_move_iterator(own.begin()), std::make_move_iterator(own.end()));
  }
  return problems;
}

}  // namespace act::letter
