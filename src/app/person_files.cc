#include "app/person_files.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

namespace app {

namespace fs = std::filesystem;
using base::Code;
using base::fail;
using base::Result;

namespace {

constexpr std::chrono::hours kLeft{1};  // an upload nobody has added to for so long

/// Segments of events (not of the ledger of ids, which holds hashes) in which one of the ids stands.
std::vector<fs::path> segments_naming(const fs::path& spool, const std::vector<std::string>& ids) {
  std::vector<fs::path> found;
  std::error_code problem;
  for (fs::directory_iterator at{spool, problem}, end; !problem && at != end; at.increment(problem)) {
    if (at->path().extension() != ".seg") continue;
    std::ifstream in{at->path(), std::ios::binary};
    const std::string bytes{std::istreambuf_iterator<char>{in}, {}};  // a segment is 8 MB
    if (std::ranges::any_of(ids, [&](const std::string& id) { return bytes.find(id) != std::string::npos; })) found.push_back(at->path());
  }
  return found;
}

void drop_rejects_and_uploads(const fs::path& data) {
  std::error_code problem;
  for (fs::directory_iterator at{data / "rejects", problem}, end; !problem && at != end; at.increment(problem)) {
    std::error_code ignored;
    fs::remove(at->path(), ignored);
  }
  std::error_code none;
  for (fs::directory_iterator at{data / "uploads", none}, end; !none && at != end; at.increment(none)) {
    fs::file_time_type newest = fs::file_time_type::min();
    std::error_code ignored;
    for (fs::directory_iterator file{at->path(), ignored}, last; !ignored && file != last; file.increment(ignored)) newest = std::max(newest, file->last_write_time());
    if (fs::file_time_type::clock::now() - newest > kLeft) fs::remove_all(at->path(), ignored);
  }
}

}  // namespace

Result<void> erase_from_files(const fs::path& data, std::string_view customer, port::ActStore& store, std::chrono::milliseconds patience) {
  drop_rejects_and_uploads(data);
  WB_ASSIGN(std::vector<std::string> ids, store.events().ids_of(customer));
  if (std::ranges::find(ids, customer) == ids.end()) ids.emplace_back(customer);
  // Browsers' ids are written without the mark they have elsewhere.
  for (std::string& id : ids) {
    if (id.starts_with("anon:")) id.erase(0, 5);
  }
  std::erase(ids, "");
  std::vector<fs::path> waiting = segments_naming(data / "spool", ids);
  const auto until = std::chrono::steady_clock::now() + patience;
  for (;;) {
    // Segments of later are not waited for: a customer who comes again is met anew.
    std::erase_if(waiting, [](const fs::path& segment) {
      std::error_code problem;
      return !fs::exists(segment, problem);
    });
    if (waiting.empty()) return {};
    if (std::chrono::steady_clock::now() > until) {
      return fail(Code::conflict, "events of this customer wait in the spool and nothing takes them in; start `winback serve`, then run the same command again");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
  }
}

}  // namespace app
