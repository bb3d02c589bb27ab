#include <algorithm>
#include <fstream>
#include <sstream>

#include "act/letter/plain.h"
#include "app/desk.h"
#include "app/mjml.h"

namespace app {

namespace fs = std::filesystem;
using act::letter::Source;
using base::Result;

namespace {

/// Text files under a folder, by their path within it, in the order of their names.
Result<std::vector<Source>> files_under(const fs::path& folder) {
  std::vector<Source> sources;
  std::error_code problem;
  for (fs::recursive_directory_iterator at{folder, problem}, end; !problem && at != end; at.increment(problem)) {
    const std::string extension = at->path().extension().string();
    if (!at->is_regular_file() || (extension != ".mjml" && extension != ".html" && extension != ".liquid" && extension != ".md")) continue;
    std::ifstream in{at->path(), std::ios::binary};
    std::ostringstream text;
    text << in.rdbuf();
    if (!in) return base::fail(base::Code::unavailable, "{} cannot be read", at->path().string());
    sources.push_back({.path = fs::relative(at->path(), folder.parent_path()).string(), .text = text.str()});
  }
  std::ranges::sort(sources, {}, &Source::path);
  return sources;
}

}  // namespace

Result<act::letter::Letters> load_letters(const fs::path& data) {
  std::vector<Source> letters = act::letter::shipped_letters();
  std::vector<Source> partials = act::letter::shipped_partials();
  WB_ASSIGN(std::vector<Source> own, files_under(data / "letters"));
  WB_ASSIGN(const std::vector<Source> own_partials, files_under(data / "partials"));
  Mjml mjml{{.cache = data / "letters-cache"}};
  for (const Source& part : own_partials) {
    if (part.path.ends_with(".mjml")) mjml.set_part(fs::path{part.path}.stem().string(), part.text);
  }
  for (Source& source : own) {
    if (source.path.ends_with(".md")) {
      WB_ASSIGN(auto plain, act::letter::read_plain(source.path, source.text, act::letter::shipped_frame()));
      std::ranges::move(plain, std::back_inserter(letters));
      continue;
    }
    if (source.path.ends_with(".mjml")) {
      WB_ASSIGN(source.compiled, mjml.compile(source.path, source.text));
    }
    letters.push_back(std::move(source));
  }
  partials.insert(partials.end(), own_partials.begin(), own_partials.end());
  return act::letter::Letters::load(letters, partials);
}

}  // namespace app
