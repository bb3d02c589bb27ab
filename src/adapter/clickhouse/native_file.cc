#include "adapter/clickhouse/native_file.h"

#include <fstream>

#include "adapter/clickhouse/native_reader.h"

namespace adapter::clickhouse {

base::Result<std::uint64_t> read_native_file(const std::filesystem::path& file, const base::BlockSink& sink) {
  std::ifstream in{file, std::ios::binary};
  if (!in) return base::fail(base::Code::not_found, "{} cannot be read", file.string());
  std::uint64_t rows = 0;
  std::string piece(1 << 20, '\0');
  WB_TRY(read_all_native(
      [&](std::string& to) -> base::Result<bool> {
        in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
        if (in.bad()) return base::fail(base::Code::unavailable, "{} cannot be read to its end", file.string());
        to.append(piece.data(), static_cast<std::size_t>(in.gcount()));
        return in.gcount() > 0;
      },
      [&](base::Block&& block) {
        rows += block.rows();
        return sink(std::move(block));
      }));
  return rows;
}

}  // namespace adapter::clickhouse
