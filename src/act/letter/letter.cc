#include "act/letter/letter.h"

#include <algorithm>

#include "act/letter/front_matter.h"
#include "act/letter/html_to_text.h"
#include "act/letter/plain.h"
#include "gen/files.h"

namespace act::letter {
namespace {

/// What a path says: "…/letters/five-letters/memory.zh-CN.mjml" is "five-letters/memory" in zh-CN.
struct Named {
  std::string id;
  std::optional<Language> language;
};

Named named(std::string_view path, std::string_view folder) {
  // The last folder of that name: "five-letters/" is no "letters/".
  for (std::size_t at = path.size(); (at = path.rfind(folder, at)) != std::string_view::npos; --at) {
    if (at == 0 || path[at - 1] == '/') {
      path.remove_prefix(at + folder.size());
      break;
    }
    if (at == 0) break;
  }
  path = path.substr(0, path.rfind('.'));
  const std::size_t dot = path.rfind('.');
  if (dot == std::string_view::npos || path.find('/', dot) != std::string_view::npos) return {std::string(path), {}};
  const auto language = parse_language(path.substr(dot + 1));
  return {std::string(path.substr(0, dot)), language};
}

std::string replaced(std::string_view text, std::string_view what, std::string_view by) {
  std::string out;
  for (std::size_t at = 0; true;) {
    const std::size_t next = text.find(what, at);
    out += text.substr(at, next - at);
    if (next == std::string_view::npos) return out;
    out += by;
    at = next + what.size();
  }
}

/// Stands for the link of a short message until it is known; no text holds it.
constexpr std::string_view kLink = "\x1A";

base::Result<liquid::Template> read(std::string_view text, std::string_view file, std::size_t line) {
  return liquid::parse(text, {.name = std::string(file), .first_line = line});
}

struct Read {
  std::string id;
  model::Purpose purpose;
  bool gives_money;
  std::string survey;
  Variant variant;
};

base::Result<Read> read_letter(const Source& source) {
  const Named name = named(source.path, "letters/");
  if (!name.language) {
    return base::fail(base::Code::invalid_input, "{}: the file's name does not say its language; name it like memory.en.mjml, memory.zh-CN.mjml or memory.zh-TW.mjml",
                      source.path);
  }
  const bool mjml = source.path.ends_with(".mjml") || source.path.ends_with(".md");
  const std::string& shown = source.shown.empty() ? source.path : source.shown;
  if (mjml && source.compiled.empty())
    return base::fail(base::Code::invalid_input, "{}: the letter is not compiled; run 'winback letter compile'", source.path);
  WB_ASSIGN(const FrontMatter front, read_front_matter(shown, source.text, source.first_line));
  WB_ASSIGN(const FrontMatter made, read_front_matter(shown, mjml ? source.compiled : source.text));
  WB_ASSIGN(auto subject, read(front.subject, shown, front.subject_line));
  std::optional<liquid::Template> preheader;
  if (!front.preheader.empty()) {
    WB_ASSIGN(preheader, read(front.preheader, shown, front.preheader_line));
  }
  WB_ASSIGN(auto written, read(front.body, shown, front.body_line));
  // The page's title and its hidden first line are the subject and the preheader, with what they hold of Liquid.
  const std::string body = replaced(replaced(made.body, "{{ subject }}", made.subject), "{{ preheader }}", made.preheader);
  WB_ASSIGN(auto html, read(body, mjml ? shown + " (compiled)" : shown, made.body_line));
  Variant variant{*name.language, shown, std::move(subject), std::move(html), std::move(written), std::move(preheader), body.size(), {}, {}, {}, {}};
  const auto optional = [&](std::string_view text, std::size_t line, std::optional<liquid::Template>& into) -> base::Result<void> {
    if (text.empty()) return {};
    WB_ASSIGN(into, read(replaced(text, "{{ link }}", kLink), shown, line));
    return {};
  };
  WB_TRY(optional(front.title, front.title_line, variant.title));
  WB_TRY(optional(front.brief, front.brief_line, variant.brief));
  WB_TRY(optional(front.link, front.link_line, variant.link));
  for (const FrontMatter::Template& one : front.templates) {
    Variant::Filled filled{std::string{one.channel}, std::string{one.id}, {}};
    for (const auto& [field, value] : one.fields) {
      WB_ASSIGN(auto made_field, read(replaced(value, "{{ link }}", kLink), shown, one.line));
      filled.fields.emplace_back(std::string{field}, std::move(made_field));
    }
    variant.templates.push_back(std::move(filled));
  }
  return Read{name.id, front.purpose, front.gives_money, std::string{front.survey}, std::move(variant)};
}

/// A subject on one line: what would end a header line becomes a space.
std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const char shown = static_cast<unsigned char>(c) < ' ' || c == 0x7F ? ' ' : c;
    if (shown == ' ' && (line.empty() || line.back() == ' ')) continue;
    line += shown;
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

/// The short form: one text, where it leads, and what a provider's template is filled with.
base::Result<model::Content> render_brief(const Variant& variant, const liquid::Value& data, liquid::RenderOptions options, const Occasion& occasion) {
  options.autoescape = false;
  model::Content content;
  content.language = tag_of(variant.language);
  if (variant.link) {
    std::string link;
    WB_TRY(liquid::render(*variant.link, data, options, link));
    link = one_line(link);
    content.link = link.empty() || !occasion.link ? link : occasion.link(link);
  }
  const auto text = [&](const liquid::Template& part) -> base::Result<std::string> {
    std::string made;
    WB_TRY(liquid::render(part, data, options, made));
    return replaced(one_line(replaced(made, kLink, content.link)), kLink, "");
  };
  WB_ASSIGN(content.subject, text(variant.title ? *variant.title : variant.subject));
  WB_ASSIGN(content.text, text(*variant.brief));
  for (const Variant::Filled& one : variant.templates) {
    if (one.channel != occasion.channel) continue;
    content.template_id = one.id;
    for (const auto& [field, part] : one.fields) {
      WB_ASSIGN(std::string value, text(part));
      content.fields.emplace_back(field, std::move(value));
    }
  }
  return content;
}

std::string_view text_of(const liquid::Cell& cell) { return cell.type == liquid::Type::string ? cell.view() : std::string_view(); }

}  // namespace

std::vector<Source> shipped_letters() {
  constexpr std::string_view kFolder = "templates/letters/";
  std::vector<Source> sources;
  for (const gen::File& file : gen::files()) {
    if (!file.path.starts_with(kFolder) || file.path == "templates/letters/frame.mjml") continue;
    if (file.path.ends_with(".md")) {
      auto plain = read_plain(file.path, file.text, shipped_frame());
      WB_CHECK(plain.has_value());  // the tests read them all
      std::ranges::move(*plain, std::back_inserter(sources));
      continue;
    }
    if (!(file.path.ends_with(".mjml") || file.path.ends_with(".html"))) continue;
    const std::string_view path = file.path.substr(std::string_view("templates/").size());
    std::string_view compiled;
    if (path.ends_with(".mjml")) compiled = gen::file_text(std::string(path.substr(0, path.size() - 4)) + "html");
    sources.push_back({std::string(file.path), std::string(file.text), std::string(compiled)});
  }
  return sources;
}

std::string_view shipped_frame() {
  const std::string_view page = gen::file_text("letters/frame.html");
  return page.substr(page.find("\n---\n") + 5);  // without its own lines on top
}

std::vector<Source> shipped_partials() {
  std::vector<Source> sources;
  for (const gen::File& file : gen::files()) {
    if (file.path.starts_with("templates/partials/") && file.path.ends_with(".liquid"))
      sources.push_back({std::string(file.path), std::string(file.text), {}});
  }
  return sources;
}

const liquid::Template* Partials::find(std::string_view name) const {
  const auto found = templates_.find(name);
  return found == templates_.end() ? nullptr : &found->second;
}

base::Result<Letters> Letters::load(std::span<const Source> letters, std::span<const Source> partials) {
  Letters made;
  // Those for every language first, so that one in the reader's own language goes before it.
  for (const bool own_language : {false, true}) {
    for (const Source& source : partials) {
      const Named name = named(source.path, "partials/");
      if (name.language.has_value() != own_language) continue;
      WB_ASSIGN(const liquid::Template partial, read(source.text, source.path, 1));
      for (std::size_t l = 0; l < kLanguages; ++l) {
        if (!name.language || static_cast<std::size_t>(*name.language) == l) made.partials_[l].add(name.id, partial);
      }
    }
  }
  for (const Source& source : letters) {
    WB_ASSIGN(Read read, read_letter(source));
    auto letter = std::ranges::find(made.letters_, read.id, &Letter::id);
    if (letter == made.letters_.end()) letter = made.letters_.insert(made.letters_.end(), Letter{.id = read.id, .purpose = read.purpose, .variants = {}});
    letter->purpose = read.purpose;
    const Partials& own = made.partials(read.variant.language);
    const auto find = [&own](std::string_view name) { return own.find(name); };
    std::vector<const liquid::Template*> parts{&read.variant.subject, &read.variant.html};
    if (read.variant.brief) parts.push_back(&*read.variant.brief);
    if (read.variant.link) parts.push_back(&*read.variant.link);
    for (const liquid::Template* part : parts) {
      for (const liquid::Variable& variable : liquid::variables(*part, find)) {
        letter->uses_offer = letter->uses_offer || (variable.required && variable.path.starts_with("offer."));
        letter->asks = letter->asks || variable.path == "links.survey";
      }
    }
    if (!read.survey.empty()) letter->survey = read.survey;
    letter->gives_money = letter->gives_money || read.gives_money || letter->uses_offer;
    const auto same = std::ranges::find(letter->variants, read.variant.language, &Variant::language);
    if (same == letter->variants.end()) {
      letter->variants.push_back(std::move(read.variant));
    } else {
      *same = std::move(read.variant);
    }
  }
  std::ranges::sort(made.letters_, {}, &Letter::id);
  return made;
}

const Letter* Letters::find(std::string_view id) const {
  const auto found = std::ranges::lower_bound(letters_, id, {}, [](const Letter& letter) { return std::string_view(letter.id); });
  return found != letters_.end() && found->id == id ? &*found : nullptr;
}

std::vector<std::string> Letters::ids() const {
  std::vector<std::string> ids;
  for (const Letter& letter : letters_) ids.push_back(letter.id);
  return ids;
}

const Variant& variant_for(const Letter& letter, Language reader, Language shop) {
  for (const Language language : fallbacks(reader, shop)) {
    const auto found = std::ranges::find(letter.variants, language, &Variant::language);
    if (found != letter.variants.end()) return *found;
  }
  return letter.variants.front();
}

base::Result<model::Content> render(const Letters& letters, const Letter& letter, const liquid::Value& data, const Occasion& occasion) {
  const Variant& variant = variant_for(letter, occasion.reader, occasion.shop);
  const Partials& partials = letters.partials(variant.language);
  liquid::RenderOptions options;
  options.strict = occasion.strict;
  options.now = occasion.now;
  options.zone = occasion.zone;
  options.partial = [&partials](std::string_view name) { return partials.find(name); };
  if (occasion.channel != "email" && variant.brief) return render_brief(variant, data, options, occasion);
  std::string html;
  WB_TRY(liquid::render(variant.html, data, options, html));
  options.autoescape = false;
  std::string subject;
  WB_TRY(liquid::render(variant.subject, data, options, subject));

  // Pages of ours: they note the visit themselves.
  constexpr std::array<liquid::Key, 9> kNames{liquid::Key("unsubscribe"), liquid::Key("less_often"), liquid::Key("preferences"),
                                              liquid::Key("resubscribe"), liquid::Key("survey"), liquid::Key("reveal"),
                                              liquid::Key("trial"), liquid::Key("restore"), liquid::Key("app")};
  std::array<std::string_view, kNames.size()> untouched;
  const liquid::Cell links = data.find("links");
  if (links.type == liquid::Type::object) {
    for (std::size_t i = 0; i < kNames.size(); ++i) {
      if (const liquid::Cell* link = liquid::find_member(*links.object, kNames[i])) untouched[i] = text_of(*link);
    }
  }
  model::Content content;
  content.language = tag_of(variant.language);
  content.subject = one_line(subject);
  content.text = html_to_text(html);
  content.html = rewrite_links(html, occasion.link, untouched);
  if (!occasion.open_url.empty()) {
    std::string picture = "<img src=\"";
    for (const char c : occasion.open_url) {
      if (c == '&') picture += "&amp;";
      else if (c == '"') picture += "&quot;";
      else picture += c;
    }
    picture += "\" width=\"1\" height=\"1\" alt=\"\" style=\"display:block;width:1px;height:1px;border:0\">";
    const std::size_t end = content.html.rfind("</body>");
    content.html.insert(end == std::string::npos ? content.html.size() : end, picture);
  }
  return content;
}

}  // namespace act::letter
