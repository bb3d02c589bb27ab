#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "app/terminal.h"
#include "app/verbs.h"
#include "app/world_yaml.h"
#include "simulate/shop.h"
#include "stats/chunks.h"

namespace app {

namespace fs = std::filesystem;
using base::Code;
using base::fail;
using base::Result;
using simulate::Tables;

namespace {

/// A file written bit by bit under another name, and given its own when all of it is there.
class GrowingFile {
 public:
  explicit GrowingFile(fs::path path)
      : path_(std::move(path)), partial_(fs::path{path_}.concat(".part")), out_(partial_, std::ios::binary) {}

  GrowingFile(GrowingFile&&) = default;
  ~GrowingFile() {
    std::error_code gone;
    if (!partial_.empty()) fs::remove(partial_, gone);
  }

  Result<void> add(std::string_view bytes) {
    out_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return out_ ? Result<void>{} : failed();
  }
  Result<void> finish() {
    out_.close();
    std::error_code problem;
    if (!out_) return failed();
    fs::rename(partial_, path_, problem);
    if (problem) return failed();
    partial_.clear();
    return {};
  }

 private:
  Result<void> failed() const {
    return fail(Code::exhausted, "{} cannot be written; is there room on the disk, and may you write there?",
                path_.string());
  }
  fs::path path_, partial_;
  std::ofstream out_;
};

constexpr std::size_t kParts = 7;

/// Makes customers wave by wave, each wave on several threads; the CSV files grow as the truth is handed out.
class Writing {
 public:
  Writing(const simulate::Shop& shop, std::uint64_t customers, const fs::path& folder)
      : shop_(shop),
        customers_(customers),
        totals_(shop.world()),
        files_{GrowingFile{folder / "orders.csv"},
               GrowingFile{folder / "customers.csv"},
               GrowingFile{folder / "events.csv"},
               GrowingFile{folder / "messages.csv"},
               GrowingFile{folder / "feedback.csv"},
               GrowingFile{folder / "truth" / "feedback_topics.csv"},
               GrowingFile{folder / "truth" / "campaigns.csv"}},
        bar_("customers") {}

  Result<void> start() {
    const std::array<std::string_view, kParts> headings = {
        simulate::kOrdersHeading,   simulate::kCustomersHeading, simulate::events_heading(shop_.world()),   simulate::kMessagesHeading,
        simulate::kFeedbackHeading, simulate::kTopicsHeading,    simulate::kCampaignsHeading};
    for (std::size_t i = 0; i < kParts; ++i) WB_TRY(files_[i].add(headings[i]));
    return {};
  }

  /// The truth of the next customers; false at the end.
  Result<bool> next(base::Block& truth) {
    if (waiting_.empty()) {
      if (done_ == customers_) return false;
      WB_TRY(wave());
    }
    truth = std::move(waiting_.front());
    waiting_.erase(waiting_.begin());
    return true;
  }

  Result<void> finish() {
    for (GrowingFile& file : files_) WB_TRY(file.finish());
    return {};
  }

  const Tables& totals() const { return totals_; }

 private:
  Result<void> wave() {
    const unsigned threads = std::max(1U, std::thread::hardware_concurrency());
    const std::uint64_t size = std::min<std::uint64_t>(customers_ - done_, threads * stats::kChunkRows);
    std::vector<Tables> parts(stats::chunk_count(size), Tables{shop_.world()});
    stats::for_chunks(size, {threads}, [&](std::size_t chunk, std::size_t begin, std::size_t end) {
      shop_.add(done_ + begin, done_ + end, parts[chunk]);
    });
    done_ += size;
    for (Tables& part : parts) {
      const std::array<const std::string*, kParts> texts = {
          &part.orders, &part.customers, &part.events, &part.messages, &part.feedback, &part.topics, &part.campaigns};
      for (std::size_t i = 0; i < kParts; ++i) WB_TRY(files_[i].add(*texts[i]));
      totals_.add_counts(part);
      waiting_.push_back(std::move(part.truth));
    }
    bar_.show(done_, customers_, done_);
    return {};
  }

  const simulate::Shop& shop_;
  std::uint64_t customers_;
  std::uint64_t done_ = 0;
  Tables totals_;
  std::array<GrowingFile, kParts> files_;
  std::vector<base::Block> waiting_;
  ProgressBar bar_;
};

Result<void> write_file(const fs::path& path, std::string_view heading, std::string_view rows) {
  GrowingFile file{path};
  WB_TRY(file.add(heading));
  WB_TRY(file.add(rows));
  return file.finish();
}

}  // namespace

Result<void> run_simulate(const CommonOptions& common, const SimulateOptions& options) {
  if (options.customers == 0) return fail(Code::invalid_input, "--customers must be at least 1");
  WB_ASSIGN(simulate::World world, load_world(options.world));
  WB_ASSIGN(const std::unique_ptr<simulate::Shop> shop, simulate::Shop::open(std::move(world), options.seed));
  const fs::path folder{options.out};
  std::error_code problem;
  fs::create_directories(folder / "truth", problem);
  if (problem) return fail(Code::exhausted, "the folder {} cannot be made: {}", folder.string(), problem.message());
  WB_ASSIGN(const auto context, Context::open(common, true));
  WB_ASSIGN(port::Parquet* const parquet, context->parquet());
  {
    Writing writing{*shop, options.customers, folder};
    WB_TRY(writing.start());
    WB_TRY(parquet->write((folder / "truth" / "truth.parquet").string(),
                          [&](base::Block& block) { return writing.next(block); }));
    WB_TRY(writing.finish());
    WB_TRY(write_file(folder / "products.csv", "", shop->products_csv()));
    WB_TRY(write_file(folder / "spend.csv", simulate::kSpendHeading, shop->spend_csv(writing.totals())));
  }
  if (common.json) {
    const nlohmann::ordered_json facts = {
        {"folder", folder.string()},
        {"customers", options.customers},
        {"seed", options.seed},
        {"first_day", base::to_string(shop->world().start)},
        {"last_day", base::to_string(shop->world().start + std::chrono::days{shop->world().days - 1})},
        {"currency", shop->world().currency},
        {"truth", (folder / "truth" / "truth.parquet").string()}};
    std::fputs((facts.dump(2) + "\n").c_str(), stdout);
  } else {
    std::fputs((folder.string() + "\n").c_str(), stdout);
  }
  return {};
}

}  // namespace app
