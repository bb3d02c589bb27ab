#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <optional>

#include "adapter/clickhouse/native_reader.h"
#include "adapter/clickhouse/native_writer.h"
#include "adapter/clickhouse/open_clickhouse.h"
#include "adapter/clickhouse/session.h"

namespace adapter::clickhouse {

namespace {

namespace fs = std::filesystem;

/// An open file that closes itself.
class File {
 public:
  File(const std::string& path, const char* mode) : file_(std::fopen(path.c_str(), mode)) {}
  ~File() {
    if (file_ != nullptr) std::fclose(file_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  std::FILE* get() const { return file_; }
  std::FILE* release() { return std::exchange(file_, nullptr); }

 private:
  std::FILE* file_;
};

class ChildParquet final : public port::Parquet {
 public:
  explicit ChildParquet(std::unique_ptr<Session> session) : session_(std::move(session)) {}

  base::Result<void> read(const std::string& path, const base::BlockSink& sink) override {
    const auto file = std::make_shared<File>(path, "rb");  // shared: std::function wants copies
    if (file->get() == nullptr)
      return base::fail(base::Code::not_found, "cannot read {}: {}", path, std::strerror(errno));
    const std::string name = "read " + path;
    const auto make = [&] {
      std::rewind(file->get());
      return Call{.name = name,
                  .path = "/convert",
                  .query = {{"from", "Parquet"}, {"to", "Native"}},
                  .text = {},
                  .upload = [file](char* to, std::size_t size) { return std::fread(to, 1, size, file->get()); }};
    };
    auto reply = session_->start(make);
    if (!reply) {
      if (reply.error().code != base::Code::invalid_input) return std::unexpected(reply.error());
      return base::fail(base::Code::invalid_input, "{} cannot be read as Parquet; see that the file is whole ({})",
                        path, reply.error().message);
    }
    return read_all_native([&](std::string& to) { return reply->more(to); }, sink);
  }

  base::Result<void> write(const std::string& path, const base::BlockSource& source) override {
    // The source can be read once only, so the child is made to be there before the first block is taken.
    WB_TRY(
        session_->finish([] { return Call{.name = "open the warehouse", .path = "/ping", .query = {}, .text = {}}; }));
    base::Block block;
    std::optional<NativeWriter> writer;
    std::optional<base::Error> failed;
    const auto next_block = [&]() -> bool {  // false at the end or on failure
      block = {};
      auto more = source(block);
      if (more && !*more) return false;
      if (more) {
        auto opened = NativeWriter::open(block);
        if (opened) {
          writer.emplace(std::move(*opened));
          return true;
        }
        failed = opened.error();
      } else {
        failed = more.error();
      }
      return false;
    };
    if (!next_block()) {
      if (failed) return std::unexpected(*failed);
      return base::fail(base::Code::invalid_input, "there are no columns to write to {}", path);
    }
    const std::string name = "write " + path;  // a call only looks at its name
    const Call call{.name = name,
                    .path = "/convert",
                    .query = {{"from", "Native"}, {"to", "Parquet"}},
                    .text = {},
                    .upload = [&](char* to, std::size_t size) -> std::size_t {
                      for (;;) {
                        if (const std::size_t part = writer->read(to, size); part > 0) return part;
                        if (!next_block()) return failed ? kAbortUpload : 0;
                      }
                    }};
    auto reply = session_->start_once(call);
    if (failed) return std::unexpected(*failed);
    if (!reply) return std::unexpected(reply.error());
    return store(path, *reply);
  }

 private:
  static base::Result<void> store(const std::string& path, Reply& reply) {
    const std::string half = path + ".part";
    File file{half, "wb"};
    const auto broken = [&]() -> base::Result<void> {
      const int reason = errno;
      std::remove(half.c_str());
      return base::fail(reason == ENOSPC ? base::Code::exhausted : base::Code::unavailable, "cannot write {}: {}", path,
                        std::strerror(reason));
    };
    if (file.get() == nullptr) return broken();
    std::string piece;
    for (;;) {
      piece.clear();
      auto more = reply.more(piece);
      if (!more) {
        std::remove(half.c_str());
        return std::unexpected(more.error());
      }
      if (!*more) break;
      if (std::fwrite(piece.data(), 1, piece.size(), file.get()) != piece.size()) return broken();
    }
    if (std::fflush(file.get()) != 0 || fsync(fileno(file.get())) != 0 || std::fclose(file.release()) != 0)
      return broken();
    if (std::rename(half.c_str(), path.c_str()) != 0) return broken();
    return {};
  }

  std::unique_ptr<Session> session_;
};

}  // namespace

base::Result<std::unique_ptr<port::Parquet>> open_parquet(const Config& config) {
  Config local = config;
  local.url.clear();
  WB_ASSIGN(auto session, Session::open(local));
  return std::make_unique<ChildParquet>(std::move(session));
}

}  // namespace adapter::clickhouse
